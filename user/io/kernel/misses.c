// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Skipped calls, less those that were taken over. */
#include "user/io/kernel/misses.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "include/ktp_handover.h"

#define PROGRAMS_MAX 64
#define NO_TURN	     (-1)

struct misses_parts {
	uint64_t skipped;
	uint64_t taken_over;
	uint64_t overwritten;
};

struct program {
	int fd;
	int turn;
	struct misses_parts base; /* as it was when calls began to count */
};

struct misses {
	const struct ktp_handover *handovers; /* KTP_TURNS for each CPU; NULL: none */
	unsigned cpus;
	struct program programs[PROGRAMS_MAX];
	unsigned count;
	uint64_t seen; /* lost by the programs that are there, when that was last asked for */
	uint64_t lost; /* counted so far */
};

static size_t map_bytes(unsigned cpus)
{
	return (size_t)cpus * KTP_TURNS * sizeof(struct ktp_handover);
}

struct misses *misses_new(int handovers_fd, unsigned cpus)
{
	struct misses *misses = calloc(1, sizeof(*misses));
	void *map;

	if (!misses)
		return NULL;
	misses->cpus = cpus;
	map = mmap(NULL, map_bytes(cpus), PROT_READ, MAP_SHARED, handovers_fd, 0);
	if (map != MAP_FAILED) {
		misses->handovers = map;
		return misses;
	}
	free(misses);
	return NULL;
}

void misses_free(struct misses *misses)
{
	if (!misses)
		return;
	munmap((void *)misses->handovers, map_bytes(misses->cpus));
	free(misses);
}

void misses_add(struct misses *misses, int program_fd, int turn)
{
	if (misses->count < PROGRAMS_MAX)
		misses->programs[misses->count++] =
			(struct program){.fd = program_fd, .turn = turn};
}

static uint64_t read_skipped(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 ? info.recursion_misses : 0;
}

/* Takeovers first: one that happens meanwhile has been skipped by the time that is read. */
static struct misses_parts read_parts(const struct misses *misses, const struct program *program)
{
	struct misses_parts parts = {0};

	for (unsigned cpu = 0; cpu < misses->cpus && program->turn != NO_TURN; cpu++) {
		const struct ktp_handover *handover =
			&misses->handovers[cpu * KTP_TURNS + (unsigned)program->turn];

		parts.taken_over += __atomic_load_n(&handover->takeovers, __ATOMIC_ACQUIRE);
		parts.overwritten += __atomic_load_n(&handover->overwritten, __ATOMIC_ACQUIRE);
	}
	parts.skipped = read_skipped(program->fd);
	return parts;
}

static struct misses_parts since_base(const struct misses *misses, const struct program *program)
{
	struct misses_parts parts = read_parts(misses, program);

	return (struct misses_parts){
		.skipped = parts.skipped - program->base.skipped,
		.taken_over = parts.taken_over - program->base.taken_over,
		.overwritten = parts.overwritten - program->base.overwritten,
	};
}

static uint64_t lost_of(const struct misses *misses, struct program *program)
{
	struct misses_parts parts = since_base(misses, program);
	uint64_t lost = parts.skipped + parts.overwritten;

	if (lost >= parts.taken_over)
		return lost - parts.taken_over;
	program->base.taken_over +=
		parts.taken_over - lost; /* of what was skipped before: it hides no loss */
	return 0;
}

static uint64_t read_lost(struct misses *misses)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < misses->count; i++)
		lost += lost_of(misses, &misses->programs[i]);
	return lost;
}

/*
 * What is lost, unless it is no more than `seen`: what is taken over while the counts are read
 * seems to be lost, and a task preempted between its two programs takes over when it goes on.
 */
static uint64_t read_lasting(struct misses *misses, uint64_t seen)
{
	uint64_t lost = read_lost(misses);

	for (int ms = 0; lost > seen && ms < MISSES_PATIENCE_MS; ms++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		lost = read_lost(misses);
	}
	return lost;
}

void misses_begin(struct misses *misses)
{
	for (unsigned i = 0; i < misses->count; i++)
		misses->programs[i].base = read_parts(misses, &misses->programs[i]);
	misses->seen = 0;
}

uint64_t misses_count(struct misses *misses)
{
	uint64_t lost = read_lasting(misses, misses->seen);

	if (lost > misses->seen)
		misses->lost += lost - misses->seen;
	/* Less than before: taken over after all, and what is lost next is something else. */
	misses->seen = lost;
	return misses->lost;
}

void misses_end(struct misses *misses)
{
	misses_count(misses);
	misses->count = 0;
}
