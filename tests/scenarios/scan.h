/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs that are scans, with -j, and what they came to. */
#ifndef SCENARIOS_SCAN_H
#define SCENARIOS_SCAN_H

#include "tests/scenarios/private.h"

struct scan {
	struct command_result result;
	json_t *lines;
	const json_t *total; /* the last record */
};

/*
 * The output as records, after claiming what holds of every scan: a probe or error record a target
 * that was begun with, then one record that counts them. A run that was interrupted twice, or that
 * shows but a part (--open, -q), is not for this.
 */
struct scan scan_of(struct command_result result);

/* Run it in the client, as cli() does. */
#define scan(lab, ...) scan_run(lab, (const char *const[]){cli_program(), "-j", __VA_ARGS__, NULL})
struct scan scan_run(struct lab *lab, const char *const *argv);
/* The same for scripts, as cli_shell() and private_run() take them. */
struct scan scan_shell(struct lab *lab, const char *line);
struct scan scan_private(struct lab *lab, const char *script);

/* The probe record of that label; fails the test unless there is exactly one. */
const json_t *scan_record(const struct scan *scan, const char *target);
/* By the last record. */
void expect_group(const struct scan *scan, const char *status, const char *reason, unsigned count);
/*
 * Every verdict is one that the target may have, or incomplete: open where the port is open_port,
 * else that status. Returns how many are incomplete.
 */
size_t expect_right(const struct scan *scan, unsigned open_port, const char *status,
		    const char *reason);

#endif
