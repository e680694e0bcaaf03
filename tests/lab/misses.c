/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Recursion misses of the programs whose descriptors a process has. */
#include "tests/lab/misses.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "include/ktp_handover.h"

#define FDS	     256 /* a program's is among the first ones */
#define PATIENCE_MS  10000
#define INTERVAL_MS  5
#define ATTACHING_MS 20 /* from the first to the last */

static void sleep_ms(unsigned ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

/* "prog_id:\t4711" in what /proc says of a descriptor; 0: there is none. */
static uint32_t id_of(pid_t pid, int fd, const char *kind)
{
	char path[64], line[256];
	uint32_t id = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	file = fopen(path, "re");
	while (file && !id && fgets(line, sizeof(line), file))
		if (!strncmp(line, kind, strlen(kind)))
			id = (uint32_t)strtoul(line + strlen(kind), NULL, 10);
	if (file)
		fclose(file);
	return id;
}

static bool has_link(pid_t pid)
{
	for (int fd = 0; fd < FDS; fd++)
		if (id_of(pid, fd, "link_id:"))
			return true;
	return false;
}

/* The map of that name, opened; -1: there is none. */
static int open_map(pid_t pid, const char *name)
{
	for (int number = 0; number < FDS; number++) {
		uint32_t id = id_of(pid, number, "map_id:"), length = sizeof(struct bpf_map_info);
		struct bpf_map_info info = {0};
		int fd = id ? bpf_map_get_fd_by_id(id) : -1;

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) == 0 &&
		    !strcmp(info.name, name))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

static bool is_known(const struct misses *misses, uint32_t id)
{
	for (unsigned i = 0; i < misses->count; i++)
		if (misses->programs[i].id == id)
			return true;
	return false;
}

static struct bpf_prog_info info_of(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t length = sizeof(info);

	bpf_obj_get_info_by_fd(fd, &info, &length);
	return info;
}

static void add(struct misses *misses, uint32_t id)
{
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd < 0)
		return;
	memcpy(misses->programs[misses->count].name, info_of(fd).name,
	       sizeof(misses->programs[0].name));
	misses->programs[misses->count].id = id;
	misses->programs[misses->count++].fd = fd;
}

void misses_open(struct misses *misses, pid_t pid)
{
	*misses = (struct misses){0};
	for (int waited_ms = 0; waited_ms < PATIENCE_MS && !has_link(pid); waited_ms += INTERVAL_MS)
		sleep_ms(INTERVAL_MS);
	sleep_ms(ATTACHING_MS);
	for (int fd = 0; fd < FDS && misses->count < MISSES_PROGRAMS_MAX; fd++) {
		uint32_t id = id_of(pid, fd, "prog_id:");

		/* A link's descriptor tells of its program, too. */
		if (id && !is_known(misses, id))
			add(misses, id);
	}
	misses->handovers = open_map(pid, "ktp_handovers");
}

void misses_close(struct misses *misses)
{
	while (misses->count)
		close(misses->programs[--misses->count].fd);
	if (misses->handovers >= 0)
		close(misses->handovers);
}

uint64_t misses_of(const struct misses *misses, unsigned number)
{
	return info_of(misses->programs[number].fd).recursion_misses;
}

uint64_t misses_total(const struct misses *misses)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < misses->count; i++)
		total += misses_of(misses, i);
	return total;
}

/* Loaded later, and called so; the kernel keeps no more than the beginning of a name. */
static bool is_second_of(const struct misses *misses, unsigned second, unsigned first)
{
	char name[sizeof(misses->programs[0].name) + sizeof("_again")];

	snprintf(name, sizeof(name), "%s_again", misses->programs[first].name);
	return misses->programs[second].id > misses->programs[first].id &&
	       !strncmp(misses->programs[second].name, name, sizeof(misses->programs[0].name) - 1);
}

static bool is_second(const struct misses *misses, unsigned number)
{
	for (unsigned i = 0; i < misses->count; i++)
		if (is_second_of(misses, number, i))
			return true;
	return false;
}

uint64_t misses_of_first_programs(const struct misses *misses)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < misses->count; i++)
		if (!is_second(misses, i))
			total += misses_of(misses, i);
	return total;
}

static struct ktp_handover sum(const struct misses *misses)
{
	struct ktp_handover handover, total = {0};

	for (uint32_t i = 0;
	     misses->handovers >= 0 && bpf_map_lookup_elem(misses->handovers, &i, &handover) == 0;
	     i++) {
		total.takeovers += handover.takeovers;
		total.overwritten += handover.overwritten;
	}
	return total;
}

uint64_t misses_taken_over(const struct misses *misses)
{
	return sum(misses).takeovers;
}

uint64_t misses_overwritten(const struct misses *misses)
{
	return sum(misses).overwritten;
}
