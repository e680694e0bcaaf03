/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Recorded event streams, judged again: tests/traces/SUITE/NAME.trace gives exactly the notices in
 * NAME.expect beside it, and the sentences for them. SUITE is that of the scenario which it was
 * recorded from; by_hand has those of none, and reports those of test_report.c.
 *
 * A new one is recorded with the hidden option --trace-text FILE. Lines may be taken out as long as
 * the notices stay the same; those of `drained` are most of them.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/golden.h"
#include "user/core/correlate/correlate.h"
#include "user/io/files/trace.h"
#include "user/words/explain.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define PATH_BYTES 4096

static void write_verdict(FILE *out, const struct notice *notice)
{
	const struct verdict *verdict = &notice->verdict;

	fprintf(out, "%s %s", status_name(verdict->status), reason_name(verdict->reason));
	if (verdict->rtt_ns != TIME_UNKNOWN_NS)
		fprintf(out, " rtt=%.3fms", (double)verdict->rtt_ns / 1e6);
	for (unsigned i = 0; i < verdict->rtt_candidate_count; i++)
		fprintf(out, "%s%.3fms",
			i ? "|" : " rtt=", (double)verdict->rtt_candidates_ns[i] / 1e6);
	fprintf(out, " sent=%u unanswered=%u", verdict->syn_sent, verdict->syn_unanswered);
	if (verdict->answer != ANSWER_NONE)
		fprintf(out, " answer=%s", answer_kind_name(verdict->answer));
	if (verdict->drop.count)
		fprintf(out, " drop=%s:%s:%s*%u", verdict->drop.is_outbound ? "out" : "in",
			verdict->drop.reason, verdict->drop.function, verdict->drop.count);
	fprintf(out, " app=%s%s", app_result_name(verdict->app_result),
		verdict->app_agrees ? "" : "(contradicted)");
	for (unsigned note = 0, count = 0; note < NOTE_COUNT; note++)
		if (verdict->notes & 1u << note)
			fprintf(out, "%s%s",
				count++ ? "," : " notes=", note_name((enum note)(1u << note)));
	fputs(verdict->is_complete ? "\n" : " incomplete\n", out);
}

/* What a person reads. */
static void write_sentences(FILE *out, const struct notice *notice)
{
	struct judgement judgement = notice_judgement(notice);
	char text[EXPLAIN_MAX];
	const char *hint;

	if (notice->kind == NOTICE_AMENDMENT) {
		fprintf(out, "    %s\n", explain_amendment(&judgement, text));
		return;
	}
	fprintf(out, "    %s\n", explain_verdict(&judgement, text));
	hint = explain_hint(&judgement, NULL, text);
	if (hint)
		fprintf(out, "    hint: %s\n", hint);
	if (notice->attempt->is_ours)
		return;
	fprintf(out, "    told: %s\n", explain_app_view(notice->attempt, text));
	if (explain_contradiction(&judgement, text))
		fprintf(out, "    contradiction: %s\n", text);
}

static void write_notices(FILE *out, struct correlator *correlator)
{
	struct notice notice;

	while (correlator_next(correlator, &notice)) {
		if (notice.kind == NOTICE_VERDICT)
			write_verdict(out, &notice);
		else if (notice.kind == NOTICE_AMENDMENT)
			fprintf(out, "amendment %s after=%.3fms\n",
				amendment_name(notice.amendment.kind),
				(double)notice.amendment.after_ns / 1e6);
		else
			continue;
		write_sentences(out, &notice);
	}
}

static void judge(FILE *trace, const char *name, FILE *out)
{
	struct correlator *correlator = correlator_new(64, WATCH_ON_NS);
	struct trace_reader reader = {.in = trace};
	struct event event;
	struct error error;
	int result;

	while ((result = trace_read(&reader, &event, &error)) > 0) {
		correlator_feed(correlator, &event);
		write_notices(out, correlator);
	}
	cr_expect_eq(result, 0, "%s: %s", name, error.text);
	correlator_free(correlator);
}

/* path ends with "/traces/SUITE/NAME.trace" */
static void expect_judged(const char *path)
{
	const char *name = strstr(path, "/traces/") + strlen("/traces/");
	char expected[PATH_BYTES];
	struct output out;
	FILE *trace = fopen(path, "r");

	cr_assert(trace, "%s", path);
	output_begin(&out);
	judge(trace, name, out.stream);
	fclose(trace);
	snprintf(expected, sizeof(expected), "../traces/%.*s.expect",
		 (int)(strlen(name) - strlen(".trace")), name);
	cr_expect(golden_matches(expected, &out), "%s is judged otherwise", name);
}

Test(traces, each_is_judged_as_expected)
{
	golden_each_trace(expect_judged);
}
