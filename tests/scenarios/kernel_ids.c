/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF objects by what /proc says of a process's descriptors. */
#include "tests/scenarios/kernel_ids.h"

#include <bpf/bpf.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct kernel_ids ids_of(pid_t pid)
{
	static const char *const kinds[] = {"prog_id", "map_id", "link_id"};
	struct kernel_ids ids = {0};

	for (int fd = 0; fd < 256; fd++) {
		char path[64], line[256];
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file))
			for (size_t i = 0; i < 3 && ids.count < KERNEL_IDS_MAX; i++)
				if (!strncmp(line, kinds[i], strlen(kinds[i])) &&
				    line[strlen(kinds[i])] == ':') {
					ids.ids[ids.count].kind = kinds[i];
					ids.ids[ids.count++].id =
						(unsigned)strtoul(strchr(line, ':') + 1, NULL, 10);
				}
		if (file)
			fclose(file);
	}
	return ids;
}

static bool is_there(const char *kind, unsigned id)
{
	int fd = !strcmp(kind, "prog_id")  ? bpf_prog_get_fd_by_id(id)
		 : !strcmp(kind, "map_id") ? bpf_map_get_fd_by_id(id)
					   : bpf_link_get_fd_by_id(id);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool goes_away(const char *kind, unsigned id)
{
	for (int i = 0; i < 1000 && is_there(kind, id); i++)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	return !is_there(kind, id);
}

struct kernel_ids kernel_ids_of(pid_t pid)
{
	struct kernel_ids ids = ids_of(pid);

	for (size_t i = 0; i < ids.count; i++)
		cr_assert(is_there(ids.ids[i].kind, ids.ids[i].id));
	return ids;
}

void expect_gone_from_kernel(const struct kernel_ids *ids)
{
	for (size_t i = 0; i < ids->count; i++)
		cr_assert(goes_away(ids->ids[i].kind, ids->ids[i].id), "%s %u is still there",
			  ids->ids[i].kind, ids->ids[i].id);
}

unsigned kernel_links_of(pid_t pid)
{
	char directory[64], target[64];
	const struct dirent *entry;
	unsigned count = 0;
	DIR *entries;

	snprintf(directory, sizeof(directory), "/proc/%d/fd", pid);
	entries = opendir(directory);
	cr_assert(entries, "%s cannot be read", directory);
	while ((entry = readdir(entries))) {
		ssize_t length =
			readlinkat(dirfd(entries), entry->d_name, target, sizeof(target) - 1);

		target[length < 0 ? 0 : length] = '\0';
		count += strstr(target, "bpf_link") || strstr(target, "bpf-link") ||
			 strstr(target, "bpf-raw-tp");
	}
	closedir(entries);
	return count;
}
