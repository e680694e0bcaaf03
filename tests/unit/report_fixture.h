/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reports made by hand, for the tests of the renderers: one for each kind of probe that looks
 * different.
 *
 * Nothing in them was judged: texts, times and verdicts are written down here, so that a golden
 * file changes only when a renderer does.
 */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include "user/core/report.h"

/* 2026-01-01T12:00:00.123456789Z */
#define FIXTURE_WALL_NS 1767268800123456789ull

/*
 * A target, one probe of it, and all that there may be to say besides. Points into itself: it must
 * not be copied.
 */
struct report_fixture {
	struct target_report target;
	struct attempt attempt;
	struct verdict verdict;
	struct path path;
	struct probe_report probe;
	struct amendment amendment;
	struct amendment_report amendment_report;
	struct outstanding_report outstanding;
	struct move_report move;
};

struct fixture_case {
	const char *name;
	void (*make)(struct report_fixture *ret_fixture);
};

#define FIXTURE_CASE_COUNT 10
/* Every kind of probe below, in this order; sequence numbers count from 1. */
extern const struct fixture_case fixture_cases[FIXTURE_CASE_COUNT];

void fixture_open(struct report_fixture *ret_fixture);
void fixture_retransmitted(
	struct report_fixture *ret_fixture); /* open, and certain which SYN was answered */
void fixture_ambiguous(struct report_fixture *ret_fixture); /* open, and uncertain */
void fixture_rewritten(
	struct report_fixture *ret_fixture); /* open at another address than asked for */
void fixture_closed(struct report_fixture *ret_fixture);
void fixture_filtered(struct report_fixture *ret_fixture);
void fixture_icmp(struct report_fixture *ret_fixture); /* unreachable, said by a router; IPv6 */
void fixture_blocked(
	struct report_fixture *ret_fixture); /* the answer was dropped here; with a hint */
void fixture_not_sent(
	struct report_fixture
		*ret_fixture); /* nothing left this host, and no socket address was ever known */
void fixture_incomplete(
	struct report_fixture *ret_fixture); /* events were lost, and entries found no place */

/* Open, after a SYN of its own that was dropped here. */
void fixture_waited(struct report_fixture *ret_fixture);

/* Open, after devices of another namespace, where the source was rewritten. */
void fixture_hops(struct report_fixture *ret_fixture);

/* Open, with escape sequences and broken UTF-8 wherever foreign text may be. */
void fixture_hostile(struct report_fixture *ret_fixture);

/* Open; one of the addresses of its name, of which all are probed, from another namespace. */
void fixture_one_of_many(struct report_fixture *ret_fixture);

/*
 * Two connects, for evidence of the first was lost: the second one's outcome, open; the first one's
 * when the second was in vain; and the first one's beside the second's, which replaces it.
 */
void fixture_asked_again(struct report_fixture *ret_fixture);
void fixture_asked_in_vain(struct report_fixture *ret_fixture);
void fixture_replaced(struct report_fixture *ret_fixture);

/* The name of `label` did not resolve. */
void fixture_unresolved(struct target_report *ret_target);

#endif
