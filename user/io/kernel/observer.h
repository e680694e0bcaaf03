/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The source of what the kernel did: loads the tracepoint programs, and gives out the rings that
 * they write to.
 *
 * Nothing is pinned: programs, maps and links live as long as this process's file descriptors, so
 * that they are gone after any kind of exit.
 */
#ifndef IO_OBSERVER_H
#define IO_OBSERVER_H

#include "user/io/kernel/observer_config.h"
#include "user/io/kernel/ring.h"

struct observer;
struct late_connect;

/*
 * NULL on failure: ret_error says which of the known causes it is, and what to do about it. Needs
 * root or CAP_BPF and CAP_PERFMON.
 */
struct observer *observer_new(const struct observer_config *config, struct error *ret_error);
void observer_free(struct observer *observer);

/*
 * While nothing is followed, and for longer than it takes: detached, the programs cost the host
 * nothing at all. With config->may_detach only. observer_attach() returns 0, or -errno with the
 * sentence; some hundred microseconds.
 */
void observer_detach(struct observer *observer);
int observer_attach(struct observer *observer, struct error *ret_error);
bool observer_is_detached(const struct observer *observer);

/*
 * Index < config->rings. Without ring_take_thread() the first one gets everything. Owned by the
 * observer.
 */
struct ring *observer_ring(const struct observer *observer, unsigned index);

/* How many may be followed at once: config->attempts, or fewer, as program_attempts() has it. */
uint32_t observer_attempts(const struct observer *observer);

/*
 * One more thread group for KTP_FILTER_TASKS. has_hidden_calls: it makes some that no program sees,
 * as by io_uring. Returns 0 or -errno.
 */
int observer_watch(struct observer *observer, uint32_t tgid, bool has_hidden_calls);
/*
 * Their connects that are under way are followed from now on; see decode.h. Returns 0, or -errno
 * where this kernel cannot.
 */
int observer_look_back(const struct observer *observer,
		       void (*take)(void *context, const struct late_connect *late), void *context);
/* One of them, or a child of one that is watched with it, is still alive. */
bool observer_has_tasks(const struct observer *observer);
/* Has a watched task made calls that are not looked at? A 32-bit program's are not. */
bool observer_has_passed_over(const struct observer *observer);

/*
 * Stop following a socket and its tuples, unless a later attempt of it has begun. Not needed with
 * forgets_at_close.
 */
void observer_forget(struct observer *observer, uint64_t cookie, uint32_t number);

/*
 * With forgets_at_close: not this one, for which observer_forget() is needed then. Returns 0 or
 * -errno.
 */
int observer_keep(struct observer *observer, uint64_t cookie);

/*
 * Ask the kernel how many calls of the programs it skipped. If any was lost the next drain of each
 * ring says so, with the time since the last asking: so ask when evidence is found to be missing,
 * before silence is judged, and before losses are summed up. For any thread; some tens of
 * microseconds.
 */
void observer_note_misses(struct observer *observer);

/*
 * The sockets are no longer in config->netns alone: from now on they are followed wherever they
 * are.
 */
void observer_follow_anywhere(struct observer *observer);

/* "all hooks", or "without tcp_bad_csum, icmp_send". Owned by the observer. */
const char *observer_hooks(const struct observer *observer);

#endif
