/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one data header between finding out and showing: what a renderer is given. Nothing here is
 * owned.
 */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "user/core/attempt/path.h"
#include "user/core/run/repeat.h"
#include "user/core/run/tally.h"

struct target_report {
	const char *label; /* "example.com:443" */
	/*
	 * what tells it from the others of a run, for text: the label, or
	 * "example.com:443(192.0.2.10)@blue"; no spaces
	 */
	const char *title;
	const char *name;	/* as typed; of a network its member's address */
	const char *netns_name; /* as given to -N; NULL: our own namespace */
	struct address address; /* with the port; none while or when it did not resolve */
	uint32_t address_count; /* how many addresses the name has; 0 for a literal */
	bool is_each_address;	/* all of them are probed, this is one */
	uint64_t resolve_ns;	/* TIME_UNKNOWN_NS for a literal */
	struct address source;	/* what the route says we would speak from; none: unknown */
	const char *device;	/* and by which device; NULL: unknown */
	const char *kernel;	/* "6.18.44" */
	const char *hooks;	/* "all hooks", "without tcp_bad_csum" */
	const char *failure;	/* why it is not probed: "name not resolved: ..."; NULL: it is */
};

/* The name was resolved again, and its address is another one now. */
struct move_report {
	const struct target_report *target; /* as it is now */
	struct address from;		    /* none: this address is new, its target begins */
	struct address to; /* none: the name has this address no more, its target ends */
	uint64_t wall_ns;
	uint64_t since_start_ns;
};

/* Whose connect it was, when another program was watched. */
struct program_report {
	const char *cgroup;	   /* path in the unified hierarchy; NULL: unknown */
	const char *container;	   /* its id; NULL: none */
	const char *told;	   /* what it was told, in words */
	const char *contradiction; /* how that contradicts the kernel; NULL: it does not */
};

/* A probe, or a program's connect: then its target is the address asked for, without a name. */
struct probe_report {
	const struct target_report *target;
	const struct program_report *program; /* NULL: a probe of our own */
	uint64_t sequence;
	uint64_t wall_ns;	 /* CLOCK_REALTIME of the connect() */
	uint64_t since_start_ns; /* of the connect(), since the run began */
	const struct attempt *attempt;
	const struct verdict *verdict;
	enum repeat repeat;
	struct other_connects others;
	const struct path *path; /* where the first SYN went; NULL: that was not asked for */
	const char *explain;	 /* one sentence; never NULL */
	/* a part of it: where on this host the application waited; NULL: nowhere for long */
	const char *wait;
	const char *hint; /* what to do next, or NULL */
};

/* A probe without a verdict when the next one of its target is due. */
struct outstanding_report {
	const struct target_report *target;
	uint64_t sequence;
	uint64_t wall_ns; /* now */
	uint64_t since_start_ns;
	uint64_t waited_ns;
	const char *explain; /* "2 SYNs sent, no answer yet" */
};

struct amendment_report {
	const struct target_report *target;
	uint64_t sequence;
	uint64_t wall_ns;
	uint64_t since_start_ns;
	const struct amendment *amendment;
	const char *explain;
	bool is_of_program; /* else of a probe of our own */
};

struct summary_report {
	const struct target_report *target;
	const struct stats *stats;
	uint64_t events_lost; /* while any attempt of the run was alive */
	bool is_final;	      /* false: the run goes on */
	/*
	 * By sequence number: the RTT of each probe with the expected status, TIME_UNKNOWN_NS for
	 * any other and for an ambiguous one. NULL when the format does not want it
	 * (FORMAT_HAS_ROWS).
	 */
	const uint64_t *row;
	uint64_t row_count;
	const char *comm; /* of the program whose connects these are; NULL: our own probes */
	uint64_t contradictions;
};

/* A scan: many targets, each probed once. */
struct scan_report {
	const char *title; /* "10.2.0.2", "3 hosts": what was scanned */
	const struct tally *tally;
	uint64_t elapsed_ns; /* since the first could start */
	uint64_t events_lost;
	const char *hooks; /* "all hooks", or what the verdicts had to do without */
	bool is_final;	   /* false: the scan goes on */
};

/* How far a scan is, for a line on a terminal. */
struct progress_report {
	uint64_t done;
	uint64_t total; /* UINT64_MAX: not known */
	uint64_t open;
	uint64_t in_flight;
	uint64_t elapsed_ns;
};

/* The whole run. */
struct run_report {
	const char
		*subject; /* who is watched: "pid 4711", "curl"; NULL: our own probes are shown */
	const char *kernel;
	const char *hooks;
	uint64_t wall_ns;
	uint64_t since_start_ns;
	uint64_t targets;
	uint64_t probes;      /* or connects */
	uint64_t intercepted; /* of them */
	uint64_t contradictions;
	uint64_t under_way;  /* connects without a verdict, that are not among them */
	uint64_t not_listed; /* connects in no summary of their own: too many destinations */
	uint64_t events_lost;
	const char *remark; /* "no connect entered the kernel ..."; NULL: nothing to be said */
	bool is_final;
};

#endif
