/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a probe came to as a report, whichever engine made it. */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "user/app/run/pipeline_parts.h"
#include "user/words/explain.h"

/* What the report points to. */
struct report_text {
	struct path path;
	char explanation[EXPLAIN_MAX];
	char wait[EXPLAIN_MAX];
	char hint[EXPLAIN_MAX];
};

/* CLOCK_REALTIME of an instant of our own clock. */
uint64_t wall_at(uint64_t time_ns);

/* All but whose probe it is, and which; valid as long as the text and the outcome are. */
struct probe_report report_outcome(const struct pipeline *p, const struct place *place, const struct outcome *outcome,
				   struct report_text *text);

#endif
