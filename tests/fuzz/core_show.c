// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Notices through every sentence, statistic and output format. */
#include "tests/fuzz/core_show.h"

#include <jansson.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "user/core/verdict/facts_read.h"
#include "user/render/formats.h"
#include "user/words/explain.h"

#define WALL_NS 1767268800123456789ull

static const struct render_style style = {.is_explaining = true,
					  .verbosity = 2,
					  .timestamp = TIMESTAMP_ISO,
					  .columns = 60,
					  .sequence_width = 2,
					  .has_histogram = true};
static const struct run_report run;
static const struct target_report target = {
	.label = "example.com:80", .title = "example.com:80", .name = "example.com"};

void core_show_begin(struct core_show *show)
{
	*show = (struct core_show){0};
	FUZZ_CHECK(format_count <= CORE_SHOW_FORMATS_MAX);
	stats_init(&show->stats);
	for (unsigned i = 0; i < format_count; i++) {
		show->out[i] = open_memstream(&show->text[i], &show->size[i]);
		FUZZ_CHECK(show->out[i]);
		if (formats[i].renderer->begin)
			formats[i].renderer->begin(show->out[i], &style, &run);
		if (formats[i].renderer->target)
			formats[i].renderer->target(show->out[i], &style, &target);
	}
}

/* Of exactly the size that was promised to be enough. */
static char *sentence_room(void)
{
	char *text = malloc(EXPLAIN_MAX);

	FUZZ_CHECK(text);
	memset(text, 0xa5, EXPLAIN_MAX);
	return text;
}

static void check_sentence(const char *text)
{
	FUZZ_CHECK(memchr(text, '\0', EXPLAIN_MAX) && *text);
}

static void explain_entries(const struct attempt *attempt, char *text)
{
	for (unsigned i = 0; i < attempt->entry_count; i++)
		check_sentence(explain_entry(attempt, &attempt->entries[i], text));
}

/* A contradiction has a sentence, and nothing else has one. */
static void check_told(const struct notice *notice, char *text)
{
	struct judgement judgement = notice_judgement(notice);
	const char *contradiction = explain_contradiction(&judgement, text);

	FUZZ_CHECK((contradiction == NULL) == notice->verdict.app_agrees);
	if (contradiction)
		check_sentence(contradiction);
	check_sentence(explain_app_view(notice->attempt, text));
}

/* In the order of time, and beginning where it began. */
static void check_path(const struct path *path)
{
	char *text = sentence_room();

	FUZZ_CHECK(path->count <= PATH_MAX_HOPS);
	if (explain_path(path, text))
		check_sentence(text);
	for (unsigned i = 0; i < path->count; i++)
		FUZZ_CHECK(i ? path->hops[i - 1].after_ns <= path->hops[i].after_ns
			     : path->hops[i].after_ns == 0);
	free(text);
}

void core_show_verdict(struct core_show *show, const struct notice *notice)
{
	char *explanation = sentence_room(), *wait = sentence_room(), *hint = sentence_room();
	struct judgement judgement = notice_judgement(notice);
	struct path path;
	struct probe_report report = {
		.target = &target,
		.sequence = ++show->sequence,
		.wall_ns = WALL_NS,
		.attempt = notice->attempt,
		.verdict = &notice->verdict,
		.path = &path,
	};

	path_of(notice->attempt, &path);
	check_path(&path);
	explain_entries(notice->attempt, explanation);
	check_told(notice, explanation);
	report.explain = explain_verdict(&judgement, explanation);
	report.wait = explain_wait(&judgement, wait);
	report.hint = explain_hint(&judgement, NULL, hint);
	check_sentence(report.explain);
	if (report.wait)
		check_sentence(report.wait);
	if (report.hint)
		check_sentence(report.hint);
	stats_add_verdict(&show->stats, &notice->verdict, STATUS_OPEN,
			  notice->attempt->entries[0].time_ns);
	for (unsigned i = 0; i < format_count; i++)
		formats[i].renderer->probe(show->out[i], &style, &report);
	free(explanation);
	free(wait);
	free(hint);
}

