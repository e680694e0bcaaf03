/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the command line of `watch` asks for, as values. */
#ifndef APP_WATCH_OPTIONS_H
#define APP_WATCH_OPTIONS_H

#include <sys/types.h>

#include "user/app/options/options.h"

#define WATCH_PIDS_MAX	1024
#define WATCH_TABLE_MIB 256 /* at most, for the attempts under way and watched on; --help says so, too */

struct watch_options {
	/* who is watched: all that is given has to be met */
	pid_t pids[WATCH_PIDS_MAX];
	size_t pid_count;
	bool follows_children;
	const char *comm;   /* NULL: any */
	const char *cgroup; /* as given; NULL: any */
	const char *netns;  /* as given; NULL: any */
	bool is_all;
	char **command; /* argv's, ended by NULL; NULL: none */
	/* what is shown */
	bool is_json;
	const char *output_path; /* -o; NULL: stderr with a command, else stdout */
	bool is_quiet;
	bool is_explaining;
	unsigned verbosity;
	enum timestamp_style timestamp;
	bool is_checking;	/* the exit status tells of contradictions, also with a command */
	const char *trace_path; /* --trace-text; NULL: none */
	size_t ring_bytes;	/* 0: the default */
};

/* As options_parse(), for `watch'. The strings are argv's; nothing is to be released. */
void watch_options_parse(int argc, char **argv, struct watch_options *ret_options);

/* "4711" or "4711,4712". Returns 0, or -EINVAL, -ERANGE with the sentence. */
int watch_parse_pids(const char *text, pid_t *pids, size_t *count, struct error *ret_error);

#endif
