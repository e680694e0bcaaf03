// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Call by call. */
#include "user/core/told.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "user/core/facts_parts.h"

/* Still under way, as far as the call itself says. */
static bool is_pending(int error)
{
	return error == EINPROGRESS || error == EALREADY || error == EINTR || error == EAGAIN || error == ECANCELED; /* of io_uring */
}

static bool is_established_by(const struct facts *facts, const struct entry *entry)
{
	return facts->established != NO_ENTRY && entry_at(facts, facts->established)->time_ns <= entry->time_ns;
}

/* It succeeded, which only a connection makes it do; or should. */
static void read_success(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(is_established_by(facts, entry) ? &told->success : &told->early, index);
}

static void read_error(int error, int index, struct told *told)
{
	if (is_pending(error)) {
		told->not_yet = index;
		return;
	}
	told->can_know = true;
	if (error != ENOTCONN)
		set_first(&told->failure, index);
}

static void read_connect(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	if (entry->app.phase != APP_RETURN)
		return;
	/* The first return of one that does not wait says nothing yet. */
	if (index != facts->connect_return || entry->app.error != EINPROGRESS || entry->app.result == APP_RESULT_WAITED)
		set_first(&told->asked, index);
	if (!entry->app.error || entry->app.error == EISCONN)
		read_success(facts, entry, index, told);
	else if (told->asked != NO_ENTRY)
		read_error(entry->app.error, index, told);
}

/* Of a failed connect poll() and epoll say that there is an error; select() has no way to. */
static void read_readiness(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	if (!entry->app.result)
		told->not_yet = index;
	else if (entry->app.call != APP_SELECT)
		told->can_know |= (entry->app.result & (POLLERR | POLLHUP)) != 0;
	else if (entry->app.result & POLLOUT && !is_established_by(facts, entry))
		told->writable = index;
}

static void read_zero(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	if (is_established_by(facts, entry)) {
		set_first(&told->success, index);
		return;
	}
	set_first(&told->zero_error, index);
	told->zero_errors += entry->count;
}

static void read_so_error(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	if (entry->app.result)
		read_error(entry->app.result, index, told);
	else
		read_zero(facts, entry, index, told);
}

static void read_name(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	if (entry->app.error)
		read_error(entry->app.error, index, told);
	else
		read_success(facts, entry, index, told);
}

/* One that would have to wait says no more than connect() did; again and again they are a way to wait. A transfer of nothing may not even look at the socket. */
static void read_transfer(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	if (entry->app.error == EAGAIN) {
		told->idle_transfers += entry->count;
		told->not_yet = index;
	}
	if (entry->app.error != EAGAIN || told->idle_transfers > 1)
		set_first(&told->asked, index);
	if (entry->app.error)
		read_error(entry->app.error, index, told);
	else if (!entry->app.result)
		read_zero(facts, entry, index, told);
	else
		read_success(facts, entry, index, told);
}

static void read_call(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	switch ((enum app_call)entry->app.call) {
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
		read_connect(facts, entry, index, told);
		break;
	case APP_POLL:
	case APP_SELECT:
	case APP_EPOLL:
		read_readiness(facts, entry, index, told);
		break;
	case APP_SO_ERROR:
		read_so_error(facts, entry, index, told);
		break;
	case APP_PEERNAME:
		read_name(facts, entry, index, told);
		break;
	case APP_SEND:
	case APP_RECEIVE:
		read_transfer(facts, entry, index, told);
		break;
	case APP_EPOLL_CTL:
		set_first(&told->asked, index);
		told->not_yet = index;
		break;
	case APP_TCP_INFO:
		set_first(&told->asked, index);
		told->can_know = true;
		break;
	case APP_CLOSE:
		set_first(&told->close, index);
		told->is_unseen |= entry->app.result != 0;
		break;
	case APP_ABANDON:
	case APP_BIND:
		break;
	}
}

void told_read(const struct facts *facts, struct told *ret_told)
{
	struct told told;

	memset(&told, 0xff, sizeof(told)); /* every index becomes NO_ENTRY */
	told.can_know = false;
	told.zero_errors = told.idle_transfers = 0;
	told.is_unseen = facts->attempt->is_unseen;
	for (int i = 0; i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns; i++)
		if (entry_at(facts, i)->kind == EVENT_APP) {
			read_call(facts, entry_at(facts, i), i, &told);
			if (entry_at(facts, i)->app.call != APP_CLOSE)
				told.last = i;
		}
	*ret_told = told;
}

