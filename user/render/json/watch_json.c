// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What was watched, for machines: the fields of a probe, and who it was and what it was told. */
#include <poll.h>

#include "user/base/error.h"
#include "user/core/verdict/app_view.h"
#include "user/render/json/json_probe.h"
#include "user/render/json/json_record.h"
#include "user/render/json/json_summary.h"
#include "user/render/watch.h"
#include "user/words/explain.h"

#define SENTENCE_MAX 1024

static void write_begin(FILE *out, const struct render_style *style,
			const struct watch_report *report)
{
	(void)out;
	(void)style;
	(void)report;
}

/* As a person would look it up. */
static const char *call_name(enum app_call call)
{
	switch (call) {
	case APP_CONNECT:
		return "connect";
	case APP_SEND_FASTOPEN:
		return "sendto";
	case APP_POLL:
		return "poll";
	case APP_SELECT:
		return "select";
	case APP_EPOLL:
		return "epoll_wait";
	case APP_EPOLL_CTL:
		return "epoll_ctl";
	case APP_SO_ERROR:
		return "SO_ERROR";
	case APP_TCP_INFO:
		return "TCP_INFO";
	case APP_SHUTDOWN:
		return "shutdown";
	case APP_IOCTL:
		return "ioctl";
	case APP_PEERNAME:
		return "getpeername";
	case APP_SEND:
		return "send";
	case APP_RECEIVE:
		return "recv";
	case APP_CLOSE:
		return "close";
	case APP_ABANDON:
	case APP_BIND:
		break;
	}
	return NULL;
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

	json_put_text(call, "call", call_name((enum app_call)entry->app.call));
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

static json_t *line_of(uint64_t since_ns, const char *event, unsigned count)
{
	json_t *object = json_object();

	json_put(object, "at_us", json_real((double)(int64_t)since_ns / 1e3));
	json_put_text(object, "event", event);
	json_put_integer(object, "count", count);
	return object;
}

/* As -v; what was left out is the last line. */
static json_t *timeline_of(const struct connect_report *report)
{
	const struct attempt *attempt = report->probe.attempt;
	uint64_t origin_ns = app_view_origin_ns(attempt);
	json_t *timeline = json_array();
	char text[EXPLAIN_MAX];

	uint64_t last_ns = origin_ns;

	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		last_ns = entry->time_ns;
		json_array_append_new(timeline,
				      line_of(last_ns - origin_ns,
					      explain_entry(attempt, entry, text), entry->count));
	}
	if (attempt->left_out)
		json_array_append_new(timeline, line_of(last_ns - origin_ns,
							"left out, for it decides nothing",
							attempt->left_out));
	return timeline;
}

static void put_app(json_t *record, const struct connect_report *report)
{
	json_t *app = json_object_get(record, "app");

	json_put(app, "told", told_of(report->probe.attempt));
	json_put_boolean(app, "seen",
			 !report->probe.attempt->is_unseen && !report->probe.attempt->is_late);
	json_put_text(app, "contradiction", report->contradiction);
}

static void put_who(json_t *record, const struct connect_report *report)
{
	const struct attempt *attempt = report->probe.attempt;

	json_put_integer(record, "pid", attempt->pid);
	json_put_integer(record, "tid", attempt->tid);
	json_put_integer(record, "uid", attempt->uid);
	json_put_text(record, "comm", attempt->comm);
	json_put_text(record, "cgroup", report->cgroup);
	json_put_text(record, "container", report->container);
	json_put_text(record, "requested", report->probe.target->label);
}

static void write_connect(FILE *out, const struct render_style *style,
			  const struct connect_report *report)
{
	char sentence[SENTENCE_MAX];
	json_t *record;

	if (style->is_quiet)
		return;
	record = json_probe_record(&report->probe, "connect");
	put_app(record, report);
	put_who(record, report);
	json_put(record, "timeline", style->verbosity > 0 ? timeline_of(report) : NULL);
	if (report->contradiction) {
		snprintf(sentence, sizeof(sentence), "%s; %s", report->probe.explain,
			 report->contradiction);
		json_put_text(record, "explain", sentence);
	}
	json_record_write(out, record);
}

static void write_amendment(FILE *out, const struct render_style *style,
			    const struct amendment_report *report)
{
	extern const struct renderer json_renderer;

	json_renderer.amendment(out, style, report);
}

static void write_summary(FILE *out, const struct render_style *style,
			  const struct connects_report *report)
{
	json_t *record = json_summary_record(&report->summary, style->has_histogram);

	json_put_text(record, "comm", report->comm);
	json_put_integer(record, "contradictions", report->contradictions);
	json_record_write(out, record);
}

static void write_end(FILE *out, const struct render_style *style,
		      const struct watch_report *report)
{
	json_t *record = json_record_new("watch");

	(void)style;
	json_put_time(record, "time", report->wall_ns);
	json_put_text(record, "subject", report->subject);
	json_put_boolean(record, "final", report->is_final);
	json_put_integer(record, "connects", report->connects);
	json_put_integer(record, "contradictions", report->contradictions);
	json_put_integer(record, "under_way", report->under_way);
	json_put_integer(record, "events_lost", report->events_lost);
	json_put_text(record, "hooks", report->hooks);
	json_put_text(record, "explain", report->remark);
	json_record_write(out, record);
}

const struct watch_renderer watch_json_renderer = {
	.begin = write_begin,
	.connect = write_connect,
	.amendment = write_amendment,
	.summary = write_summary,
	.end = write_end,
};
