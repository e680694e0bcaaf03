/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What another program was told, and what of that is a contradiction: each case is a list of calls,
 * one after the other.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/story.h"
#include "user/core/verdict/app_view.h"
#include "user/words/explain.h"
#include "user/words/vocabulary.h"

#define WAIT                                                                                       \
	{                                                                                          \
		APP_POLL, 0, 0                                                                     \
	}
#define FAILED (POLLOUT | POLLERR | POLLHUP)
#define CLOSE                                                                                      \
	{                                                                                          \
		APP_CLOSE, 0, 0                                                                    \
	}
#define CALLS_MAX 8
#define ACCUSING  (NOTE_NEVER_ASKED | NOTE_ERROR_UNREAD | NOTE_ZERO_ERROR | NOTE_TOLD_EARLY)

struct call {
	enum app_call call;
	int result;
	int error;
};

/* What the target does, and when: every call comes 1 ms after the one before, from 100 ms on. */
enum target {
	SILENT,
	CLOSED, /* at 5 ms */
	OPEN,	/* at 5 ms */
	LATE,	/* opens at 101.5 ms, after the first two calls */
};

struct told_case {
	const char *name;
	enum target target;
	struct call calls[CALLS_MAX]; /* the first is what connect() returned, at 0.5 ms */
	uint32_t notes;		      /* of ACCUSING, and NOT_YET */
	bool agrees;
	enum app_result result;
	int error;
};

#define PENDING                                                                                    \
	{                                                                                          \
		APP_CONNECT, -1, EINPROGRESS                                                       \
	}
#define TOLD(result_, error_) .result = APP_RESULT_##result_, .error = error_

