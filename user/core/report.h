/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one data header between finding out and showing: what a renderer is given. Nothing here is owned. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "user/core/stats.h"

struct target_report {
	const char *label;	/* "example.com:443" */
	const char *name;	/* as typed */
	struct address address; /* with the port; none while or when it did not resolve */
	uint32_t address_count; /* how many addresses the name has; 0 for a literal */
	uint64_t resolve_ns;	/* TIME_UNKNOWN_NS for a literal */
	struct address source;	/* what the route says we would speak from; none: unknown */
	const char *device;	/* and by which device; NULL: unknown */
	const char *kernel;	/* "6.18.44" */
	const char *hooks;	/* "all hooks", "without tcp_bad_csum" */
	const char *failure;	/* why the name did not resolve; NULL when it did */
};

struct probe_report {
	const struct target_report *target;
	uint64_t sequence;
	uint64_t wall_ns;	 /* CLOCK_REALTIME of the connect() */
	uint64_t since_start_ns; /* of the connect(), since the run began */
	const struct attempt *attempt;
	const struct verdict *verdict;
	const char *explain; /* one sentence; never NULL */
	const char *hint;    /* what to do next, or NULL */
};

struct amendment_report {
	const struct target_report *target;
	uint64_t sequence;
	uint64_t wall_ns;
	uint64_t since_start_ns;
	const struct amendment *amendment;
	const char *explain;
};

struct summary_report {
	const struct target_report *target;
	const struct stats *stats;
	uint64_t events_lost; /* while any attempt of the run was alive */
};

#endif
