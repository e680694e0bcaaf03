/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the command line asks for, as values. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/base/exit_code.h"
#include "user/core/target/target.h"
#include "user/io/net/origin.h"
#include "user/render/formats.h"

#define WATCH_PIDS_MAX 1024

struct options {
	/* what to probe */
	struct host_list hosts; /* of the words; none when -f gives them */
	const char *file;	/* -f; "-" is standard input, NULL: none */
	struct port_list ports; /* -p; none: count 0 */
	bool is_skipping_bad;
	bool is_all_addresses;
	bool is_confirmed;	/* --yes */
	bool is_numeric;	/* targets are called by their address */
	uint64_t resolve_every; /* probes of a target; 0: once */
	int family;		/* AF_UNSPEC, AF_INET, AF_INET6; that of -S if only one is given */
	/* from where */
	struct source source;
	uint8_t ttl; /* of each probe; 0: the kernel chooses */
	const char *
		*namespaces; /* -N, in their order, no name twice; owned, the strings are argv's */
	size_t namespace_count; /* 0: our own */
	/* how often and how long */
	uint64_t count; /* 0: without end */
	bool asks_many; /* a list, a range, a network: what a person would not look at one by one */
	uint64_t interval_ns;
	uint64_t timeout_ns;
	uint64_t hold_ns;	/* HALF_OPEN: the handshake is not completed */
	uint64_t deadline_ns;	/* of the run; 0: none */
	int until;		/* enum status; -1: none */
	uint64_t give_up_after; /* unexpected probes in a row; 0: never */
	uint64_t rate;		/* probes a second, of all targets; 0: no limit; RATE_BY_DISTANCE */
	uint64_t inflight;	/* connects at once; 0: as many as descriptors and memory allow */
	bool is_shuffled;
	/* what counts as success */
	enum status expected;
	bool is_strict;
	/* who is watched: all that is given has to be met */
	pid_t pids[WATCH_PIDS_MAX];
	size_t pid_count;
	bool follows_children;
	const char *comm;   /* NULL: any */
	const char *cgroup; /* as given; NULL: any */
	const char *netns;  /* as given; NULL: any */
	bool is_all;
	char **command;	  /* argv's, ended by NULL; NULL: none */
	bool is_checking; /* the exit status tells of contradictions, also with a command */
	/* what is shown */
	const struct format *format; /* never NULL */
	/* -C -x: measured times first, for its reader takes a leading "-" for an error */
	bool is_tcpping;
	const char *output_path; /* -o; NULL: stdout, or stderr when a command is watched */
	bool is_quiet;
	bool is_explaining; /* on a terminal: set by default */
	bool is_reporting_outstanding;
	bool is_changes_only;
	bool is_failures_only;
	bool is_open_only;
	bool is_audible;
	bool has_histogram;
	uint64_t report_every_ns; /* 0: never */
	unsigned verbosity;
	enum timestamp_style timestamp;
	const char *record_path; /* NULL: none */
	bool is_forced;		 /* it may replace a file */
	const char *trace_path;	 /* --trace-text; NULL: none */
	uint64_t ring_bytes;	 /* 0: by what is probed or watched */
};

#define HALF_OPEN UINT64_MAX
/* RATE_OFF_LINK where many are asked for, behind a gateway; else no limit. */
#define RATE_BY_DISTANCE UINT64_MAX
#define RATE_OFF_LINK	 5000
/* More targets than this, with a network among them, need --yes. */
#define UNASKED_TARGETS_MAX 65536u
/* Of a watch, for the attempts under way and watched on. */
#define WATCH_TABLE_MIB 256

#endif
