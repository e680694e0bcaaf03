// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Notice and subject become a report. */
#include "user/app/report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/core/origin.h"
#include "user/core/verdict/facts_read.h"

/* A literal with a device is an address already, and its device belongs to it. */
static bool has_device(const struct target_event *target)
{
	return target->address_count == 0 && strchr(target->name, '%');
}

char *report_title(const struct target_event *target, bool is_numeric, char *title)
{
	bool is_address = is_numeric && address_is_set(&target->address) && !has_device(target);
	const char *at = target->netns ? "@" : "", *netns = target->netns ? target->netns : "";
	char address[ADDRESS_TEXT_MAX];

	if (is_address)
		snprintf(title, TITLE_MAX, "%s%s%.255s",
			 address_format_with_port(&target->address, address), at, netns);
	else if (target->is_each_address)
		snprintf(title, TITLE_MAX, "%s(%s)%s%.255s", target->label,
			 address_format(&target->address, address), at, netns);
	else
		snprintf(title, TITLE_MAX, "%s%s%.255s", target->label, at, netns);
	return title;
}

const struct target_report *report_target(const struct session *session,
					  const struct target_event *target,
					  struct target_text *text)
{
	text->report = (struct target_report){
		.label = target->label,
		.title = report_title(target, session->is_numeric, text->title),
		.name = target->name,
		.netns_name = target->netns,
		.address = target->address,
		.address_count = target->address_count,
		.is_each_address = target->is_each_address,
		.resolve_ns = target->resolve_ns ? target->resolve_ns : TIME_UNKNOWN_NS,
		.source = target->source,
		.device = target->device[0] ? target->device : NULL,
		.kernel = session->run.kernel,
		.hooks = session->run.hooks,
		.failure = target->failure,
	};
	return &text->report;
}

const struct target_report *report_address(const struct address *address, struct target_text *text)
{
	text->report = (struct target_report){
		.label = address_format_with_port(address, text->title),
		.title = text->title,
		.address = *address,
		.resolve_ns = TIME_UNKNOWN_NS,
	};
	return &text->report;
}

/* A name may have moved on since the connect. */
static const struct target_report *target_of(const struct session *session,
					     const struct subject *subject,
					     const struct attempt *attempt,
					     struct report_text *text)
{
	if (!subject->target)
		return report_address(&attempt->requested, &text->target);
	report_target(session, subject->target, &text->target);
	text->target.report.address = attempt->requested;
	return &text->target.report;
}

/* Where a hint's commands are to be given, and how they are to ask. */
static struct origin_facts origin_of_probe(const struct session *session,
					   const struct target_event *target,
					   const struct attempt *attempt)
{
	const struct run_event *run = &session->run;

	return (struct origin_facts){
		.netns = target->netns,
		.device = run->device[0] ? run->device : NULL,
		.source = attempt->requested.family == AF_INET6 ? run->source_v6 : run->source_v4,
		.has_mark = run->has_mark,
		.mark = run->mark,
		.tos = run->has_tos ? run->tos : -1,
	};
}

static struct origin_facts origin_of_program(const struct session *session,
					     const struct attempt *attempt,
					     struct report_text *text)
{
	struct origin_facts from = {.tos = -1};

	if (attempt->netns && attempt->netns != session->netns && attempt->pid) {
		snprintf(text->pid, sizeof(text->pid), "%u", attempt->pid);
		from.netns = text->pid;
	}
	return from;
}

static const struct program_report *program_of(const struct session *session,
					       const struct judgement *judgement,
					       struct report_text *text)
{
	const struct attempt *attempt = judgement->attempt;
	const char *cgroup = attempt->cgroup ? session_cgroup_path(session, attempt->cgroup) : NULL;

	text->program = (struct program_report){
		.cgroup = cgroup,
		.container = container_id(cgroup, text->container),
		.told = explain_app_view(attempt, text->told),
		.contradiction = explain_contradiction(judgement, text->contradiction),
	};
	return &text->program;
}

