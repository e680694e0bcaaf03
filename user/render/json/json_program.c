// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose connect it was, and what that program was told. */
#include "user/render/json/json_program.h"

#include <poll.h>
#include <stdio.h>

#include "user/base/error.h"
#include "user/core/verdict/app_view.h"
#include "user/render/json/json_record.h"

/* Two sentences, and what joins them. */
#define SENTENCE_MAX 1024

/* As a person would look them up; those that told a program nothing have no name. */
static const char *const call_names[] = {
	[APP_CONNECT] = "connect",   [APP_SEND_FASTOPEN] = "sendto", [APP_POLL] = "poll",
	[APP_SELECT] = "select",     [APP_EPOLL] = "epoll_wait",     [APP_EPOLL_CTL] = "epoll_ctl",
	[APP_SO_ERROR] = "SO_ERROR", [APP_TCP_INFO] = "TCP_INFO",    [APP_SHUTDOWN] = "shutdown",
	[APP_IOCTL] = "ioctl",	     [APP_PEERNAME] = "getpeername", [APP_SEND] = "send",
	[APP_RECEIVE] = "recv",	     [APP_CLOSE] = "close"};

static const char *call_name(uint8_t call)
{
	return call < sizeof(call_names) / sizeof(call_names[0]) ? call_names[call] : NULL;
}

static bool is_readiness(enum app_call call)
{
	return call == APP_POLL || call == APP_SELECT || call == APP_EPOLL;
}

static json_t *events_of(const struct entry *entry)
{
	static const struct {
		int bit;
		const char *name;
	} names[] = {{POLLIN, "in"},   {POLLPRI, "pri"}, {POLLOUT, "out"},
		     {POLLERR, "err"}, {POLLHUP, "hup"}, {POLLNVAL, "nval"}};
	json_t *events;

	if (!is_readiness((enum app_call)entry->app.call))
		return NULL;
	events = json_array();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (entry->app.result & names[i].bit)
			json_array_append_new(events, json_string(names[i].name));
	return events;
}

static json_t *call_of(const struct entry *entry, uint64_t origin_ns)
{
	bool is_value = entry->app.call == APP_SO_ERROR; /* what was read is the error itself */
	json_t *call = json_object();

	json_put_text(call, "call", call_name(entry->app.call));
	json_put(call, "at_us", json_real((double)(int64_t)(entry->time_ns - origin_ns) / 1e3));
	json_put(call, "result",
		 json_integer(is_value		 ? 0
			      : entry->app.error ? -1
						 : entry->app.result));
	json_put_text(call, "errno", error_name(is_value ? entry->app.result : entry->app.error));
	json_put(call, "events", events_of(entry));
	json_put_integer(call, "count", entry->count);
	return call;
}

static json_t *told_of(const struct attempt *attempt)
{
	uint64_t origin_ns = app_view_origin_ns(attempt);
	json_t *told = json_array();

	for (int i = 0; i < attempt->entry_count; i++)
		if (app_view_is_call(&attempt->entries[i]))
			json_array_append_new(told, call_of(&attempt->entries[i], origin_ns));
	return told;
}

static void put_app(json_t *record, const struct probe_report *report)
{
	json_t *app = json_object_get(record, "app");

	json_put(app, "told", told_of(report->attempt));
	json_put_boolean(app, "seen", !report->attempt->is_unseen && !report->attempt->is_late);
	json_put_text(app, "contradiction", report->program->contradiction);
}

static void put_who(json_t *record, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;

	json_put_integer(record, "pid", attempt->pid);
	json_put_integer(record, "tid", attempt->tid);
	json_put_integer(record, "uid", attempt->uid);
	json_put_text(record, "comm", attempt->comm);
	json_put_text(record, "cgroup", report->program->cgroup);
	json_put_text(record, "container", report->program->container);
	json_put_text(record, "requested", report->target->label);
}

void json_put_program(json_t *record, const struct probe_report *report)
{
	char sentence[SENTENCE_MAX];

	put_app(record, report);
	put_who(record, report);
	if (!report->program->contradiction)
		return;
	snprintf(sentence, sizeof(sentence), "%s; %s", report->explain,
		 report->program->contradiction);
	json_put_text(record, "explain", sentence);
}
