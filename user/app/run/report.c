// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Outcomes become reports. */
#include "user/app/run/report.h"

#include "user/io/clock.h"

uint64_t wall_at(uint64_t time_ns)
{
	return clock_wall_ns() - (clock_now_ns() - time_ns);
}

struct probe_report report_outcome(const struct pipeline *p, const struct place *place, const struct outcome *outcome,
				   struct report_text *text)
{
	const struct attempt *attempt = outcome->attempt;
	struct judgement judgement = {.attempt = attempt, .facts = outcome->facts, .verdict = outcome->verdict};
	struct explain_from from = place_explain(place, attempt->requested.family);

	path_of(attempt, &text->path);
	return (struct probe_report){
		.wall_ns = wall_at(outcome->began_ns),
		.since_start_ns = outcome->began_ns - p->started_ns,
		.attempt = attempt,
		.verdict = outcome->verdict,
		.repeat = outcome->repeat,
		.other = outcome->other,
		.path = p->style.verbosity > 0 ? &text->path : NULL,
		.explain = explain_verdict(&judgement, text->explanation),
		.wait = explain_wait(&judgement, text->wait),
		.hint = explain_hint(&judgement, &from, text->hint),
	};
}
