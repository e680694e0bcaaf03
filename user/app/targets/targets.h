/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One target: an address, a port and the origin it is probed from.
 *
 * A target that is kept has statistics, and lives until its last probe is released and its summary
 * shown. Up to TARGETS_KEPT of them are kept until the end of the run, so that their summaries come
 * together and in the order of the targets; in a longer run each is summarised and freed when it
 * has nothing more to say. What is not kept is small, and freed when its probe is.
 */
#ifndef APP_TARGETS_H
#define APP_TARGETS_H

#include "user/app/targets/target_text.h"
#include "user/core/report.h"
#include "user/core/run/plan.h"
#include "user/io/net/origin.h"

#define TARGETS_KEPT 1024

/* What the run comes to, when targets are gone. */
struct run_result {
	bool has_incomplete;
	bool has_unresolved;
	bool has_unexpected;
	struct run_report report;
};

struct targets {
	const struct options *options;
	bool keeps;
	struct list all;
	struct target *ended; /* of those that are kept, the last one first */
	uint64_t created;
	uint64_t present;
	uint64_t active;    /* not ended */
	size_t title_width; /* of those that are kept the longest so far */
	struct run_result result;
};

/* Takes a reference of the host's. address: without the port, NULL: none is known. */
struct target *targets_add(struct targets *targets, struct resolved_host *host,
			   const struct address *address, uint16_t port,
			   const struct origin *origin);

/* Adds it to the result, if it is kept, and frees it; the host's reference is the caller's. */
struct resolved_host *targets_remove(struct targets *targets, struct target *target);
/* Frees all, and their references. */
void targets_release(struct targets *targets);

/*
 * In the order of the targets, as an array for the caller to free: all that are kept, and those
 * that have ended since the last call.
 */
struct target **targets_sorted(const struct targets *targets, size_t *ret_count);
struct target **targets_take_ended(struct targets *targets, size_t *ret_count);

/* Its name has several addresses now: it and the others of the host are called by theirs. */
void targets_tell_apart(struct targets *targets, struct resolved_host *host);
void target_set_address(struct targets *targets, struct target *target,
			const struct address *address);
/* Of its next connect(): the device that a link-local address names has its number of now. */
struct address target_destination(const struct target *target);

/* Of those that are kept: a name that did not resolve, lost evidence, an unexpected status. */
enum exit_code targets_exit_code(const struct targets *targets);
/* All targets and their probes, those that are still there too. */
struct run_report targets_report(const struct targets *targets);

static inline struct target *target_of_row(struct plan_row *row)
{
	return (struct target *)row;
}

#endif
