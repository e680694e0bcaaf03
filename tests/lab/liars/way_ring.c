/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * connect() by io_uring: no system call of that name is made. By the bare interface, so that no
 * library is needed.
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lab/liars/way.h"

#define ENTRIES 4

struct ring {
	int fd;
	uint8_t *memory;
	struct io_uring_sqe *submissions;
	struct io_uring_params params;
};

static uint32_t *word_at(const struct ring *ring, uint32_t offset)
{
	return (uint32_t *)(void *)(ring->memory + offset);
}

/* Kernels since 5.4 have both queues in one mapping. */
static int open_ring(struct ring *ret_ring, uint32_t flags)
{
	struct ring ring = {0};
	size_t submission_bytes, completion_bytes;

	ring.params.flags = flags;
	ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &ring.params);
	if (ring.fd < 0)
		return errno;
	submission_bytes = ring.params.sq_off.array + ring.params.sq_entries * sizeof(uint32_t);
	completion_bytes =
		ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe);
	ring.memory = mmap(
		NULL, submission_bytes > completion_bytes ? submission_bytes : completion_bytes,
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQ_RING);
	ring.submissions =
		mmap(NULL, ring.params.sq_entries * sizeof(*ring.submissions),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
	if (ring.memory == MAP_FAILED || ring.submissions == MAP_FAILED)
		return errno;
	*ret_ring = ring;
	return 0;
}

static void submit(struct ring *ring, const struct target *target, int fd, uint8_t flags)
{
	uint32_t *tail = word_at(ring, ring->params.sq_off.tail),
		 mask = *word_at(ring, ring->params.sq_off.ring_mask);
	struct io_uring_sqe *entry = &ring->submissions[*tail & mask];

	memset(entry, 0, sizeof(*entry));
	entry->opcode = IORING_OP_CONNECT;
	entry->flags = flags;
	entry->fd = fd;
	entry->addr = (uintptr_t)&target->address;
	entry->off = target->length;
	word_at(ring, ring->params.sq_off.array)[*tail & mask] = *tail & mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
}

/* Waits until it is complete; what is not by then is given up with the ring. */
static int complete(struct ring *ring)
{
	struct __kernel_timespec patience = {way_patience_ms / 1000,
					     way_patience_ms % 1000 * 1000000L};
	const struct io_uring_getevents_arg argument = {.ts = (uintptr_t)&patience};
	const uint32_t *head = word_at(ring, ring->params.cq_off.head),
		       mask = *word_at(ring, ring->params.cq_off.ring_mask);
	const struct io_uring_cqe *completions =
		(const void *)(ring->memory + ring->params.cq_off.cqes);

	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1,
		    IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | IORING_ENTER_SQ_WAKEUP,
		    &argument, sizeof(argument)) < 0 &&
	    errno != ETIME)
		return errno;
	if (__atomic_load_n(word_at(ring, ring->params.cq_off.tail), __ATOMIC_ACQUIRE) == *head)
		return ETIMEDOUT;
	return -completions[*head & mask].res;
}

static int connect_by_ring(const struct target *target, uint32_t flags, uint8_t request_flags)
{
	int fd = target_socket(target, 0), error;
	struct ring ring = {0};

	if (open_ring(&ring, flags) != 0)
		_exit(2);
	submit(&ring, target, fd, request_flags);
	error = complete(&ring);
	close(ring.fd);
	close(fd);
	return error;
}

static int go_ring(const struct target *target)
{
	return connect_by_ring(target, 0, 0);
}

/* A thread of the kernel's submits what is in the ring: it is no call of the program at all. */
static int go_ring_thread(const struct target *target)
{
	return connect_by_ring(target, IORING_SETUP_SQPOLL, 0);
}

/* It is tried by a worker of the kernel's at once. */
static int go_ring_worker(const struct target *target)
{
	return connect_by_ring(target, 0, IOSQE_ASYNC);
}

/* The kernel's older way to ask without waiting: a poll() by io_submit(). */
static int go_aio(const struct target *target)
{
	struct timespec patience = {way_patience_ms / 1000, way_patience_ms % 1000 * 1000000L};
	struct iocb block = {.aio_lio_opcode = IOCB_CMD_POLL, .aio_buf = POLLOUT}, *blocks = &block;
	struct io_event event = {0};
	aio_context_t context = 0;
	int fd = way_begin(target);
	long count;

	block.aio_fildes = (uint32_t)fd;
	if (syscall(SYS_io_setup, 1, &context) < 0 ||
	    syscall(SYS_io_submit, context, 1, &blocks) != 1)
		_exit(2);
	count = syscall(SYS_io_getevents, context, 1, 1, &event, &patience);
	close(fd);
	if (count != 1)
		return ETIMEDOUT;
	return event.res & (POLLERR | POLLHUP) ? ECONNREFUSED : 0;
}

const struct way ring_ways[] = {
	{"io-uring", go_ring, "IORING_OP_CONNECT"},
	{"io-uring-thread", go_ring_thread, "IORING_OP_CONNECT, submitted by the kernel's thread"},
	{"io-uring-worker", go_ring_worker, "IORING_OP_CONNECT, done by a worker of the kernel's"},
	{"aio", go_aio, "connect(), then io_submit() of a poll()"},
	{NULL, NULL, NULL},
};
