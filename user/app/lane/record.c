// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Words around the recorder. */
#include "user/app/lane/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/app/options/version.h"
#include "user/io/clock.h"
#include "user/words/explain.h"
#include "user/words/reasons.h"
#include "user/words/timeline/explain_event.h"
#include "user/words/vocabulary.h"

#define COMMAND_MAX 4096
#define MESSAGE_MAX (2 * EXPLAIN_MAX)

/* With spaces where its NULs are. */
static void read_command_line(char *text, size_t size)
{
	FILE *in = fopen("/proc/self/cmdline", "re");
	size_t count = in ? fread(text, 1, size - 1, in) : 0;

	if (in)
		fclose(in);
	while (count && !text[count - 1])
		count--;
	text[count] = '\0';
	for (size_t i = 0; i < count; i++)
		if (!text[i])
			text[i] = ' ';
}

struct recorder *record_open(const struct options *options, struct error *ret_error)
{
	char command[COMMAND_MAX], os[sizeof(struct utsname)] = "Linux";
	struct recorder_config config = {
		.path = options->record_path,
		.may_replace = options->is_forced,
		.application = VERSION_TEXT,
		.os = os,
		.command_line = command,
	};
	struct utsname system;

	if (uname(&system) == 0)
		snprintf(os, sizeof(os), "%s %s %s", system.sysname, system.release,
			 system.machine);
	read_command_line(command, sizeof(command));
	return recorder_new(&config, ret_error);
}

int record_flush(struct recorder *recorder, const char *path, struct error *ret_error)
{
	int result = recorder ? recorder_flush(recorder) : 0;

	if (result == 0 || result == -EPIPE)
		return 0;
	return error_set(ret_error, result,
			 "the recording in %s is not whole: %s; it can be read up to there", path,
			 strerror(-result));
}

static enum recorder_priority priority_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_LOST:
		return RECORDER_ERROR;
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
	case EVENT_ERROR_REPORT:
		return RECORDER_WARNING;
	default:
		return RECORDER_INFO;
	}
}

void record_event(struct recorder *recorder, const struct event *event)
{
	char text[EXPLAIN_MAX];

	recorder_take(recorder, event, explain_event(event, text), priority_of(event));
}

static enum recorder_priority priority_of_status(const struct probe_report *report)
{
	if (report->program && report->program->contradiction)
		return RECORDER_ERROR;
	switch (report->verdict->status) {
	case STATUS_OPEN:
		return RECORDER_INFO;
	case STATUS_CLOSED:
		return RECORDER_WARNING;
	default:
		return RECORDER_ERROR;
	}
}

void record_probe(struct recorder *recorder, const struct probe_report *report, uint32_t number)
{
	const struct verdict *verdict = report->verdict;
	const char *contradiction = report->program ? report->program->contradiction : NULL;
	struct event event = {
		.kind = EVENT_REPORT,
		.time_ns = clock_now_ns(),
		.netns = report->attempt->netns,
		.key = report->attempt->key,
		.report = {REPORT_VERDICT, (uint8_t)report->repeat, number, report->sequence}};
	char text[MESSAGE_MAX];

	snprintf(text, sizeof(text), "%s is %s (%s): %s%s%s", report->target->label,
		 status_name(verdict->status), reason_name(verdict->reason), report->explain,
		 contradiction ? "; " : "", contradiction ? contradiction : "");
	recorder_take(recorder, &event, text, priority_of_status(report));
}

void record_amendment(struct recorder *recorder, struct attempt_key key,
		      const struct amendment_report *report, uint32_t number)
{
	struct event event = {.kind = EVENT_REPORT,
			      .time_ns = clock_now_ns(),
			      .key = key,
			      .report = {REPORT_AMENDMENT, 0, number, report->sequence}};
	char text[MESSAGE_MAX];

	snprintf(text, sizeof(text), "%s, later: %s (%s)", report->target->label, report->explain,
		 amendment_name(report->amendment->kind));
	recorder_take(recorder, &event, text, RECORDER_WARNING);
}
