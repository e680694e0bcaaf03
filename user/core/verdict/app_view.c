// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Each call of the program, in order: what it asked, and what it was told. */
#include "user/core/verdict/app_view.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "user/base/time.h"
#include "user/core/attempt/call.h"

enum app_result app_result_of_error(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return APP_RESULT_REFUSED;
	case ETIMEDOUT:
		return APP_RESULT_TIMED_OUT;
	case ENETUNREACH:
	case EHOSTUNREACH:
		return APP_RESULT_UNREACHABLE;
	}
	return APP_RESULT_ERROR;
}

static bool is_established_by(const struct facts *facts, const struct entry *entry)
{
	return facts->established != NO_ENTRY &&
	       entry_at(facts, facts->established)->time_ns <= entry->time_ns;
}

/* Of nothing, it would have to wait, as connect() said; again and again it is a way to wait. */
static void read_idle(const struct entry *entry, int index, struct app_view *view)
{
	view->idle_transfers += entry->count;
	view->not_yet = index;
	if (view->idle_transfers > 1)
		facts_set_first(&view->asked, index);
}

static void read_zero(const struct entry *entry, int index, struct app_view *view)
{
	facts_set_first(&view->zero_error, index);
	view->zero_errors += entry->count;
}

static void read_close(const struct entry *entry, int index, struct app_view *view)
{
	facts_set_first(&view->close, index);
	view->is_unseen |= entry->app.result & APP_CLOSE_UNSEEN;
	view->is_by_exit |= entry->app.result & APP_CLOSE_BY_EXIT;
}

/* What only a connection makes a call say is true from ESTABLISHED on. */
static void read_answer(const struct facts *facts, int index, enum call_answer answer,
			struct app_view *view)
{
	bool is_connected = is_established_by(facts, entry_at(facts, index));

	facts_set_first(&view->asked, index);
	view->can_know |= answer == CALL_TROUBLE || answer == CALL_FAILED;
	if (answer == CALL_WAIT)
		view->not_yet = index;
	if (answer == CALL_FAILED)
		facts_set_first(&view->failure, index);
	if (answer == CALL_WRITABLE && !is_connected)
		facts_set_first(&view->writable, index);
	if (answer == CALL_READY && is_connected && entry_at(facts, index)->app.result & POLLOUT)
		facts_set_first(&view->ready, index);
	if (answer == CALL_ZERO && !is_connected)
		read_zero(entry_at(facts, index), index, view);
	if (is_connected && (answer == CALL_ZERO || answer == CALL_CONNECTED))
		facts_set_first(&view->success, index);
	if (!is_connected && answer == CALL_CONNECTED)
		facts_set_first(&view->early, index);
}

static void read_call(const struct facts *facts, int index, struct app_view *view)
{
	const struct entry *entry = entry_at(facts, index);
	enum call_answer answer = call_answer(entry);

	if (entry->app.call != APP_CLOSE)
		view->last = index;
	/* The first return of a connect() that does not wait; a later one has to wait. */
	if (answer == CALL_BEGUN && index == facts->connect_return) {
		if (view->asked != NO_ENTRY)
			view->not_yet = index;
		return;
	}
	switch (answer) {
	case CALL_SILENT:
		break;
	case CALL_IDLE:
		read_idle(entry, index, view);
		break;
	case CALL_CLOSED:
		read_close(entry, index, view);
		break;
	case CALL_BEGUN:
		read_answer(facts, index, CALL_WAIT, view);
		break;
	case CALL_WAIT:
	case CALL_READY:
	case CALL_WRITABLE:
	case CALL_TROUBLE:
	case CALL_ZERO:
	case CALL_CONNECTED:
	case CALL_FAILED:
		read_answer(facts, index, answer, view);
		break;
	}
}

void app_view_read(const struct facts *facts, struct app_view *ret_view)
{
	struct app_view view;

	memset(&view, 0xff, sizeof(view)); /* every index becomes NO_ENTRY */
	view.can_know = view.is_by_exit = false;
	view.zero_errors = view.idle_transfers = 0;
	view.is_unseen = facts->attempt->is_unseen || facts->attempt->is_late;
	for (int i = 0;
	     i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns; i++)
		if (entry_at(facts, i)->kind == EVENT_APP)
			read_call(facts, i, &view);
	*ret_view = view;
}

bool app_view_is_settled(const struct facts *facts, const struct app_view *view)
{
	/* else the error may be read once more */
	bool has_failed = view->failure != NO_ENTRY && view->failure == facts->connect_return;

	return has_failed || view->success != NO_ENTRY || view->close != NO_ENTRY ||
	       facts->attempt->is_unseen || facts->deadline != NO_ENTRY ||
	       facts->abandon != NO_ENTRY;
}

