/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Count what is right, a record at a time: all of a scan's as JSON at once would be large. */
#include "tests/lab/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 3 /* of each kind */

static const char *text_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text ? text : "";
}

static void count(unsigned long *counter, const char *what, const json_t *record)
{
	char *text;

	if ((*counter)++ >= SHOWN_MAX)
		return;
	text = json_dumps(record, JSON_COMPACT);
	fprintf(stderr, "%s: %s\n", what, text ? text : "");
	free(text);
}

static bool is_right(struct audit_verdict truth, const char *status, const char *reason)
{
	return !strcmp(status, truth.status) && (!truth.reason || !strcmp(reason, truth.reason));
}

static void take_verdict(struct audit *audit, const json_t *record, struct audit_verdict truth)
{
	const char *status = text_of(record, "status"), *reason = text_of(record, "reason");

	audit->records++;
	audit->asked_again +=
		(unsigned long)json_integer_value(json_object_get(record, "asked_again"));
	if (json_is_string(json_object_get(json_object_get(record, "app"), "contradiction")))
		audit->contradictions++;
	if (!strcmp(status, "incomplete")) {
		audit->lost += !strcmp(reason, "events-lost");
		count(&audit->incomplete, "incomplete", record);
	} else if (!is_right(truth, status, reason)) {
		count(&audit->wrong, "WRONG", record);
	} else if (!json_is_true(json_object_get(record, "complete"))) {
		count(&audit->partial, "partial", record);
	}
}

void audit_record(struct audit *audit, audit_truth truth, const json_t *record)
{
	const json_t *events_lost = json_object_get(record, "events_lost");
	const char *type = text_of(record, "type");

	if (!strcmp(type, "probe") || !strcmp(type, "connect")) {
		unsigned port = (unsigned)json_integer_value(json_object_get(record, "port"));

		take_verdict(audit, record, truth(text_of(record, "address"), port));
	} else if (json_number_value(events_lost) > audit->events_lost) {
		audit->events_lost = json_number_value(events_lost);
	}
}

struct audit audit_read(const char *output, audit_truth truth)
{
	struct audit audit = {0};
	const char *end;

	for (; (end = strchr(output, '\n')); output = end + 1) {
		json_t *record = json_loadb(output, (size_t)(end - output), 0, NULL);

		audit_record(&audit, truth, record);
		json_decref(record);
	}
	return audit;
}

bool audit_is_balanced(const struct audit *audit)
{
	return audit->events_lost > 0 || audit->lost + audit->partial == 0;
}
