/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a JSON record says, and claims about it. */
#include "tests/scenarios/record.h"

#include <string.h>

json_t *field(const json_t *record, const char *path)
{
	const json_t *at = record;
	const char *dot;

	while (at && (dot = strchr(path, '.'))) {
		at = json_object_getn(at, path, (size_t)(dot - path));
		path = dot + 1;
	}
	return json_object_get(at, path);
}

bool field_is_text(const json_t *record, const char *path, const char *text)
{
	const char *value = json_string_value(field(record, path));

	return value && strcmp(value, text) == 0;
}

bool field_has_text(const json_t *record, const char *path, const char *part)
{
	const char *value = json_string_value(field(record, path));

	return value && strstr(value, part);
}

bool field_is_number(const json_t *record, const char *path, double low, double high)
{
	const json_t *value = field(record, path);

	return json_is_number(value) && json_number_value(value) >= low &&
	       json_number_value(value) <= high;
}

bool has_lost_evidence(const json_t *record)
{
	return !json_is_true(field(record, "complete")) ||
	       !field_is_number(record, "asked_again", 0, 0);
}

bool has_note(const json_t *record, const char *note)
{
	const json_t *value;
	size_t i;

	json_array_foreach(json_object_get(record, "notes"), i, value)
	{
		if (json_is_string(value) && strcmp(json_string_value(value), note) == 0)
			return true;
	}
	return false;
}

bool has_candidates(const json_t *record, size_t count)
{
	const json_t *candidates = json_object_get(record, "rtt_candidates_us");

	if (!json_is_array(candidates) || json_array_size(candidates) != count)
		return false;
	for (size_t i = 1; i < count; i++) {
		if (json_number_value(json_array_get(candidates, i - 1)) >
		    json_number_value(json_array_get(candidates, i)))
			return false;
	}
	return true;
}

const char *record_text(const json_t *record)
{
	char *text = json_dumps(record, JSON_COMPACT);

	return text ? text : "no record";
}

void expect_syns(const json_t *record, unsigned sent, unsigned unanswered)
{
	expect_number(record, "syn_sent", sent);
	expect_number(record, "syn_unanswered", unanswered);
}

void expect_drop(const json_t *record, const char *direction, const char *reason,
		 const char *function, const char *interface)
{
	expect_text(record, "drop.direction", direction);
	expect_text(record, "drop.reason", reason);
	expect_text(record, "drop.function", function);
	if (interface)
		expect_text(record, "drop.interface", interface);
	else
		expect_null(record, "drop.interface");
	expect_between(record, "drop.count", 1, 100);
}

void expect_answer(const json_t *record, const char *kind, const char *from)
{
	expect_text(record, "answer.kind", kind);
	expect_text(record, "answer.from", from);
	expect_null(record, "answer.icmp_type");
}

static void expect_told_app(const json_t *record, const char *result, const char *error)
{
	expect_text(record, "app.result", result);
	if (error)
		expect_text(record, "app.errno", error);
	else
		expect_null(record, "app.errno");
}

void expect_app(const json_t *record, const char *result, const char *error)
{
	expect_told_app(record, result, error);
	expect_record(record, json_is_true(field(claimed, "app.agrees")),
		      "the application was told something else: %s");
}

void expect_misled_app(const json_t *record, const char *result, const char *error)
{
	expect_told_app(record, result, error);
	expect_record(record, json_is_false(field(claimed, "app.agrees")),
		      "the application was told the truth: %s");
}