/* For want of anything else, readiness is how it is told (Rust's connect_timeout(), LuaSocket). */
static bool is_told_success(const struct app_view *view)
{
	return view->success != NO_ENTRY || (view->ready != NO_ENTRY && view->failure == NO_ENTRY);
}

/* It gave up or was cut short when there was no outcome yet. */
static bool has_no_outcome(const struct app_view *view)
{
	return view->close != NO_ENTRY && view->success == NO_ENTRY && view->failure == NO_ENTRY;
}

/* It closed the socket, which does not wait, without a call that could have told it the outcome. */
static bool has_never_asked(const struct facts *facts, const struct app_view *view)
{
	return facts->connect_return != NO_ENTRY &&
	       entry_at(facts, facts->connect_return)->app.error == EINPROGRESS &&
	       view->asked == NO_ENTRY && view->close != NO_ENTRY;
}

/*
 * What it was told last is "no error", and once: a loop that looks for errors while it waits may
 * know by the clock that nothing has come. So may one that was told to wait before that: a poll()
 * of which nothing came, then SO_ERROR, is what those do who say "timeout", and those who say
 * "open".
 */
static bool has_believed_zero(const struct app_view *view)
{
	return view->close != NO_ENTRY && view->zero_errors == 1 &&
	       view->last == view->zero_error && view->not_yet == NO_ENTRY;
}

/*
 * select() has no way to tell of an error. A connect() after that says EALREADY when a soft one has
 * not ended the attempt: then it knows of none.
 */
static bool has_left_error_unread(const struct app_view *view)
{
	return view->writable != NO_ENTRY && view->not_yet < view->writable && !view->can_know;
}

/* As far as hops are counted to: no host's own default (64, 128, 255) is that low. */
#define TRACED_HOPS_MAX 32

/* It looks for the way, by ICMP errors that it reads from another socket. */
static bool is_tracing(const struct facts *facts, const struct verdict *verdict)
{
	return verdict_has(verdict, VERDICT_OF_HOP_LIMIT) ||
	       (facts_has_left(facts) &&
		entry_at(facts, facts->syns[0])->tcp.ttl <= TRACED_HOPS_MAX);
}

/*
 * So soon after connect() there is nothing to be told, nor to be known: port knockers close like
 * that, for the SYN is all that they are about. Yet a transfer is a question, however quick.
 */
#define KNOCK_NS (50 * MILLISECOND_NS)

/* A process that ended or was killed before it could ask claims nothing. */
static bool has_claimed_nothing(const struct facts *facts, const struct app_view *view)
{
	uint64_t held_ns = entry_at(facts, view->close)->time_ns -
			   entry_at(facts, facts->connect_return)->time_ns;

	return view->is_by_exit || (held_ns < KNOCK_NS && !view->idle_transfers);
}

/* Which of its calls may be missing, the question or an answer, cannot be known. */
static bool may_lack_calls(const struct facts *facts)
{
	return facts->attempt->lost_count || facts->attempt->overflow_count;
}

/* A deferred connect() succeeds before any SYN has left; a later call has the outcome. */
static bool is_deferred(const struct facts *facts, int early)
{
	return !facts_has_left(facts) ||
	       entry_at(facts, facts->syns[0])->time_ns > entry_at(facts, early)->time_ns;
}

/* "Connected" without a connection, and no later call takes that back. */
static bool is_misled(const struct facts *facts, const struct app_view *view)
{
	return view->early != NO_ENTRY && view->failure == NO_ENTRY &&
	       view->not_yet < view->early &&
	       !(may_lack_calls(facts) && is_deferred(facts, view->early));
}

static bool is_connecting(uint8_t state)
{
	return state == TCP_STATE_SYN_SENT || state == TCP_STATE_SYN_RECV;
}

/*
 * No event tells of a connection, and none is missing. Else it takes the socket's own word: what it
 * was closed from, SYN_SENT or SYN_RECV, is never come back to from ESTABLISHED.
 */
static bool is_never_connected(const struct facts *facts, const struct verdict *verdict)
{
	if (facts->established != NO_ENTRY)
		return false;
	if (verdict->is_complete && verdict->status != STATUS_INCOMPLETE)
		return true;
	for (int i = 0;
	     i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns;
	     i++) {
		const struct entry *entry = entry_at(facts, i);
		bool is_close = entry->kind == EVENT_APP && entry->app.call == APP_CLOSE;
		bool is_end =
			entry->kind == EVENT_STATE && entry->state.new_state == TCP_STATE_CLOSE;

		if ((is_close && is_connecting(entry->app.state)) ||
		    (is_end && is_connecting(entry->state.old_state)))
			return true;
	}
	return false;
}

