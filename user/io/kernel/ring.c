// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read a ring, decode its records, say what was lost. */
#include "user/io/kernel/ring.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_event.h"
#include "user/io/clock.h"
#include "user/io/kernel/decode.h"
#include "user/io/kernel/kernel_names.h"
#include "user/io/kernel/missed.h"

/* Records of a bounded ring in one call: a millisecond's work. */
#define PORTION 256

/*
 * The ring's own two positions, as the kernel lays them out (kernel/bpf/ringbuf.c): one page each.
 * libbpf 1.1 does not show them.
 */
struct ring_positions {
	volatile unsigned long *consumer;
	volatile unsigned long *producer;
};

struct ring {
	struct ring_buffer *buffer;
	struct ring_positions positions;
	size_t bytes;
	struct kernel_names *names;
	struct ktp_shared *shared;
	struct ktp_ring_shared *own; /* its part of them */
	struct ring_sink sink;	     /* while draining */
	uint64_t drained_ns;
	bool is_active;
	uint64_t losses_seen[KTP_LOSS_KINDS];
	struct missed_reader missed;
	uint64_t undecoded; /* records since the last drain that could not be read */
	bool is_bounded;
	bool is_discarding;
	/* is_bounded: the last drain has not come to its end, and the next one goes on with it */
	bool is_partial;
	unsigned records; /* handed on by this call */
	/* When the drain began: what had been lost by then, the time, and where the ring ended. */
	uint64_t losses[KTP_LOSS_KINDS];
	uint64_t now_ns;
	unsigned long end;
};

/* A segment that cannot be read is evidence lost to the one attempt that it belongs to. */
static void emit_lost_to(struct ring *ring, const struct ktp_record *record)
{
	struct event event = {
		.kind = EVENT_LOST,
		.time_ns = record->time_ns,
		.key = {record->cookie, record->number},
		.lost = {.from_ns = record->time_ns, .to_ns = record->time_ns, .count = 1},
	};

	ring->sink.take(ring->sink.context, &event);
}

/*
 * Is this the last record that there was when the drain began? Each has a header of 8 bytes and is
 * padded to 8 (kernel/bpf/ringbuf.c).
 */
static bool is_last(const struct ring *ring, size_t bytes)
{
	return ring->is_bounded &&
	       (long)(*ring->positions.consumer + 8 + ((bytes + 7) & ~7ul) - ring->end) >= 0;
}

static int take_record(void *context, void *data, size_t bytes)
{
	const struct ktp_record *record = data;
	struct ring *ring = context;
	struct event event;

	ring->records++;
	if (ring->is_discarding) {
		ring->undecoded++;
		return is_last(ring, bytes) ? -ECANCELED : 0;
	}
	if (decode_task(data, bytes, &event) == 0 || decode_reset(data, bytes, &event) == 0 ||
	    decode_queued(data, bytes, &event) == 0)
		ring->sink.take(ring->sink.context, &event);
	if (decode_record(data, bytes, ring->names, &event) == 0)
		ring->sink.take(ring->sink.context, &event);
	else if (bytes < sizeof(*record))
		ring->undecoded++;
	else if (record->kind != KTP_DROP && record->kind != KTP_HOP)
		emit_lost_to(ring, record); /* else it may be no TCP at all, or is no evidence */
	if (is_last(ring, bytes) || (ring->is_bounded && ring->records == PORTION))
		return -ECANCELED; /* ends the call */
	return 0;
}

static int map_positions(struct ring *ring, int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	void *producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)page);

	if (consumer != MAP_FAILED)
		ring->positions.consumer = consumer;
	if (producer != MAP_FAILED)
		ring->positions.producer = producer;
	return consumer == MAP_FAILED || producer == MAP_FAILED ? -errno : 0;
}

struct ring *ring_open(int fd, size_t bytes, struct ktp_shared *shared, struct missed *missed,
		       unsigned index)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	int error;

	if (!ring)
		return NULL;
	ring->bytes = bytes;
	ring->shared = shared;
	ring->own = &shared->rings[index];
	ring->names = kernel_names_new();
	ring->buffer = ring->names ? ring_buffer__new(fd, take_record, ring, NULL) : NULL;
	if (ring->buffer && map_positions(ring, fd) == 0) {
		ring->drained_ns = clock_now_ns();
		ring->missed =
			(struct missed_reader){missed, index == 0, .from_ns = ring->drained_ns};
		return ring;
	}
	error = errno;
	ring_close(ring);
	errno = error;
	return NULL;
}

void ring_close(struct ring *ring)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!ring)
		return;
	if (ring->positions.consumer)
		munmap((void *)ring->positions.consumer, page);
	if (ring->positions.producer)
		munmap((void *)ring->positions.producer, page);
	ring_buffer__free(ring->buffer);
	kernel_names_free(ring->names);
	free(ring);
}

