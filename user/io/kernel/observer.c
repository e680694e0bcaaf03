// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs and rings, together. */
#include "user/io/kernel/observer.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "include/ktp_config.h"
#include "include/ktp_follow.h"
#include "user/io/clock.h"
#include "user/io/kernel/attachment.h"
#include "user/io/kernel/decode.h"
#include "user/io/kernel/follow.h"
#include "user/io/kernel/missed.h"
#include "user/io/kernel/misses.h"
#include "user/io/kernel/program.h"

struct observer {
	struct programs *programs;
	struct ring *rings[KTP_RINGS_MAX];
	struct missed missed;
	bool is_detached;
};

static int open_rings(struct observer *observer, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		observer->rings[i] =
			ring_open(programs_ring_fd(observer->programs, i),
				  programs_ring_bytes(observer->programs),
				  programs_shared(observer->programs), &observer->missed, i);
		if (!observer->rings[i])
			return -errno;
	}
	return 0;
}

struct observer *observer_new(const struct observer_config *config, struct error *ret_error)
{
	struct observer *observer = calloc(1, sizeof(*observer));
	int result;

	if (!observer) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		return NULL;
	}
	pthread_mutex_init(&observer->missed.lock, NULL);
	observer->programs = programs_load(config, ret_error);
	if (!observer->programs)
		goto out;
	result = open_rings(observer, config->rings);
	if (result < 0) {
		error_set(ret_error, result,
			  "cannot observe the kernel: mapping the ring buffer failed: %s%s",
			  strerror(-result),
			  result == -EMFILE || result == -ENFILE ? "; raise the limit (ulimit -n)"
								 : "");
		goto out;
	}
	malloc_trim(0); /* the kernel's BTF was read and freed again: give those megabytes back */
	return observer;
out:
	observer_free(observer);
	return NULL;
}

void observer_free(struct observer *observer)
{
	if (!observer)
		return;
	for (unsigned i = 0; i < KTP_RINGS_MAX; i++)
		ring_close(observer->rings[i]);
	programs_free(observer->programs);
	pthread_mutex_destroy(&observer->missed.lock);
	free(observer);
}

void observer_note_misses(struct observer *observer)
{
	struct missed *missed = &observer->missed;

	pthread_mutex_lock(&missed->lock);
	missed->before_ns = clock_now_ns();
	missed->count = misses_count(attachment_misses(programs_attachment(observer->programs)));
	__atomic_store_n(&missed->read_ns, clock_now_ns(), __ATOMIC_RELEASE);
	pthread_mutex_unlock(&missed->lock);
}

void observer_detach(struct observer *observer)
{
	attachment_detach(programs_attachment(observer->programs));
	observer->is_detached = true;
}

int observer_attach(struct observer *observer, struct error *ret_error)
{
	const char *missing = NULL;
	int result = attachment_attach(programs_attachment(observer->programs), &missing);

	if (result < 0)
		return error_set(
			ret_error, result,
			"cannot observe the kernel any more: attaching to %s again failed: %s",
			missing, strerror(-result));
	observer->is_detached = false;
	return 0;
}

bool observer_is_detached(const struct observer *observer)
{
	return observer->is_detached;
}

struct ring *observer_ring(const struct observer *observer, unsigned index)
{
	return observer->rings[index];
}

uint32_t observer_attempts(const struct observer *observer)
{
	return programs_attempts(observer->programs);
}

int observer_watch(struct observer *observer, uint32_t tgid, bool has_hidden_calls)
{
	return follow_task(programs_skeleton(observer->programs), tgid, has_hidden_calls);
}

bool observer_has_tasks(const struct observer *observer)
{
	return follow_has_tasks(programs_skeleton(observer->programs));
}

struct looking_back {
	void (*take)(void *context, const struct late_connect *late);
	void *context;
};

static void take_late(void *context, const struct ktp_late *record)
{
	const struct looking_back *looking = context;
	struct late_connect late;

	decode_late(record, clock_now_ns(), &late);
	looking->take(looking->context, &late);
}

int observer_look_back(const struct observer *observer,
		       void (*take)(void *context, const struct late_connect *late), void *context)
{
	struct looking_back looking = {take, context};

	return follow_look_back(programs_skeleton(observer->programs), take_late, &looking);
}

bool observer_has_passed_over(const struct observer *observer)
{
	return *(volatile __u64 *)&programs_shared(observer->programs)->has_foreign;
}

void observer_forget(struct observer *observer, uint64_t cookie, uint32_t number)
{
	follow_forget(programs_skeleton(observer->programs), cookie, number);
}

void observer_follow_anywhere(struct observer *observer)
{
	__atomic_store_n(&programs_shared(observer->programs)->has_lower, 1, __ATOMIC_SEQ_CST);
}

int observer_keep(struct observer *observer, uint64_t cookie)
{
	return follow_keep(programs_skeleton(observer->programs), cookie);
}

const char *observer_hooks(const struct observer *observer)
{
	return attachment_hooks(programs_attachment(observer->programs));
}
