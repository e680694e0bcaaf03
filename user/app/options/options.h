/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the command line asks for, as values. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/base/exit_code.h"
#include "user/core/target/target.h"
#include "user/io/net/origin.h"
#include "user/render/render.h"

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_FPING, /* -C */
};

struct options {
	/* what to probe */
	struct host_list hosts; /* of the words; none when -f gives them */
	const char *file;	/* -f; "-" is standard input, NULL: none */
	struct port_list ports; /* -p; none: count 0 */
	bool is_skipping_bad;
	bool is_all_addresses;
	bool is_sure;		/* --yes */
	bool is_numeric;	/* targets are called by their address */
	uint64_t resolve_every; /* probes of a target; 0: once */
	int family;		/* AF_UNSPEC, AF_INET or AF_INET6; that of -S when only one was given */
	/* from where */
	struct source source;
	const char **namespaces; /* -N, in the order given, no name twice; owned, the strings are argv's */
	size_t namespace_count;	 /* 0: our own */
	/* how often and how long */
	uint64_t count; /* 0: without end */
	bool asks_many; /* a list, a range, a network: what a person would not look at one by one */
	uint64_t interval_ns;
	uint64_t timeout_ns;
	uint64_t hold_ns;	/* HALF_OPEN: the handshake is not completed */
	uint64_t deadline_ns;	/* of the run; 0: none */
	int until;		/* enum status; -1: none */
	uint64_t give_up_after; /* unexpected probes in a row; 0: never */
	uint64_t rate;		/* probes started a second, of all targets; 0: without a limit; RATE_BY_DISTANCE */
	uint64_t inflight;	/* connects at once; 0: as many as descriptors and memory allow */
	bool is_shuffled;
	/* what counts as success */
	enum status expected;
	bool is_strict;
	/* what is shown */
	enum format format;
	bool is_tcpping;	 /* -C -x: measured times come first, for its reader takes a line that begins with "-" for an error */
	const char *output_path; /* -o; NULL: stdout */
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
	const char *trace_path; /* --trace-text; NULL: none */
	size_t ring_bytes;	/* 0: by the number of targets */
};

#define HALF_OPEN UINT64_MAX
/* Of a scan, RATE_OFF_LINK a second for targets behind a gateway, without a limit for this host and its own links. */
#define RATE_BY_DISTANCE UINT64_MAX
#define RATE_OFF_LINK	 5000
/* More targets than this, with a network among them, need --yes: a slip of the pen in its length is a lot of packets. */
#define UNASKED_TARGETS_MAX 65536u

/*
 * Parses the arguments of `probe`. On a usage error it says so on stderr and exits with EXIT_USAGE; --help and --version print and exit 0.
 * The result is released with options_release().
 */
void options_parse(int argc, char **argv, struct options *ret_options);
void options_release(struct options *options);

/* Can this host be probed with these options (-4 with an IPv6 address …)? A target_file_judge(); context: struct options. */
int options_judge(const void *options, const struct host *host, struct error *ret_error);
/* getservbyname() as a target_service_lookup. */
int options_find_service(const char *name);

#endif
