/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the command line asks for, as values. */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/core/target.h"
#include "user/render/render.h"

/* The process's exit status; where several apply the first of USAGE, UNOBSERVED, UNRESOLVED, UNEXPECTED, EXPECTED. */
enum exit_code {
	EXIT_EXPECTED = 0,   /* every target gave the expected status at least once (--strict: every probe did) */
	EXIT_UNEXPECTED = 1, /* some target did not */
	EXIT_UNRESOLVED = 2, /* a name did not resolve */
	EXIT_USAGE = 3,
	EXIT_UNOBSERVED = 4, /* the kernel could not be observed, evidence was lost, or the output could not be written */
};

struct options {
	struct target_list targets;
	uint64_t count; /* 0: without end */
	uint64_t interval_ns;
	uint64_t timeout_ns;
	uint64_t hold_ns;
	int family; /* AF_UNSPEC, AF_INET or AF_INET6 */
	enum status expected;
	bool is_strict;
	bool is_json;
	bool is_quiet;
	bool is_explaining; /* on a terminal: set by default */
	unsigned verbosity;
	enum timestamp_style timestamp;
	const char *trace_path; /* --trace-text; NULL: none */
	size_t ring_bytes;	/* 0: by the number of targets */
};

/*
 * Parses the arguments of `probe`. On a usage error it says so on stderr and exits with EXIT_USAGE; --help and --version print and exit 0.
 * The result is released with options_release().
 */
void options_parse(int argc, char **argv, struct options *ret_options);
void options_release(struct options *options);

#endif