void core_show_amendment(struct core_show *show, const struct notice *notice)
{
	struct judgement judgement = notice_judgement(notice);
	char *explanation = sentence_room();
	struct amendment_report report = {
		.target = &target,
		.sequence = show->sequence,
		.wall_ns = WALL_NS,
		.amendment = &notice->amendment,
		.explain = explain_amendment(&judgement, explanation),
	};

	check_sentence(explanation);
	stats_add_amendment(&show->stats, notice->amendment.kind);
	for (unsigned i = 0; i < format_count; i++)
		if (formats[i].renderer->amendment)
			formats[i].renderer->amendment(show->out[i], &style, &report);
	free(explanation);
}

void core_show_waiting(struct core_show *show, const struct attempt *attempt)
{
	char *waiting = sentence_room();
	struct facts facts;
	struct outstanding_report report = {
		.target = &target,
		.sequence = show->sequence + 1,
		.wall_ns = WALL_NS,
		.waited_ns = UINT64_MAX,
	};

	facts_read(attempt, UINT64_MAX, &facts);
	report.explain = explain_waiting(&facts, waiting);
	check_sentence(waiting);
	for (unsigned i = 0; i < format_count; i++)
		if (formats[i].renderer->outstanding)
			formats[i].renderer->outstanding(show->out[i], &style, &report);
	free(waiting);
}

/* Nothing that could steer a terminal. */
static void check_text(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		FUZZ_CHECK((*c >= ' ' || *c == '\n') && *c != 0x7f && !(*c == 0xc2 && c[1] < 0xa0));
}

/* Every line is an object. */
static void check_json(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		json_t *object = *line ? json_loads(line, JSON_DISABLE_EOF_CHECK, NULL) : NULL;

		FUZZ_CHECK(!*line || json_is_object(object));
		json_decref(object);
	}
}

static void check_stats(const struct stats *stats, uint64_t sequence)
{
	struct rtt_summary rtt;
	uint64_t count = 0;

	for (unsigned i = 0; i < STATUS_COUNT; i++)
		count += stats->by_status[i];
	FUZZ_CHECK(stats->probes == sequence && count == sequence &&
		   stats->syn_unanswered <= stats->syn_sent);
	stats_rtt(stats, &rtt);
	FUZZ_CHECK(!rtt.count || (rtt.min <= rtt.p50 && rtt.p50 <= rtt.p90 && rtt.p90 <= rtt.p99 &&
				  rtt.p99 <= rtt.max));
	FUZZ_CHECK(!rtt.count || (rtt.min <= rtt.mean && rtt.mean <= rtt.max && rtt.stddev >= 0 &&
				  rtt.jitter >= 0));
}

void core_show_end(struct core_show *show, uint64_t lost)
{
	const uint64_t row[] = {TIME_UNKNOWN_NS, 0, 123456789};
	struct summary_report report = {.target = &target,
					.stats = &show->stats,
					.events_lost = lost,
					.is_final = true,
					.row = row,
					.row_count = 3};
	struct run_report run = {.targets = 1,
				 .probes = show->sequence,
				 .intercepted = show->stats.by_status[STATUS_INTERCEPTED]};

	check_stats(&show->stats, show->sequence);
	for (unsigned i = 0; i < format_count; i++) {
		if (formats[i].renderer->summary)
			formats[i].renderer->summary(show->out[i], &style, &report);
		if (formats[i].renderer->end)
			formats[i].renderer->end(show->out[i], &style, &run);
		FUZZ_CHECK(!ferror(show->out[i]));
		fclose(show->out[i]);
		FUZZ_CHECK(show->size[i] == strlen(show->text[i]) &&
			   (!show->size[i] || show->text[i][show->size[i] - 1] == '\n'));
	}
	check_text(show->text[0]);
	check_json(show->text[1]);
	for (unsigned i = 0; i < format_count; i++)
		free(show->text[i]);
	stats_release(&show->stats);
}
