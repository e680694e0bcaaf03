// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose connect it was, and what that program was told. */
#include "user/render/json/json_program.h"

#include <poll.h>

#include "user/core/verdict/app_view.h"
#include "user/render/probe_fields.h"

static bool is_readiness(enum app_call call)
{
	return call == APP_POLL || call == APP_SELECT || call == APP_EPOLL;
}

static void put_events(struct json_record *record, const struct entry *entry)
{
	static const struct {
		int bit;
		const char *name;
	} names[] = {{POLLIN, "in"},   {POLLPRI, "pri"}, {POLLOUT, "out"},
		     {POLLERR, "err"}, {POLLHUP, "hup"}, {POLLNVAL, "nval"}};

	if (!is_readiness((enum app_call)entry->app.call)) {
		json_put_null(record, "events");
		return;
	}
	json_open(record, "events", '[');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (entry->app.result & names[i].bit)
			json_put_text(record, NULL, names[i].name);
	json_close(record, ']');
}

static void put_call(struct json_record *record, const struct entry *entry, uint64_t origin_ns)
{
	struct call_fields call;

	call_fields_read(entry, &call);
	json_open(record, NULL, '{');
	json_put_text(record, "call", call.name);
	json_put_offset(record, "at_us", (int64_t)(entry->time_ns - origin_ns));
	json_put_signed(record, "result", call.result);
	json_put_text(record, "errno", call.error);
	put_events(record, entry);
	json_put_integer(record, "count", entry->count);
	json_close(record, '}');
}

void json_put_told(struct json_record *record, const struct probe_report *report)
{
	const struct attempt *attempt = report->attempt;
	uint64_t origin_ns = app_view_origin_ns(attempt);

	json_open(record, "told", '[');
	for (int i = 0; i < attempt->entry_count; i++)
		if (app_view_is_call(&attempt->entries[i]))
			put_call(record, &attempt->entries[i], origin_ns);
	json_close(record, ']');
	json_put_boolean(record, "seen", !attempt->is_unseen && !attempt->is_late);
	json_put_text(record, "contradiction", report->program->contradiction);
}

void json_put_program(struct json_record *record, const struct probe_report *report)
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
