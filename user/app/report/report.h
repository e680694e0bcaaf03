/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reports, of our own probes and of watched programs: from attempts, targets and what the session
 * knows. So what was recorded gives the same reports as when it happened.
 *
 * A report points to its text and to what it was made from; it is valid as long as those are.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "user/app/report/session.h"
#include "user/core/container.h"
#include "user/core/correlate/notice.h"
#include "user/core/report.h"
#include "user/core/target/target.h"
#include "user/words/explain.h"

/* Whose connect it is. */
struct subject {
	const struct target_event *target; /* a probe of this; NULL: a program's */
	uint64_t sequence;
};

/* A namespace is a path at most as long as a name may be. */
#define TITLE_MAX (TARGET_LABEL_MAX + ADDRESS_TEXT_MAX + 300)

struct target_text {
	struct target_report report;
	char title[TITLE_MAX];
};

/* Room for any report. */
struct report_text {
	struct target_text target;
	struct program_report program;
	struct path path;
	char explain[EXPLAIN_MAX];
	char wait[EXPLAIN_MAX];
	char hint[EXPLAIN_MAX];
	char told[EXPLAIN_MAX];
	char contradiction[EXPLAIN_MAX];
	char container[CONTAINER_ID_DIGITS + 1];
	char pid[16];
};

/*
 * How a target is called where there are others beside it; is_numeric: by its address, when it has
 * one. title has TITLE_MAX bytes. Returns title.
 */
char *report_title(const struct target_event *target, bool is_numeric, char *title);

/* Returns &text->report, as all of these return what is in text, or points into it. */
const struct target_report *report_target(const struct session *session,
					  const struct target_event *target,
					  struct target_text *text);
/* What a program asked for: an address, and no more. */
const struct target_report *report_address(const struct address *address, struct target_text *text);

struct probe_report report_probe(const struct session *session, const struct subject *subject,
				 const struct outcome *outcome, struct report_text *text);
/* The notice is an amendment. */
struct amendment_report report_amendment(const struct session *session,
					 const struct subject *subject, const struct notice *notice,
					 struct report_text *text);
/* As it is now_ns, when it began_ns. */
struct outstanding_report report_outstanding(const struct session *session,
					     const struct subject *subject,
					     const struct attempt *attempt, uint64_t began_ns,
					     uint64_t now_ns, struct report_text *text);
/* The event is an EVENT_TARGET that has moved; from: where it was, none for a new one. */
struct move_report report_move(const struct session *session, const struct event *event,
			       const struct address *from, struct report_text *text);

/* As of the last EVENT_SUMMARY. What was counted is not filled in. */
struct run_report report_run(const struct session *session);
/* Likewise; of title only the summary's own is in text. */
struct scan_report report_scan(const struct session *session, struct report_text *text);

#endif
