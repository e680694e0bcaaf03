// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The report of `doctor`, for people. */
#include "user/render/text/text_doctor.h"

#include <inttypes.h>
#include <string.h>

#include "user/render/line.h"

#define INDENT	     2
#define GAP	     2
#define RESULT_WIDTH 8	/* "fallback" */
#define NAME_WIDTH   21 /* "neigh_event_send_done": a line is shown before the next one is known */
#define VALUE_WIDTH  12
#define LINE_MAX     1024

static size_t wider(size_t width, const char *name)
{
	size_t columns = text_columns(name);

	return columns > width ? columns : width;
}

static void put_value(struct line *line, const struct doctor_fact *fact)
{
	switch (fact->kind) {
	case FACT_UNKNOWN:
		line_put(line, "?");
		break;
	case FACT_TEXT:
		line_put(line, fact->text);
		break;
	case FACT_NUMBER:
		line_format(line, "%" PRIu64, fact->number);
		break;
	case FACT_YES_NO:
		line_put(line, fact->number ? "yes" : "no");
		break;
	}
}

static void write_fact(FILE *out, const struct render_style *style, const struct doctor_fact *fact,
		       size_t width)
{
	struct line line = {.out = out};

	line_reach(&line, INDENT, 0);
	line_put(&line, fact->name);
	line_reach(&line, INDENT + width + GAP, 1);
	put_value(&line, fact);
	if (fact->note[0]) {
		line_reach(&line, INDENT + width + GAP + VALUE_WIDTH, GAP);
		line_put_wrapped(&line, fact->note, line.column, style->columns);
	}
	line_end(&line);
}

static const char *result_colour(const struct doctor_facility *facility)
{
	switch (facility->result) {
	case FACILITY_LOADED:
		return "32";
	case FACILITY_FALLBACK:
		return "33";
	case FACILITY_MISSING:
		return facility->is_required ? "1;31" : "31";
	}
	return NULL;
}

static void append(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s", more);
}

/* "what it is for — why it is missing; without it: …; test: …" */
static void describe(const struct doctor_facility *facility, char *text, size_t size)
{
	text[0] = '\0';
	if (facility->reason[0]) {
		append(text, size, facility->reason);
		append(text, size, " · ");
	}
	append(text, size, facility->what);
	append(text, size, facility->is_required ? " · needed for " : " · used for ");
	for (const char *const *word = facility->affects; *word; word++) {
		append(text, size, word > facility->affects ? ", " : "");
		append(text, size, *word);
	}
	append(text, size, " · tested: ");
	append(text, size, facility->test);
}

static void write_facility(FILE *out, const struct render_style *style,
			   const struct doctor_facility *facility)
{
	size_t begin = INDENT + RESULT_WIDTH + GAP + NAME_WIDTH + GAP;
	struct line line = {.out = out};
	char text[LINE_MAX];

	describe(facility, text, sizeof(text));
	line_reach(&line, INDENT, 0);
	line_put_coloured(&line, style->is_colour ? result_colour(facility) : NULL,
			  facility_result_name(facility->result));
	line_reach(&line, INDENT + RESULT_WIDTH + GAP, 1);
	line_put(&line, facility->name);
	line_reach(&line, begin, 1);
	line_put_wrapped(&line, text, begin, style->columns);
	line_end(&line);
}

static void write_conclusion(FILE *out, const struct render_style *style,
			     const struct doctor_report *report)
{
	struct line line = {.out = out};

	line_put_wrapped(&line, report->explain, 0, style->columns);
	line_end(&line);
}

static void write_facts(FILE *out, const struct render_style *style,
			const struct doctor_report *report, struct doctor_shown *shown)
{
	size_t width = 0;

	for (unsigned i = 0; i < report->fact_count; i++)
		width = wider(width, report->facts[i].name);
	if (!shown->facts)
		fputs("This host and this process:\n", out);
	while (shown->facts < report->fact_count)
		write_fact(out, style, &report->facts[shown->facts++], width);
}

static void write_facilities(FILE *out, const struct render_style *style,
			     const struct doctor_report *report, struct doctor_shown *shown)
{
	if (!shown->facilities && report->facility_count)
		fputs("\nHooks and facilities of the kernel:\n", out);
	while (shown->facilities < report->facility_count)
		write_facility(out, style, &report->facilities[shown->facilities++]);
}

void text_write_doctor(FILE *out, const struct render_style *style,
		       const struct doctor_report *report, struct doctor_shown *shown)
{
	write_facts(out, style, report, shown);
	write_facilities(out, style, report, shown);
	if (!report->explain[0])
		return;
	fputc('\n', out);
	write_conclusion(out, style, report);
}