void ring_bound(struct ring *ring)
{
	ring->is_bounded = true;
}

void ring_take_thread(struct ring *ring)
{
	__atomic_store_n(&ring->own->tid, (uint32_t)gettid(), __ATOMIC_SEQ_CST);
}

int ring_fd(const struct ring *ring)
{
	return ring_buffer__epoll_fd(ring->buffer);
}

static unsigned long ring_end(const struct ring *ring)
{
	return *ring->positions.producer;
}

static bool has_read_up_to(const struct ring *ring, unsigned long end)
{
	return (long)(*ring->positions.consumer - end) >= 0;
}

double ring_fill(const struct ring *ring)
{
	return (double)(ring_end(ring) - *ring->positions.consumer) / (double)ring->bytes;
}

static void emit_lost(struct ring *ring, uint64_t count, uint64_t from_ns, uint64_t to_ns)
{
	struct event event = {.kind = EVENT_LOST,
			      .time_ns = to_ns,
			      .lost = {.from_ns = from_ns, .to_ns = to_ns, .count = count}};

	ring->sink.take(ring->sink.context, &event);
}

void ring_hear_missed(struct ring *ring, struct ring_sink sink)
{
	struct lost_event lost;

	ring->sink = sink;
	if (missed_hear(&ring->missed, &lost))
		emit_lost(ring, lost.count, lost.from_ns, lost.to_ns);
}

static void read_losses(const struct ring *ring, uint64_t *ret_counts)
{
	for (int kind = 0; kind < KTP_LOSS_KINDS; kind++)
		ret_counts[kind] =
			__atomic_load_n(&ring->own->losses[kind].count, __ATOMIC_ACQUIRE);
}

static void emit_losses(struct ring *ring, const uint64_t *counts, uint64_t now_ns)
{
	for (int kind = 0; kind < KTP_LOSS_KINDS; kind++) {
		uint64_t from_ns;

		if (counts[kind] == ring->losses_seen[kind])
			continue;
		from_ns =
			__atomic_exchange_n(&ring->own->losses[kind].first_ns, 0, __ATOMIC_ACQ_REL);
		/*
		 * Since the last drain; the kernel side's own first stamp is closer when it is
		 * there.
		 */
		if (!from_ns || from_ns > now_ns)
			from_ns = ring->drained_ns;
		emit_lost(ring, counts[kind] - ring->losses_seen[kind], from_ns, now_ns);
		ring->losses_seen[kind] = counts[kind];
	}
	if (ring->undecoded)
		emit_lost(ring, ring->undecoded, ring->drained_ns, now_ns);
	ring->undecoded = 0;
}

static void begin_drain(struct ring *ring)
{
	/*
	 * First: a reader that had lost something by then has its first record before the end, and
	 * is known when the loss is reported.
	 */
	read_losses(ring, ring->losses);
	ring->now_ns = clock_now_ns();
	/*
	 * Records are stamped after their place is reserved: all that is stamped up to now_ns lies
	 * before this end.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	ring->end = ring_end(ring);
}

bool ring_drain(struct ring *ring, struct ring_sink sink)
{
	struct event drained = {.kind = EVENT_DRAINED};

	if (!ring->is_partial)
		begin_drain(ring);
	ring->sink = sink;
	ring->records = 0;
	ring_buffer__consume(ring->buffer);
	ring->is_partial = false;
	/* Else a record is still being written: what comes after it is not delivered yet */
	if (!has_read_up_to(ring, ring->end)) {
		ring->is_partial = ring->is_bounded && ring->records >= PORTION;
		return ring->is_partial;
	}
	emit_losses(ring, ring->losses, ring->now_ns);
	ring_hear_missed(ring, sink);
	ring->drained_ns = drained.time_ns = ring->now_ns;
	sink.take(sink.context, &drained);
	return false;
}

void ring_discard(struct ring *ring, struct ring_sink sink)
{
	begin_drain(ring);
	ring->sink = sink;
	ring->is_partial = false;
	ring->is_discarding = true;
	ring_buffer__consume(ring->buffer);
	ring->is_discarding = false;
	emit_losses(ring, ring->losses, ring->now_ns);
}

bool ring_may_sleep(struct ring *ring)
{
	__atomic_store_n(&ring->own->reader_sleeps, 1, __ATOMIC_SEQ_CST);
	atomic_thread_fence(memory_order_seq_cst);
	return has_read_up_to(ring, ring_end(ring));
}

void ring_set_active(struct ring *ring, bool is_active)
{
	if (is_active == ring->is_active)
		return;
	__atomic_fetch_add(&ring->shared->active, is_active ? 1 : UINT64_MAX, __ATOMIC_SEQ_CST);
	ring->is_active = is_active;
}