static uint32_t read_notes(const struct facts *facts, const struct app_view *view,
			   const struct verdict *verdict, bool is_unconnected)
{
	uint32_t notes = 0;

	if (is_misled(facts, view) && is_unconnected) /* else it came true */
		notes |= NOTE_TOLD_EARLY;
	if (view->is_unseen || may_lack_calls(facts) || is_tracing(facts, verdict))
		return notes;
	if (has_never_asked(facts, view))
		return notes | NOTE_NEVER_ASKED;
	if (is_unconnected && has_believed_zero(view))
		return notes | NOTE_ZERO_ERROR;
	if (!is_unconnected || !has_no_outcome(view))
		return notes;
	if (has_left_error_unread(view))
		return notes | NOTE_ERROR_UNREAD;
	return view->not_yet != NO_ENTRY && view->early == NO_ENTRY && !view->can_know
		       ? notes | NOTE_NOT_YET
		       : notes;
}

/* "It failed", and then the socket became connected. An error on a connection is no such case. */
static bool is_refuted(const struct facts *facts, const struct app_view *view)
{
	return view->failure != NO_ENTRY &&
	       !is_established_by(facts, entry_at(facts, view->failure)) &&
	       facts->established != NO_ENTRY &&
	       entry_at(facts, facts->established)->state.new_state == TCP_STATE_ESTABLISHED;
}

/* This host's own end was seen. A route that found no place may show a local target. */
static bool is_intercepted_for_sure(const struct facts *facts)
{
	return (facts->own_answer != NO_ENTRY || facts->local_accept != NO_ENTRY) &&
	       !facts->attempt->overflow_count;
}

/*
 * Each accusation rests on evidence of its own. What it was told is there, or is not: that
 * something else is missing changes nothing. What it did not do, read_notes() says only of whose
 * calls were all seen.
 */
static bool told_agrees(const struct facts *facts, const struct app_view *view,
			const struct verdict *verdict)
{
	/*
	 * A zero after the error itself, which a read takes away, deceives no program that heeded
	 * the first: the same calls are made to clean up.
	 */
	uint32_t omissions = NOTE_ERROR_UNREAD | (view->failure == NO_ENTRY ? NOTE_ZERO_ERROR : 0);

	if (has_never_asked(facts, view) && !has_claimed_nothing(facts, view))
		omissions |= NOTE_NEVER_ASKED;
	if (verdict->status == STATUS_INTERCEPTED && !verdict->is_complete &&
	    !is_intercepted_for_sure(facts))
		return true;
	if (verdict->status == STATUS_INTERCEPTED || verdict->status == STATUS_SELF_CONNECT)
		return !is_told_success(view);
	if (facts->established != NO_ENTRY)
		return !is_refuted(facts, view);
	return !(verdict->notes & (NOTE_TOLD_EARLY | omissions)) ||
	       !is_never_connected(facts, verdict);
}

static void set_result(const struct facts *facts, const struct app_view *view,
		       struct verdict *verdict)
{
	bool is_success = is_told_success(view) || is_misled(facts, view);
	const struct entry *failure =
		view->failure == NO_ENTRY ? NULL : entry_at(facts, view->failure);

	verdict->app_error = 0;
	verdict->app_result = APP_RESULT_IN_PROGRESS;
	if (failure && (!is_success || is_refuted(facts, view))) {
		verdict->app_error = failure->app.call == APP_SO_ERROR ? failure->app.result
								       : failure->app.error;
		verdict->app_result = app_result_of_error(verdict->app_error);
	} else if (is_success) {
		verdict->app_result = APP_RESULT_CONNECTED;
	} else if (facts->connect_return != NO_ENTRY) {
		verdict->app_error = entry_at(facts, facts->connect_return)->app.error;
	}
}

void app_view_judge(const struct facts *facts, struct verdict *verdict)
{
	struct app_view view;

	app_view_read(facts, &view);
	set_result(facts, &view, verdict);
	verdict->notes |= read_notes(facts, &view, verdict, is_never_connected(facts, verdict));
	verdict->app_agrees = told_agrees(facts, &view, verdict);
}

bool app_view_is_call(const struct entry *entry)
{
	return entry->kind == EVENT_APP && entry->app.call != APP_ABANDON &&
	       entry->app.call != APP_BIND &&
	       (entry->app.phase == APP_RETURN || entry->app.call == APP_CLOSE ||
		entry->app.call == APP_EPOLL_CTL);
}

uint64_t app_view_origin_ns(const struct attempt *attempt)
{
	for (int i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_APP &&
		    attempt->entries[i].app.phase == APP_ENTER)
			return attempt->entries[i].time_ns;
	return attempt->entry_count ? attempt->entries[0].time_ns : 0;
}