static const struct path *path_in(const struct session *session, const struct attempt *attempt,
				  struct report_text *text)
{
	if (!session->has_path)
		return NULL;
	path_of(attempt, &text->path);
	return &text->path;
}

struct probe_report report_probe(const struct session *session, const struct subject *subject,
				 const struct outcome *outcome, struct report_text *text)
{
	const struct attempt *attempt = outcome->attempt;
	struct judgement judgement = {
		.attempt = attempt, .facts = outcome->facts, .verdict = outcome->verdict};
	struct origin_facts from = subject->target
					   ? origin_of_probe(session, subject->target, attempt)
					   : origin_of_program(session, attempt, text);

	return (struct probe_report){
		.target = target_of(session, subject, attempt, text),
		.program = subject->target ? NULL : program_of(session, &judgement, text),
		.sequence = subject->sequence,
		.wall_ns = session_wall_ns(session, outcome->began_ns),
		.since_start_ns = session_since_start_ns(session, outcome->began_ns),
		.attempt = attempt,
		.verdict = outcome->verdict,
		.repeat = outcome->repeat,
		.others = outcome->others,
		.path = path_in(session, attempt, text),
		.explain = explain_verdict(&judgement, text->explain),
		.wait = explain_wait(&judgement, text->wait),
		.hint = explain_hint(&judgement, &from, text->hint),
	};
}

struct amendment_report report_amendment(const struct session *session,
					 const struct subject *subject, const struct notice *notice,
					 struct report_text *text)
{
	struct judgement judgement = notice_judgement(notice);
	uint64_t time_ns = notice->amendment.time_ns;

	return (struct amendment_report){
		.target = target_of(session, subject, notice->attempt, text),
		.sequence = subject->sequence,
		.wall_ns = session_wall_ns(session, time_ns),
		.since_start_ns = session_since_start_ns(session, time_ns),
		.amendment = &notice->amendment,
		.explain = explain_amendment(&judgement, text->explain),
		.is_of_program = !subject->target,
	};
}

struct outstanding_report report_outstanding(const struct session *session,
					     const struct subject *subject,
					     const struct attempt *attempt, uint64_t began_ns,
					     uint64_t now_ns, struct report_text *text)
{
	struct facts facts;

	facts_read(attempt, UINT64_MAX, &facts);
	return (struct outstanding_report){
		.target = target_of(session, subject, attempt, text),
		.sequence = subject->sequence,
		.wall_ns = session_wall_ns(session, now_ns),
		.since_start_ns = session_since_start_ns(session, now_ns),
		.waited_ns = now_ns - began_ns,
		.explain = explain_waiting(&facts, text->explain),
	};
}

struct move_report report_move(const struct session *session, const struct event *event,
			       const struct address *from, struct report_text *text)
{
	static const struct address none;
	const struct target_event *target = &event->target;

	return (struct move_report){
		.target = report_target(session, target, &text->target),
		.from = *from,
		.to = target->has_ended ? none : target->address,
		.wall_ns = session_wall_ns(session, event->time_ns),
		.since_start_ns = session_since_start_ns(session, event->time_ns),
	};
}

struct run_report report_run(const struct session *session)
{
	return (struct run_report){
		.subject = session->run.is_watch ? session->run.subject : NULL,
		.kernel = session->run.kernel,
		.hooks = session->run.hooks,
		.wall_ns = session_wall_ns(session, session->summary_ns),
		.since_start_ns = session_since_start_ns(session, session->summary_ns),
		.is_final = session->summary.is_final,
	};
}

struct scan_report report_scan(const struct session *session, struct report_text *text)
{
	uint64_t hosts = session->summary.hosts;

	if (session->run.subject)
		snprintf(text->target.title, TITLE_MAX, "%s", session->run.subject);
	else
		snprintf(text->target.title, TITLE_MAX, "%" PRIu64 " host%s", hosts,
			 hosts == 1 ? "" : "s");
	return (struct scan_report){
		.title = text->target.title,
		.elapsed_ns = session_since_start_ns(session, session->summary_ns),
		.hooks = session->run.hooks,
		.is_final = session->summary.is_final,
	};
}
