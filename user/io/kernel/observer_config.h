/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is to be observed, and how much at once. */
#ifndef IO_OBSERVER_CONFIG_H
#define IO_OBSERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whose connects are followed, instead of this process's own: all that is set has to be met.
 * Zeroed: all programs'.
 */
struct observer_filter {
	bool has_tasks; /* only those named by observer_watch() */
	bool follows_children;
	bool looks_back; /* for observer_look_back() */
	char comm[16];	 /* "": any */
	uint64_t cgroup; /* its id; 0: any */
	uint32_t netns;	 /* 0: any */
};

#define OBSERVER_RINGS_MAX 8

struct observer_config {
	size_t ring_bytes; /* of each ring; rounded up to a power of two of at least one page */
	unsigned rings;	   /* 1 to OBSERVER_RINGS_MAX */
	uint32_t attempts; /* how many may be followed at once; see program_attempts() */
	/*
	 * The first SYN's way over devices of other namespaces is wanted, too: the hooks of
	 * HOOK_PATH, EVENT_HOP
	 */
	bool has_path;
	/* observer_detach() will be wanted, which costs a descriptor a program */
	bool may_detach;
	/* What a socket does after its end is not wanted: the kernel side itself removes it then */
	bool forgets_at_close;
	/*
	 * The inode of the namespace where all sockets are, whose neighbours then cost next to
	 * nothing; 0: several, or unknown
	 */
	uint32_t netns;
	/* NULL: this process's own. Else the hooks of HOOK_CALLS, too */
	const struct observer_filter *filter;
};

#endif