bool told_is_settled(const struct facts *facts, const struct told *told)
{
	bool has_failed = told->failure != NO_ENTRY && told->failure == facts->connect_return; /* else the error may be read once more */

	return has_failed || told->success != NO_ENTRY || told->close != NO_ENTRY || told->is_unseen || facts->deadline != NO_ENTRY ||
	       facts->abandon != NO_ENTRY;
}

/* Whoever gave up or was cut short when there was no outcome yet. */
static bool has_no_outcome(const struct told *told)
{
	return told->close != NO_ENTRY && told->success == NO_ENTRY && told->failure == NO_ENTRY;
}

/* It closed the socket, which does not wait, without a call that could have told it the outcome. */
static bool has_never_asked(const struct facts *facts, const struct told *told)
{
	return facts->connect_return != NO_ENTRY && entry_at(facts, facts->connect_return)->app.error == EINPROGRESS &&
	       told->asked == NO_ENTRY && told->close != NO_ENTRY;
}

/* What it was told last is "no error", and once: a loop that looks for errors while it waits may know by the clock that nothing has come. */
static bool has_believed_zero(const struct told *told)
{
	return told->close != NO_ENTRY && told->zero_errors == 1 && told->last == told->zero_error;
}

/* "Connected", though there was no connection, and nothing that it was told later takes that back. */
static bool is_misled(const struct told *told)
{
	return told->early != NO_ENTRY && told->failure == NO_ENTRY && told->not_yet < told->early;
}

static uint32_t read_notes(const struct facts *facts, const struct told *told)
{
	bool is_open = facts->established != NO_ENTRY;
	uint32_t notes = 0;

	if (is_misled(told) && !is_open) /* else it came true */
		notes |= NOTE_TOLD_EARLY;
	if (has_never_asked(facts, told))
		return notes | NOTE_NEVER_ASKED;
	if (!is_open && has_believed_zero(told))
		return notes | NOTE_ZERO_ERROR;
	if (is_open || !has_no_outcome(told))
		return notes;
	if (told->writable != NO_ENTRY && !told->can_know)
		return notes | NOTE_ERROR_UNREAD;
	return told->not_yet != NO_ENTRY && told->early == NO_ENTRY && !told->can_know ? notes | NOTE_NOT_YET : notes;
}

/* "It failed", and then the socket was connected all the same. An error on an established connection is another matter. */
static bool is_refuted(const struct facts *facts, const struct told *told)
{
	return told->failure != NO_ENTRY && !is_established_by(facts, entry_at(facts, told->failure));
}

/* A verdict that proves neither contradicts nothing, and a program whose calls were not all seen is not accused of what it did not do. */
static bool told_agrees(const struct facts *facts, const struct told *told, const struct verdict *verdict)
{
	/* A zero after the error itself, which a read takes away, deceives nobody who heeded the first: the same calls are made to clean up. */
	const uint32_t omissions = NOTE_NEVER_ASKED | NOTE_ERROR_UNREAD | (told->failure == NO_ENTRY ? NOTE_ZERO_ERROR : 0);

	if (verdict->status == STATUS_INCOMPLETE || !verdict->is_complete)
		return true;
	if (verdict->status == STATUS_INTERCEPTED || verdict->status == STATUS_SELF_CONNECT)
		return told->success == NO_ENTRY;
	if (facts->established != NO_ENTRY)
		return !is_refuted(facts, told);
	return !(verdict->notes & NOTE_TOLD_EARLY) && (told->is_unseen || !(verdict->notes & omissions));
}

static void set_result(const struct facts *facts, const struct told *told, struct verdict *verdict)
{
	bool is_success = told->success != NO_ENTRY || is_misled(told);
	const struct entry *failure = told->failure == NO_ENTRY ? NULL : entry_at(facts, told->failure);

	verdict->app_error = 0;
	verdict->app_result = APP_RESULT_IN_PROGRESS;
	if (failure && (!is_success || is_refuted(facts, told))) {
		verdict->app_error = failure->app.call == APP_SO_ERROR ? failure->app.result : failure->app.error;
		verdict->app_result = verdict_classify_error(verdict->app_error);
	} else if (is_success) {
		verdict->app_result = APP_RESULT_CONNECTED;
	} else if (facts->connect_return != NO_ENTRY) {
		verdict->app_error = entry_at(facts, facts->connect_return)->app.error;
	}
}

void told_judge(const struct facts *facts, struct verdict *verdict)
{
	struct told told;

	told_read(facts, &told);
	set_result(facts, &told, verdict);
	/* What was not seen may be the very question. */
	verdict->notes |= read_notes(facts, &told) & (told.is_unseen || !verdict->is_complete ? NOTE_TOLD_EARLY : ~0u);
	verdict->app_agrees = told_agrees(facts, &told, verdict);
}