static const struct told_case cases[] = {
	{"it closed without a question",
	 SILENT,
	 {PENDING, CLOSE},
	 NOTE_NEVER_ASKED,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... where it was refused",
	 CLOSED,
	 {PENDING, CLOSE},
	 NOTE_NEVER_ASKED,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and was lucky",
	 OPEN,
	 {PENDING, CLOSE},
	 NOTE_NEVER_ASKED,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... but not all its calls were seen",
	 SILENT,
	 {PENDING, {APP_CLOSE, 1, 0}},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"one transfer of nothing is no question",
	 SILENT,
	 {PENDING, {APP_SEND, APP_RESULT_NOTHING, EAGAIN}, CLOSE},
	 NOTE_NEVER_ASKED,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... but one of something is, and is told to wait",
	 SILENT,
	 {PENDING, {APP_SEND, -1, EAGAIN}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and so is one that waits",
	 SILENT,
	 {PENDING, {APP_RECEIVE, APP_RESULT_WAITED, EAGAIN}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"several are a way to wait",
	 SILENT,
	 {PENDING,
	  {APP_SEND, APP_RESULT_NOTHING, EAGAIN},
	  {APP_RECEIVE, APP_RESULT_NOTHING, EAGAIN},
	  CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"it waited and gave up",
	 SILENT,
	 {PENDING, WAIT, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"it told epoll to look",
	 SILENT,
	 {PENDING, {APP_EPOLL_CTL, 0, 0}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"it gave up by shutdown()",
	 SILENT,
	 {PENDING, {APP_SHUTDOWN, 0, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"shutdown() told it",
	 CLOSED,
	 {PENDING, {APP_SHUTDOWN, -1, ENOTCONN}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"it asked how much there is to read",
	 SILENT,
	 {PENDING, {APP_IOCTL, 0, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"it looked at the state itself",
	 SILENT,
	 {PENDING, {APP_TCP_INFO, 0, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"a signal cut its connect() short",
	 SILENT,
	 {{APP_CONNECT, -1, EINTR}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINTR)},
	{"a blocking connect() gave up waiting",
	 SILENT,
	 {{APP_CONNECT, APP_RESULT_WAITED, EINPROGRESS}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},

	{"select() says writable of what failed",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, CLOSE},
	 NOTE_ERROR_UNREAD,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and the error is read",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, {APP_SO_ERROR, ECONNREFUSED, 0}, CLOSE},
	 0,
	 true,
	 TOLD(REFUSED, ECONNREFUSED)},
	{"... and a name is asked for",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, {APP_PEERNAME, -1, ENOTCONN}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and connect() called again",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, {APP_CONNECT, -1, ECONNREFUSED}, CLOSE},
	 0,
	 true,
	 TOLD(REFUSED, ECONNREFUSED)},
	{"... and it sends",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, {APP_SEND, -1, EPIPE}, CLOSE},
	 0,
	 true,
	 TOLD(ERROR, EPIPE)},
	{"select() says writable of what is open",
	 OPEN,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"poll() says that there is an error",
	 CLOSED,
	 {PENDING, {APP_POLL, FAILED, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"epoll_wait() does",
	 CLOSED,
	 {PENDING, {APP_EPOLL_CTL, 0, 0}, {APP_EPOLL, FAILED, 0}, CLOSE},
	 0,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},

	{"... and connect() called again says that it is under way",
	 CLOSED,
	 {PENDING, {APP_SELECT, POLLOUT, 0}, {APP_CONNECT, -1, EALREADY}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and had been told to wait before that",
	 CLOSED,
	 {PENDING, {APP_SELECT, 0, 0}, {APP_SELECT, POLLOUT, 0}, CLOSE},
	 NOTE_ERROR_UNREAD,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},

	{"SO_ERROR is 0 while it waits",
	 SILENT,
	 {PENDING, {APP_SO_ERROR, 0, 0}, CLOSE},
	 NOTE_ZERO_ERROR,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and poll() had said that nothing has come",
	 SILENT,
	 {PENDING, WAIT, {APP_SO_ERROR, 0, 0}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and select() was asked before",
	 SILENT,
	 {PENDING, {APP_SELECT, 0, 0}, {APP_SO_ERROR, 0, 0}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... and it goes on waiting",
	 SILENT,
	 {PENDING, {APP_SO_ERROR, 0, 0}, WAIT, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"... again and again",
	 SILENT,
	 {PENDING, WAIT, {APP_SO_ERROR, 0, 0}, WAIT, {APP_SO_ERROR, 0, 0}, CLOSE},
	 NOTE_NOT_YET,
	 true,
	 TOLD(IN_PROGRESS, EINPROGRESS)},
	{"SO_ERROR is read twice",
	 CLOSED,
	 {PENDING,
	  {APP_POLL, FAILED, 0},
	  {APP_SO_ERROR, ECONNREFUSED, 0},
	  {APP_SO_ERROR, 0, 0},
	  CLOSE},
	 NOTE_ZERO_ERROR,
	 true,
	 TOLD(REFUSED, ECONNREFUSED)},
	{"nothing is written",
	 SILENT,
	 {PENDING, {APP_SEND, 0, 0}, CLOSE},
	 NOTE_ZERO_ERROR,
	 false,
	 TOLD(IN_PROGRESS, EINPROGRESS)},

	{"a name while there is no connection",
	 SILENT,
	 {PENDING, {APP_PEERNAME, 0, 0}, CLOSE},
	 NOTE_TOLD_EARLY,
	 false,
	 TOLD(CONNECTED, 0)},
	{"a deferred connect() that fails later",
	 CLOSED,
	 {{APP_CONNECT, 0, 0}, {APP_RECEIVE, -1, ECONNREFUSED}, CLOSE},
	 0,
	 true,
	 TOLD(REFUSED, ECONNREFUSED)},

	{"it is told that it is connected",
	 OPEN,
	 {PENDING, {APP_POLL, POLLOUT, 0}, {APP_SO_ERROR, 0, 0}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"... by poll(), which says that there is no error",
	 OPEN,
	 {PENDING, {APP_POLL, POLLOUT, 0}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"... by epoll_wait()",
	 OPEN,
	 {PENDING, {APP_EPOLL_CTL, 0, 0}, {APP_EPOLL, POLLIN | POLLOUT, 0}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"... and asks for the error, which came meanwhile",
	 OPEN,
	 {PENDING, {APP_POLL, POLLOUT, 0}, {APP_SO_ERROR, ECONNRESET, 0}, CLOSE},
	 0,
	 true,
	 TOLD(ERROR, ECONNRESET)},
	{"... by a transfer",
	 OPEN,
	 {PENDING, {APP_POLL, POLLOUT, 0}, {APP_SEND, 5, 0}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"... by connect()",
	 OPEN,
	 {PENDING, {APP_CONNECT, -1, EISCONN}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"an error on a connection",
	 OPEN,
	 {PENDING, {APP_SO_ERROR, 0, 0}, {APP_RECEIVE, -1, ECONNRESET}, CLOSE},
	 0,
	 true,
	 TOLD(CONNECTED, 0)},
	{"it failed, and opened all the same",
	 LATE,
	 {PENDING, {APP_SO_ERROR, EHOSTUNREACH, 0}, WAIT, CLOSE},
	 0,
	 false,
	 TOLD(UNREACHABLE, EHOSTUNREACH)},
};

static void tell_target(struct story *s, enum target target)
{
	story_syn(s, 0.1);
	switch (target) {
	case SILENT:
		break;
	case CLOSED:
		story_reset(s, 5);
		story_reset_received(s, 5);
		story_closed(s, 5.1);
		break;
	case OPEN:
	case LATE:
		story_syn_ack(s, target == OPEN ? 5 : 101.5, 0.1);
		story_established(s, target == OPEN ? 5.1 : 101.6);
		break;
	}
}

/* Not ours: the route, the question and the answers of a prober are not there. */
static struct story told(const struct told_case *c)
{
	struct story s = story_new(AF_INET);
	struct event *event;

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	tell_target(&s, c->target);
	for (unsigned i = 0; i < CALLS_MAX && c->calls[i].call; i++) {
		event = story_so_error(&s, i ? 99.0 + i : 0.5, c->calls[i].result);
		event->app.call = c->calls[i].call;
		event->app.phase =
			c->calls[i].call == APP_CLOSE || c->calls[i].call == APP_EPOLL_CTL
				? APP_ENTER
				: APP_RETURN;
		event->app.error = c->calls[i].error;
		event->app.is_ours = false;
	}
	return s;
}

Test(told, only_what_the_calls_prove_is_a_contradiction)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct told_case *c = &cases[i];
		struct story s = told(c);
		char text[EXPLAIN_MAX];
		struct verdict verdict;

		cr_assert(story_judge(&s, 300, &verdict), "%s", c->name);
		cr_expect_eq(verdict.notes & (ACCUSING | NOTE_NOT_YET), c->notes, "%s: notes 0x%x",
			     c->name, verdict.notes);
		cr_expect_eq(verdict.app_agrees, c->agrees, "%s", c->name);
		cr_expect_eq(verdict.app_result, c->result, "%s: %s", c->name,
			     app_result_name(verdict.app_result));
		cr_expect_eq(verdict.app_error, c->error, "%s: %d", c->name, verdict.app_error);
		cr_expect_eq(explain_contradiction(story_judgement(&s.attempt, &verdict), text) ==
				     NULL,
			     c->agrees, "%s", c->name);
	}
}

static struct story told_named(const char *name)
{
	size_t i = 0;

	while (strcmp(cases[i].name, name) != 0)
		cr_assert_lt(++i, sizeof(cases) / sizeof(cases[0]), "%s", name);
	return told(&cases[i]);
}

/* The socket's state when it was closed, by its own word. */
static void close_from(struct story *s, enum tcp_state state)
{
	struct event *close = &s->events[s->count - 1];

	cr_assert_eq(close->app.call, APP_CLOSE);
	close->app.state = state;
}

static void expect_agreement(struct story *s, const char *name, bool agrees, uint32_t notes)
{
	struct verdict verdict;

	cr_assert(story_judge(s, 100000, &verdict), "%s", name);
	cr_expect_eq(verdict.app_agrees, agrees, "%s", name);
	cr_expect_eq(verdict.notes & ACCUSING, notes, "%s: notes 0x%x", name, verdict.notes);
	cr_expect_not(verdict.is_complete, "%s", name);
}

/* What is missing may be the very question, or the answer to it. */
Test(told, nobody_is_accused_of_an_omission_when_events_were_lost)
{
	static const char *const names[] = {"it closed without a question",
					    "... where it was refused",
					    "select() says writable of what failed",
					    "SO_ERROR is 0 while it waits", "nothing is written"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct story s = told_named(names[i]);

		close_from(&s, TCP_STATE_SYN_SENT);
		story_lost(&s, 1, 2, 1);
		expect_agreement(&s, names[i], true, 0);
	}
}

/* A SYN of the kernel's timer was not seen: that has nothing to do with what the program asked. */
Test(told, an_omission_is_told_whatever_else_is_missing)
{
	static const struct {
		const char *name;
		uint32_t notes;
	} omissions[] = {{"it closed without a question", NOTE_NEVER_ASKED},
			 {"SO_ERROR is 0 while it waits", NOTE_ZERO_ERROR},
			 {"nothing is written", NOTE_ZERO_ERROR}};

	for (size_t i = 0; i < sizeof(omissions) / sizeof(omissions[0]); i++) {
		struct story s = told_named(omissions[i].name);
		struct event *info = story_event(&s, 5, EVENT_SOCKET_INFO);

		info->info = (struct info_event){.state = TCP_STATE_SYN_SENT, .retransmits = 1};
		s.events[s.count] = s.events[s.count - 2]; /* the close comes last */
		s.events[s.count - 2] = *info;
		s.events[s.count - 1] = s.events[s.count];
		/* Without its word that it was not connected, the socket may have been. */
		expect_agreement(&s, omissions[i].name, true,
				 omissions[i].notes & NOTE_NEVER_ASKED);
		close_from(&s, TCP_STATE_SYN_SENT);
		expect_agreement(&s, omissions[i].name, false, omissions[i].notes);
	}
}

Test(told, connected_without_a_connection_is_told_whatever_was_lost)
{
	struct story s = told_named("a name while there is no connection");

	story_lost(&s, 1, 2, 1);
	expect_agreement(&s, "it may have been connected", true, 0);
	s.count--;
	close_from(&s, TCP_STATE_SYN_SENT);
	story_lost(&s, 1, 2, 1);
	expect_agreement(&s, "it was not", false, NOTE_TOLD_EARLY);
}

/* Of a deferred connect() a later call tells the outcome, and that one may have been lost. */
Test(told, a_deferred_success_is_taken_back_later)
{
	struct story s = story_new(AF_INET);
	struct event *event;

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_return(&s, 0.02, 0)->app.is_ours = false;
	story_syn(&s, 1);
	story_reset(&s, 5);
	story_reset_received(&s, 5);
	story_closed(&s, 5.1);
	event = story_close(&s, 10);
	event->app.is_ours = false;
	story_lost(&s, 6, 7, 1);
	expect_agreement(&s, "deferred", true, 0);
}

Test(told, a_failure_that_came_true_otherwise_is_told_whatever_was_lost)
{
	struct story s = told_named("it failed, and opened all the same");
	struct event *event;

	story_lost(&s, 1, 2, 1);
	expect_agreement(&s, "seen to become connected", false, 0);
	/* Else its connection may be older than the failure. */
	for (event = s.events;
	     event->kind != EVENT_STATE || event->state.new_state != TCP_STATE_ESTABLISHED; event++)
		;
	event->state.old_state = TCP_STATE_ESTABLISHED;
	event->state.new_state = TCP_STATE_CLOSE_WAIT;
	expect_agreement(&s, "found to be connected", true, 0);
}

/*
 * Killed, or ended, before it could ask; or the SYN was all that it was about. The note is a fact
 * all the same.
 */
Test(told, who_ends_or_knocks_claims_nothing)
{
	struct story ended = told(&cases[0]), knocked = told(&cases[0]),
		     tried = told_named("one transfer of nothing is no question");
	struct verdict verdict;

	ended.events[ended.count - 1].app.result = APP_CLOSE_BY_EXIT;
	knocked.events[knocked.count - 1].time_ns =
		knocked.events[knocked.count - 2].time_ns + 20000;
	for (unsigned i = 0; i < 2; i++) {
		cr_assert(story_judge(i ? &knocked : &ended, 300, &verdict));
		cr_expect(verdict.app_agrees, "%u", i);
		cr_expect_eq(verdict.notes & ACCUSING, NOTE_NEVER_ASKED, "%u: notes 0x%x", i,
			     verdict.notes);
	}
	tried.events[tried.count - 2].time_ns = tried.events[tried.count - 3].time_ns + 10000;
	tried.events[tried.count - 1].time_ns = tried.events[tried.count - 3].time_ns + 20000;
	cr_assert(story_judge(&tried, 300, &verdict));
	cr_expect_not(verdict.app_agrees);
}

/*
 * What comes of a SYN that is to expire on its way is read from ICMP errors, by another socket; mtr
 * and its kin never ask this one.
 */
Test(told, nobody_is_accused_who_looks_for_the_way)
{
	static const char *const names[] = {"it closed without a question",
					    "select() says writable of what failed",
					    "SO_ERROR is 0 while it waits"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct story s = told_named(names[i]);
		struct verdict verdict;

		for (unsigned k = 0; k < s.count; k++)
			if (s.events[k].kind == EVENT_XMIT)
				s.events[k].packet.packet.ttl = 30;
		cr_assert(story_judge(&s, 300, &verdict), "%s", names[i]);
		cr_expect(verdict.app_agrees, "%s", names[i]);
		cr_expect_not(verdict.notes & ACCUSING, "%s: notes 0x%x", names[i], verdict.notes);
	}
}

/* Readiness is all that it asked for: the lie is that of whoever answered in the target's place. */
Test(told, who_asks_poll_only_is_told_of_a_connection_that_is_none)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;

	story_device(&s, "lo", 1, true);
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 0.3);
	story_poll(&s, 1, POLLOUT)->app.is_ours = false;
	story_close(&s, 2)->app.is_ours = false;
	verdict = expect_verdict(&s, 100, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL);
	cr_expect_not(verdict.app_agrees);
	cr_expect_eq(verdict.app_result, APP_RESULT_CONNECTED);
}

/* By whom the answer was sent, and what the program was told of it, is all that counts. */
Test(told, an_interception_is_told_whatever_was_lost)
{
	struct story s = story_new(AF_INET);

	story_device(&s, "lo", 1, true);
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 0.2, 0.1);
	story_established(&s, 0.3);
	story_so_error(&s, 1, 0)->app.is_ours = false;
	story_lost(&s, 2, 3, 1);
	expect_agreement(&s, "by loopback", false, 0);
	s.events[4].packet.is_loopback = false;
	expect_agreement(&s, "the SYN left by loopback, and its answer came otherwise", true, 0);
	story_local_accept(&s, 0.3);
	expect_agreement(&s, "a socket of this host took it", false, 0);
}

Test(told, nobody_is_accused_whose_calls_are_not_seen)
{
	struct story s = told(&cases[0]);
	struct verdict verdict;

	story_event(&s, 0, EVENT_TASK)->task =
		(struct task_event){.pid = 1, .tid = 1, .is_unseen = true};
	cr_assert(story_judge(&s, 300, &verdict));
	cr_expect(verdict.app_agrees);
	cr_expect_not(verdict.notes & ACCUSING);
}

/* What the socket remembers when it is found: 3 SYNs, and their number. */
static struct story begun_before(void)
{
	struct story s = story_new(AF_INET);
	struct event *info;

	story_event(&s, 0, EVENT_TASK)->task =
		(struct task_event){.pid = 1, .tid = 1, .is_late = true};
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0);
	info = story_event(&s, 2500, EVENT_SOCKET_INFO);
	info->info =
		(struct info_event){.state = TCP_STATE_SYN_SENT, .retransmits = 2, .isn = s.isn};
	return s;
}

static void expect_late(struct story *s, enum status status, enum reason reason, unsigned syns)
{
	struct verdict verdict = expect_verdict(s, 100000, status, reason);

	cr_expect_not(verdict.is_complete);
	cr_expect(verdict.app_agrees);
	cr_expect_eq(verdict.syn_sent, syns);
	cr_expect_eq(verdict.rtt_ns, TIME_UNKNOWN_NS);
	cr_expect_not(verdict.notes & ACCUSING);
}

/* Found in SYN_SENT: an answer proves what it proves, and that none came proves nothing. */
Test(told, what_began_before_anybody_watched)
{
	struct story silent = begun_before(), open = begun_before(), closed = begun_before();
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	story_syn(&silent, 3000);
	story_close(&silent, 5000)->app.is_ours = false;
	expect_late(&silent, STATUS_INCOMPLETE, REASON_ATTACHED_LATE, 4);
	cr_assert(story_judge(&silent, 100000, &verdict));
	cr_expect_str_eq(explain_verdict(story_judgement(&silent.attempt, &verdict), text),
			 "it began before watching, 2.5 s: 3 SYNs had been sent by then; since "
			 "then 1 SYN left and nothing came back");
	/* No SYN of it was seen, and the answer acknowledges its number. */
	story_syn_ack(&open, 2600, 0.1);
	story_established(&open, 2600.1);
	expect_late(&open, STATUS_OPEN, REASON_SYN_ACK, 3);
	story_reset(&closed, 2600);
	story_reset_received(&closed, 2600.1);
	story_closed(&closed, 2600.2);
	expect_late(&closed, STATUS_CLOSED, REASON_RESET, 3);
}

/* TCP_FASTOPEN_CONNECT: no SYN. */
Test(told, a_deferred_connect_is_unproven)
{
	struct story s = story_new(AF_INET);
	struct verdict verdict;

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_return(&s, 0.02, 0);
	story_close(&s, 200);
	verdict = expect_verdict(&s, 200, STATUS_UNPROVEN, REASON_DEFERRED_FASTOPEN);
	cr_expect(verdict.notes & NOTE_TOLD_EARLY);
	cr_expect_not(verdict.app_agrees);
}

/* So soon after connect() silence proves nothing, but a second SYN had its chance. */
Test(told, silence_needs_time)
{
	struct story early = told(&cases[0]), patient = told(&cases[0]);

	expect_verdict(&early, 100, STATUS_ABORTED, REASON_CLOSED_EARLY);
	patient.count--; /* its close() */
	story_syn(&patient, 1000);
	story_close(&patient, 1500);
	expect_verdict(&patient, 1600, STATUS_FILTERED, REASON_NO_REPLY);
}

Test(told, repeated_calls_are_one_entry)
{
	struct story s = told(&cases[0]);
	const struct attempt *attempt;
	struct verdict verdict;
	unsigned polls = 0;

	s.count--;
	for (int i = 0; i < 50; i++)
		story_poll(&s, 120 + i, 0);
	story_close(&s, 200);
	cr_assert(story_judge(&s, 300, &verdict));
	attempt = &s.attempt;
	for (int i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_APP &&
		    attempt->entries[i].app.call == APP_POLL)
			polls += attempt->entries[i].count;
	cr_expect_eq(polls, 50);
	cr_expect_eq(attempt->overflow_count, 0);
	cr_expect_lt(attempt->entry_count, 10);
}

/* A loop of two calls that never ends takes no place from what does end it. */
Test(told, calls_leave_places_to_what_ends_an_attempt)
{
	struct story s = told(&cases[0]);
	struct verdict verdict;

	s.count--;
	for (int i = 0; i < 40; i++) {
		story_poll(&s, 120 + i, 0);
		story_so_error(&s, 120.5 + i, 0);
	}
	story_close(&s, 200);
	cr_assert(story_judge(&s, 300, &verdict));
	cr_expect_eq(s.attempt.overflow_count, 0);
	cr_expect(verdict.app_agrees);
}

Test(told, is_said_in_a_line)
{
	struct story s = told_named("SO_ERROR is read twice");
	char text[EXPLAIN_MAX];
	struct verdict verdict;

	cr_assert(story_judge(&s, 300, &verdict));
	cr_expect_str_eq(
		explain_app_view(&s.attempt, text),
		"connect() EINPROGRESS 0.5 ms, poll() out|err|hup 100.0 ms, SO_ERROR ECONNREFUSED "
		"101.0 ms, SO_ERROR 0 102.0 ms, close() 103.0 ms");
	s = told_named("nothing is written");
	cr_assert(story_judge(&s, 300, &verdict));
	cr_expect_str_eq(explain_contradiction(story_judgement(&s.attempt, &verdict), text),
			 "the last it was told is \"no error\", by send() 0, which proves nothing: "
			 "there was no connection");
}
