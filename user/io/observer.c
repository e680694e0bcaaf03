// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Load, attach, read the ring, decode. */
#include "user/io/observer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_event.h"
#include "include/ktp_follow.h"
#include "user/io/clock.h"
#include "user/io/decode.h"
#include "user/io/kernel_names.h"
#include "user/io/program.h"

/* The ring's own two positions, as the kernel lays them out (kernel/bpf/ringbuf.c): one page each. libbpf 1.1 does not show them. */
struct ring_positions {
	volatile unsigned long *consumer;
	volatile unsigned long *producer;
};

struct observer {
	struct programs *programs;
	struct ring_buffer *ring;
	struct ring_positions positions;
	struct kernel_names *names;
	struct ktp_shared *shared;
	struct observer_sink sink; /* while draining */
	uint64_t drained_ns;
	uint64_t losses_seen[KTP_LOSS_KINDS];
	uint64_t undecoded; /* records since the last drain that could not be read */
};

/* A segment that cannot be read is evidence lost to the one attempt that it belongs to. */
static void emit_lost_to(struct observer *observer, const struct ktp_record *record)
{
	struct event event = {
		.kind = EVENT_LOST,
		.time_ns = record->time_ns,
		.key = {record->cookie, record->number},
		.lost = {.from_ns = record->time_ns, .to_ns = record->time_ns, .count = 1},
	};

	observer->sink.take(observer->sink.context, &event);
}

static int take_record(void *context, void *data, size_t bytes)
{
	const struct ktp_record *record = data;
	struct observer *observer = context;
	struct event event;

	if (decode_record(data, bytes, observer->names, &event) == 0)
		observer->sink.take(observer->sink.context, &event);
	else if (bytes < sizeof(*record))
		observer->undecoded++;
	else if (record->kind != KTP_DROP && record->kind != KTP_HOP) /* the one may be no TCP at all, the other is no evidence */
		emit_lost_to(observer, record);
	return 0;
}

static int map_positions(struct observer *observer, int ring_fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, 0);
	void *producer = mmap(NULL, page, PROT_READ, MAP_SHARED, ring_fd, (off_t)page);

	if (consumer != MAP_FAILED)
		observer->positions.consumer = consumer;
	if (producer != MAP_FAILED)
		observer->positions.producer = producer;
	return consumer == MAP_FAILED || producer == MAP_FAILED ? -errno : 0;
}

static int open_ring(struct observer *observer)
{
	int fd = programs_ring_fd(observer->programs);

	observer->ring = ring_buffer__new(fd, take_record, observer, NULL);
	if (!observer->ring)
		return -errno;
	return map_positions(observer, fd);
}

struct observer *observer_new(const struct observer_config *config, struct error *ret_error)
{
	struct program_sizes sizes = {.ring_bytes = config->ring_bytes, .attempts = config->attempts, .has_path = config->has_path};
	struct observer *observer = calloc(1, sizeof(*observer));

	if (!observer) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		return NULL;
	}
	observer->names = kernel_names_new();
	if (!observer->names) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		goto out;
	}
	observer->programs = programs_load(&sizes, ret_error);
	if (!observer->programs)
		goto out;
	observer->shared = programs_shared(observer->programs);
	if (open_ring(observer) < 0) {
		error_set(ret_error, -errno, "cannot observe the kernel: mapping the ring buffer failed: %s%s", strerror(errno),
			  errno == EMFILE || errno == ENFILE ? "; raise the limit (ulimit -n)" : "");
		goto out;
	}
	observer->drained_ns = clock_now_ns();
	malloc_trim(0); /* the kernel's BTF was read and freed again: give those megabytes back */
	return observer;
out:
	observer_free(observer);
	return NULL;
}

void observer_free(struct observer *observer)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!observer)
		return;
	if (observer->positions.consumer)
		munmap((void *)observer->positions.consumer, page);
	if (observer->positions.producer)
		munmap((void *)observer->positions.producer, page);
	ring_buffer__free(observer->ring);
	programs_free(observer->programs);
	kernel_names_free(observer->names);
	free(observer);
}

int observer_fd(const struct observer *observer)
{
	return ring_buffer__epoll_fd(observer->ring);
}

static unsigned long ring_end(const struct observer *observer)
{
	return *observer->positions.producer;
}

static bool has_read_up_to(const struct observer *observer, unsigned long end)
{
	return (long)(*observer->positions.consumer - end) >= 0;
}

static void emit_lost(struct observer *observer, uint64_t count, uint64_t from_ns, uint64_t now_ns)
{
	struct event event = {.kind = EVENT_LOST, .time_ns = now_ns, .lost = {.from_ns = from_ns, .to_ns = now_ns, .count = count}};

	observer->sink.take(observer->sink.context, &event);
}

static void emit_losses(struct observer *observer, uint64_t now_ns)
{
	for (int kind = 0; kind < KTP_LOSS_KINDS; kind++) {
		struct ktp_loss_span *span = &observer->shared->losses[kind];
		uint64_t count = __atomic_load_n(&span->count, __ATOMIC_ACQUIRE);
		uint64_t from_ns;

		if (count == observer->losses_seen[kind])
			continue;
		from_ns = __atomic_exchange_n(&span->first_ns, 0, __ATOMIC_ACQ_REL);
		/* Since the last drain; the kernel side's own first stamp is closer when it is there. */
		if (!from_ns || from_ns > now_ns)
			from_ns = observer->drained_ns;
		emit_lost(observer, count - observer->losses_seen[kind], from_ns, now_ns);
		observer->losses_seen[kind] = count;
	}
	if (observer->undecoded)
		emit_lost(observer, observer->undecoded, observer->drained_ns, now_ns);
	observer->undecoded = 0;
}

void observer_drain(struct observer *observer, struct observer_sink sink)
{
	uint64_t now_ns = clock_now_ns();
	unsigned long end;
	struct event drained = {.kind = EVENT_DRAINED, .time_ns = now_ns};

	/* Records are stamped after their place is reserved: all that is stamped up to now_ns lies before this end. */
	atomic_thread_fence(memory_order_seq_cst);
	end = ring_end(observer);
	observer->sink = sink;
	ring_buffer__consume(observer->ring);
	emit_losses(observer, now_ns);
	if (!has_read_up_to(observer, end)) /* a record is still being written: what comes after it is not delivered yet */
		return;
	observer->drained_ns = now_ns;
	sink.take(sink.context, &drained);
}

bool observer_may_sleep(struct observer *observer)
{
	__atomic_store_n(&observer->shared->reader_sleeps, 1, __ATOMIC_SEQ_CST);
	atomic_thread_fence(memory_order_seq_cst);
	return has_read_up_to(observer, ring_end(observer));
}

void observer_set_active(struct observer *observer, uint64_t attempts)
{
	__atomic_store_n(&observer->shared->active, attempts, __ATOMIC_SEQ_CST);
}

void observer_forget(struct observer *observer, uint64_t cookie)
{
	programs_forget(observer->programs, cookie);
}

const char *observer_hooks(const struct observer *observer)
{
	return programs_hooks(observer->programs);
}
