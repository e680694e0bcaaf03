// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * For spreadsheets and data frames: a header, then one line a probe or a program's connect.
 * Amendments, summaries and outcomes that are replaced have no place in it.
 *
 * As RFC 4180 but for the end of a line, which is LF. An empty cell is unknown; lists are joined by
 * ';'. Numbers and words are those of the JSON record. Text goes through safe_text(), so that a
 * record is a line. Text that a spreadsheet would take for a formula (it begins with = + - or @)
 * gets an apostrophe before it, which a spreadsheet takes for "this is text" and any other reader
 * must take off; our own words never begin so.
 */
#include <string.h>

#include "user/render/json/json_probe.h"
#include "user/render/json/json_record.h"
#include "user/render/render.h"
#include "user/render/safe.h"

/* Twice the longest text of ours, a sentence. */
#define CELL_MAX 1024

struct column {
	const char *name;
	const char *object; /* the field is within this one of the record; NULL: in the record */
	const char *field;
};

static const struct column columns[] = {
	{"time", NULL, "time"},
	{"seq", NULL, "seq"},
	{"target", NULL, "target"},
	{"name", NULL, "name"},
	{"address", NULL, "address"},
	{"port", NULL, "port"},
	{"netns_name", NULL, "netns_name"},
	{"netns", NULL, "netns"},
	{"source", NULL, "source"},
	{"source_port", NULL, "source_port"},
	{"interface", NULL, "interface"},
	{"wire_source", NULL, "wire_source"},
	{"wire_destination", NULL, "wire_destination"},
	{"status", NULL, "status"},
	{"reason", NULL, "reason"},
	{"complete", NULL, "complete"},
	{"rtt_us", NULL, "rtt_us"},
	{"rtt_candidates_us", NULL, "rtt_candidates_us"},
	{"queue_us", NULL, "queue_us"},
	{"neighbour_us", NULL, "neighbour_us"},
	{"app_us", NULL, "app_us"},
	{"watched_us", NULL, "watched_us"},
	{"resolve_us", NULL, "resolve_us"},
	{"syn_sent", NULL, "syn_sent"},
	{"syn_unanswered", NULL, "syn_unanswered"},
	{"answer_kind", "answer", "kind"},
	{"answer_from", "answer", "from"},
	{"answer_ttl", "answer", "ttl"},
	{"other_ttl", "answer", "other_ttl"},
	{"icmp_type", "answer", "icmp_type"},
	{"icmp_code", "answer", "icmp_code"},
	{"drop_direction", "drop", "direction"},
	{"drop_reason", "drop", "reason"},
	{"drop_function", "drop", "function"},
	{"drop_interface", "drop", "interface"},
	{"drop_count", "drop", "count"},
	{"app_result", "app", "result"},
	{"app_errno", "app", "errno"},
	{"app_agrees", "app", "agrees"},
	{"notes", NULL, "notes"},
	{"explain", NULL, "explain"},
	{"asked_again", NULL, "asked_again"},
	{"ack_sent", NULL, "ack_sent"},
};

/* After them, of a program's connect. */
static const struct column program_columns[] = {
	{"pid", NULL, "pid"},
	{"tid", NULL, "tid"},
	{"uid", NULL, "uid"},
	{"comm", NULL, "comm"},
	{"cgroup", NULL, "cgroup"},
	{"container", NULL, "container"},
	{"requested", NULL, "requested"},
	{"told", "app", "told"},
	{"calls_seen", "app", "seen"},
	{"contradiction", "app", "contradiction"},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool looks_like_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@", text[0]);
}

static void write_text(FILE *out, const char *text)
{
	char safe[CELL_MAX];
	bool is_quoted;

	safe_text(text, safe, sizeof(safe));
	/* Some readers drop spaces at the ends of what is not quoted. */
	is_quoted = strpbrk(safe, ",\"") || safe[0] == ' ' ||
		    (safe[0] != '\0' && safe[strlen(safe) - 1] == ' ');
	if (is_quoted)
		fputc('"', out);
	if (looks_like_formula(safe))
		fputc('\'', out);
	for (const char *c = safe; *c != '\0'; c++) {
		if (*c == '"')
			fputc('"', out);
		fputc(*c, out);
	}
	if (is_quoted)
		fputc('"', out);
}

/* A call and what it told: "connect=EINPROGRESS", "poll=1". */
static void write_call(FILE *out, const json_t *call)
{
	const char *name = json_string_value(json_object_get(call, "call"));
	const json_t *error = json_object_get(call, "errno");
	char number[JSON_NUMBER_MAX];

	write_text(out, name ? name : "");
	if (json_is_string(error))
		fprintf(out, "=%s", json_string_value(error));
	else if (json_number_format(json_object_get(call, "result"), number))
		fprintf(out, "=%s", number);
}

/* Text, a number, true and false, or a call. */
static void write_scalar(FILE *out, const json_t *value)
{
	char number[JSON_NUMBER_MAX];

	if (json_is_object(value))
		write_call(out, value);
	else if (json_is_string(value))
		write_text(out, json_string_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", out);
	else if (json_is_number(value) && json_number_format(value, number))
		fputs(number, out);
}

static void write_cell(FILE *out, const json_t *value)
{
	const json_t *element;
	size_t i;

	if (!json_is_array(value)) {
		write_scalar(out, value);
		return;
	}
	json_array_foreach(value, i, element)
	{
		if (i > 0)
			fputc(';', out);
		write_scalar(out, element);
	}
}

/* Who reads from a pipe waits for whole lines. */
static void end_line(FILE *out)
{
	fputc('\n', out);
	fflush(out);
}

static void write_names(FILE *out, const struct column *of, size_t count, const char *separator)
{
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%s%s", separator, of[i].name);
		separator = ",";
	}
}

static void write_header(FILE *out, const struct render_style *style,
			 const struct run_report *report)
{
	(void)style;
	write_names(out, columns, COUNT_OF(columns), "");
	if (report->subject)
		write_names(out, program_columns, COUNT_OF(program_columns), ",");
	end_line(out);
}

static void write_cells(FILE *out, const json_t *record, const struct column *of, size_t count,
			const char *separator)
{
	for (size_t i = 0; i < count; i++) {
		const json_t *object =
			of[i].object ? json_object_get(record, of[i].object) : record;

		fputs(separator, out);
		write_cell(out, json_object_get(object, of[i].field));
		separator = ",";
	}
}

static void write_probe(FILE *out, const struct render_style *style,
			const struct probe_report *report)
{
	json_t *record;

	if (style->is_quiet || report->repeat == REPEAT_DUE)
		return;
	record = json_probe_record(report, false);
	write_cells(out, record, columns, COUNT_OF(columns), "");
	if (report->program)
		write_cells(out, record, program_columns, COUNT_OF(program_columns), ",");
	end_line(out);
	json_decref(record);
}

const struct renderer csv_renderer = {
	.begin = write_header,
	.probe = write_probe,
};
