/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is lost, by counts that the test writes as the kernel side does. Mostly `overwritten`, which
 * counts for as much, stands for what is skipped.
 */
#include <bpf/bpf.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "include/ktp_handover.h"
#include "user/io/kernel/misses.h"

#define CPUS  2
#define STATE 0 /* instead of a descriptor */

/* One call there is skipped and taken over between the two readings of it. */
static struct ktp_handover *busy;
static uint32_t calls_skipped;

int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *bytes)
{
	(void)bytes;
	if (fd != STATE)
		return -1;
	if (busy) {
		busy->takeovers++;
		calls_skipped++;
		busy = NULL;
	}
	((struct bpf_prog_info *)info)->recursion_misses = calls_skipped;
	return 0;
}

struct counts {
	int fd;
	struct ktp_handover *handovers;
	struct misses *misses;
};

static struct counts counts_new(void)
{
	size_t bytes = CPUS * KTP_TURNS * sizeof(struct ktp_handover);
	struct counts counts = {.fd = memfd_create("handovers", MFD_CLOEXEC)};

	cr_assert_geq(counts.fd, 0);
	cr_assert_eq(ftruncate(counts.fd, (off_t)bytes), 0);
	counts.handovers = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, counts.fd, 0);
	cr_assert_neq(counts.handovers, MAP_FAILED);
	counts.misses = misses_new(counts.fd, CPUS);
	cr_assert(counts.misses);
	misses_add(counts.misses, STATE, KTP_TURN_STATE);
	misses_add(counts.misses, -1, KTP_TURN_DROP);
	misses_begin(counts.misses);
	return counts;
}

static void counts_free(struct counts *counts)
{
	misses_free(counts->misses);
	munmap(counts->handovers, CPUS * KTP_TURNS * sizeof(struct ktp_handover));
	close(counts->fd);
}

static struct ktp_handover *handover(const struct counts *counts, unsigned cpu, enum ktp_turn turn)
{
	return &counts->handovers[cpu * KTP_TURNS + turn];
}

static void skip(const struct counts *counts, enum ktp_turn turn, uint64_t calls)
{
	__atomic_fetch_add(&handover(counts, 0, turn)->overwritten, calls, __ATOMIC_SEQ_CST);
}

static void take_over(const struct counts *counts, enum ktp_turn turn, uint64_t calls)
{
	__atomic_fetch_add(&handover(counts, 1, turn)->takeovers, calls, __ATOMIC_SEQ_CST);
}

static void expect_lost(const struct counts *counts, uint64_t lost)
{
	uint64_t count = misses_count(counts->misses);

	cr_expect_eq(count, lost, "%lu lost, not %lu", count, lost);
}

Test(misses, what_is_taken_over_is_not_lost)
{
	struct counts counts = counts_new();

	expect_lost(&counts, 0);
	skip(&counts, KTP_TURN_STATE, 5);
	take_over(&counts, KTP_TURN_STATE, 5);
	expect_lost(&counts, 0);
	skip(&counts, KTP_TURN_STATE, 3);
	take_over(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 2);
	expect_lost(&counts, 2);
	counts_free(&counts);
}

Test(misses, no_program_takes_over_for_another)
{
	struct counts counts = counts_new();

	skip(&counts, KTP_TURN_STATE, 1);
	take_over(&counts, KTP_TURN_DROP, 1);
	expect_lost(&counts, 1);
	counts_free(&counts);
}

Test(misses, a_late_takeover_of_before_hides_no_loss)
{
	struct counts counts = counts_new();

	skip(&counts, KTP_TURN_STATE, 1);
	misses_begin(counts.misses);
	take_over(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 0);
	skip(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 1);
	counts_free(&counts);
}

Test(misses, what_was_lost_stays_lost)
{
	struct counts counts = counts_new();

	skip(&counts, KTP_TURN_STATE, 2);
	misses_end(counts.misses);
	expect_lost(&counts, 2);
	skip(&counts, KTP_TURN_STATE, 4); /* by whom nothing is counted */
	misses_add(counts.misses, -1, KTP_TURN_STATE);
	misses_begin(counts.misses);
	expect_lost(&counts, 2);
	skip(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 3);
	counts_free(&counts);
}

#define PREEMPTED_MS 10

static void *take_over_soon(void *counts)
{
	nanosleep(&(struct timespec){.tv_nsec = PREEMPTED_MS * 1000000L}, NULL);
	take_over(counts, KTP_TURN_STATE, 1);
	return NULL;
}

Test(misses, who_is_preempted_takes_over_when_it_goes_on)
{
	struct counts counts = counts_new();
	pthread_t thread;

	skip(&counts, KTP_TURN_STATE, 1);
	cr_assert_eq(pthread_create(&thread, NULL, take_over_soon, &counts), 0);
	expect_lost(&counts, 0);
	pthread_join(thread, NULL);
	counts_free(&counts);
}

Test(misses, what_is_taken_over_while_it_is_read_is_not_lost)
{
	struct counts counts = counts_new();

	busy = handover(&counts, 0, KTP_TURN_STATE);
	expect_lost(&counts, 0);
	expect_lost(&counts, 0);
	skip(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 1);
	counts_free(&counts);
}

Test(misses, what_was_lost_for_too_long_hides_no_other_loss)
{
	struct counts counts = counts_new();

	skip(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 1);
	take_over(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 1);
	skip(&counts, KTP_TURN_STATE, 1);
	expect_lost(&counts, 2);
	counts_free(&counts);
}
