/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The source of what the kernel did: loads the tracepoint programs, reads their ring, and hands on events.
 *
 * Nothing is pinned: programs, maps and links live as long as this process's file descriptors, so that they are gone after any kind of exit.
 */
#ifndef IO_OBSERVER_H
#define IO_OBSERVER_H

#include <stddef.h>

#include "user/base/error.h"
#include "user/core/event.h"

struct observer_config {
	size_t ring_bytes; /* rounded up to a power of two of at least one page */
	uint32_t attempts; /* how many may be followed at once */
	bool has_path;	   /* their first SYN's way over devices of other namespaces is wanted, too: EVENT_HOP */
};

/* Where events go. */
struct observer_sink {
	void (*take)(void *context, const struct event *event);
	void *context;
};

struct observer;

/* NULL on failure: ret_error says which of the known causes it is, and what to do about it. Needs root or CAP_BPF and CAP_PERFMON. */
struct observer *observer_new(const struct observer_config *config, struct error *ret_error);
void observer_free(struct observer *observer);

/* Readable when a record worth waking for came while asleep (see observer_may_sleep()). */
int observer_fd(const struct observer *observer);

/*
 * Hand on everything recorded up to now, then EVENT_LOST if anything was lost, then EVENT_DRAINED with the instant up to which all is
 * delivered. That instant stays where it was while a record in the middle is still being written.
 */
void observer_drain(struct observer *observer, struct observer_sink sink);

/*
 * Ask for a wake-up. Returns false when something came in meanwhile: drain again. A wake-up can be missed when a record was being written
 * just now, so sleep no longer than OBSERVER_NAP_NS while anything is awaited.
 */
#define OBSERVER_NAP_NS 5000000ull
bool observer_may_sleep(struct observer *observer);

/* Records are made only while this is not 0: how many attempts somebody still wants to hear of. */
void observer_set_active(struct observer *observer, uint64_t attempts);

/* Stop following a socket and its tuples. */
void observer_forget(struct observer *observer, uint64_t cookie);

/* "all hooks", or "without tcp_bad_csum, icmp_send". Owned by the observer. */
const char *observer_hooks(const struct observer *observer);

#endif
