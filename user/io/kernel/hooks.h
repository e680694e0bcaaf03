/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one table of tracepoints that are hooked: by which program, how badly each is needed, and
 * what is lost without it.
 */
#ifndef IO_HOOKS_H
#define IO_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

enum hook_need {
	HOOK_MUST,	 /* without it no verdict could be trusted */
	HOOK_SHOULD,	 /* without it some say less */
	HOOK_SUBSTITUTE, /* only where drops have no reason (before 5.17) */
	HOOK_PATH,	 /* only with -v: where the SYN went */
	HOOK_CALLS,	 /* only to watch other programs: their calls and what these return */
	/* Likewise, of those that use io_uring; only where completions have this form (6.12) */
	HOOK_URING,
};

/* No verdict rests on the absence of its records, so that a missed one is no loss. */
#define HOOK_EXPLAINS (-1)

struct hook {
	const char *program; /* its name in the BPF object */
	/*
	 * Where it can be interrupted by itself: the one that takes over (include/ktp_handover.h);
	 * else NULL
	 */
	const char *second;
	int turn; /* with `second`: enum ktp_turn; else 0, or HOOK_EXPLAINS */
	/*
	 * With `second`: only where tracepoints are preemptible, else it cannot be interrupted by
	 * itself
	 */
	bool is_preempted;
	const char *tracepoint;
	enum hook_need need;
	const char *what; /* what it shows */
	/* Statuses, reasons and fields that suffer without it; NULL ends the list */
	const char *const *affects;
};

extern const struct hook hooks[];
extern const size_t hook_count;

/*
 * What people know it by: its tracepoint; where that has a program already, its own program. No two
 * hooks have the same.
 */
const char *hook_name(const struct hook *hook);

/* What suffers when nothing can be followed at all. */
extern const char *const hooks_affect_all[];

#endif
