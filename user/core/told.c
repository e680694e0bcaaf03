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
	return error == EINPROGRESS || error == EALREADY || error == EINTR || error == EAGAIN;
}

static bool is_established_by(const struct facts *facts, const struct entry *entry)
{
	return facts->established != NO_ENTRY && entry_at(facts, facts->established)->time_ns <= entry->time_ns;
}

static void read_connect(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	if (entry->app.phase != APP_RETURN)
		return;
	if (index != facts->connect_return)
		set_first(&told->asked, index);
	if (entry->app.error == EISCONN || !entry->app.error)
		set_first(is_established_by(facts, entry) ? &told->success : &told->early_zero, index);
	else if (!is_pending(entry->app.error))
		set_first(&told->failure, index);
	told->has_read_error |= entry->app.error && !is_pending(entry->app.error);
}

static void read_readiness(const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	if (entry->app.result)
		told->ready = index;
}

static void read_so_error(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	told->has_read_error = true;
	if (entry->app.result)
		set_first(&told->failure, index);
	else
		set_first(is_established_by(facts, entry) ? &told->success : &told->zero_error, index);
}

static void read_transfer(const struct facts *facts, const struct entry *entry, int index, struct told *told)
{
	set_first(&told->asked, index);
	if (!entry->app.error)
		set_first(is_established_by(facts, entry) ? &told->success : &told->zero_error, index);
	else if (!is_pending(entry->app.error) && entry->app.error != ENOTCONN)
		set_first(&told->failure, index);
	told->has_read_error |= entry->app.error && !is_pending(entry->app.error);
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
	case APP_EPOLL_CTL:
		read_readiness(entry, index, told);
		break;
	case APP_SO_ERROR:
		read_so_error(facts, entry, index, told);
		break;
	case APP_PEERNAME:
		set_first(&told->asked, index);
		if (!entry->app.error)
			set_first(is_established_by(facts, entry) ? &told->success : &told->early_name, index);
		break;
	case APP_SEND:
	case APP_RECEIVE:
		read_transfer(facts, entry, index, told);
		break;
	case APP_CLOSE:
		told->close = index;
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
	told.has_read_error = false;
	for (int i = 0; i < facts->attempt->entry_count && entry_at(facts, i)->time_ns <= facts->until_ns; i++)
		if (entry_at(facts, i)->kind == EVENT_APP)
			read_call(facts, entry_at(facts, i), i, &told);
	*ret_told = told;
}

bool told_is_settled(const struct facts *facts, const struct told *told)
{
	return told->success != NO_ENTRY || told->failure != NO_ENTRY || facts->close != NO_ENTRY;
}

/* It gave the socket up, or ended, without a call that could have told it the outcome. */
static bool has_never_asked(const struct facts *facts, const struct told *told)
{
	return facts->connect_return != NO_ENTRY && is_pending(entry_at(facts, facts->connect_return)->app.error) &&
	       told->asked == NO_ENTRY && facts->close != NO_ENTRY;
}

/* Told "writable" only, as select() does, of a connect that had failed, it never asked for the error. poll() and epoll say that there is one. */
static bool has_not_read_error(const struct facts *facts, const struct told *told, const struct verdict *verdict)
{
	const struct entry *ready = told->ready == NO_ENTRY ? NULL : entry_at(facts, told->ready);

	return ready && facts->established == NO_ENTRY && verdict->status != STATUS_INCOMPLETE && !told->has_read_error &&
	       facts->close != NO_ENTRY && ready->app.result & POLLOUT;
}

static void set_result(const struct facts *facts, const struct told *told, struct verdict *verdict)
{
	const struct entry *failure = told->failure == NO_ENTRY ? NULL : entry_at(facts, told->failure);

	verdict->app_error = 0;
	verdict->app_result = APP_RESULT_IN_PROGRESS;
	if (told->success != NO_ENTRY || told->early_zero != NO_ENTRY || told->early_name != NO_ENTRY) {
		verdict->app_result = APP_RESULT_CONNECTED;
	} else if (failure) {
		verdict->app_error = failure->app.call == APP_SO_ERROR ? failure->app.result : failure->app.error;
		verdict->app_result = verdict_classify_error(verdict->app_error);
	} else if (facts->connect_return != NO_ENTRY) {
		verdict->app_error = entry_at(facts, facts->connect_return)->app.error;
	}
}

void told_judge(const struct facts *facts, struct verdict *verdict)
{
	struct told told;

	told_read(facts, &told);
	set_result(facts, &told, verdict);
	if (has_never_asked(facts, &told))
		verdict->notes |= NOTE_NEVER_ASKED;
	if (has_not_read_error(facts, &told, verdict))
		verdict->notes |= NOTE_ERROR_UNREAD;
	if (told.zero_error != NO_ENTRY && verdict->status != STATUS_OPEN)
		verdict->notes |= NOTE_ZERO_ERROR;
	if (told.early_zero != NO_ENTRY || told.early_name != NO_ENTRY)
		verdict->notes |= NOTE_TOLD_EARLY;
}
