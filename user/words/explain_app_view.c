// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What another program was told, and how that contradicts the kernel. */
#include "user/words/explain_app_view.h"

#include <poll.h>

#include "user/core/verdict/app_view.h"
#include "user/words/sentence.h"

/* More calls than these are no line any more. */
#define CALLS_MAX 8

static void say_events(struct sentence *s, unsigned events)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {{POLLIN, "in"},   {POLLPRI, "pri"}, {POLLOUT, "out"},
		     {POLLERR, "err"}, {POLLHUP, "hup"}, {POLLNVAL, "nval"}};
	const char *between = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(events & names[i].bit))
			continue;
		sentence_add(s, "%s%s", between, names[i].name);
		between = "|";
	}
	if (!*between)
		sentence_add(s, "nothing yet");
}

static void say_result(struct sentence *s, const struct entry *entry)
{
	const char *name = error_name(entry->app.error);

	if (name)
		sentence_add(s, "%s", name);
	else
		sentence_add(s, "%d", entry->app.error ? entry->app.error : entry->app.result);
}

static void say_call(struct sentence *s, const struct entry *entry)
{
	const char *name = error_name(entry->app.result);

	switch ((enum app_call)entry->app.call) {
	case APP_CONNECT:
		say_result(sentence_add(s, "connect() "), entry);
		break;
	case APP_SEND_FASTOPEN:
		say_result(sentence_add(s, "sendto(MSG_FASTOPEN) "), entry);
		break;
	case APP_POLL:
		say_events(sentence_add(s, "poll() "), (unsigned)entry->app.result);
		break;
	case APP_EPOLL:
		say_events(sentence_add(s, "epoll_wait() "), (unsigned)entry->app.result);
		break;
	case APP_SELECT:
		if (entry->app.result)
			say_events(sentence_add(s, "select() "), (unsigned)entry->app.result);
		else
			sentence_add(s, "select() asked");
		break;
	case APP_EPOLL_CTL:
		sentence_add(s, "epoll_ctl()");
		break;
	case APP_SO_ERROR:
		sentence_add(s, "SO_ERROR %s", name && entry->app.result ? name : "0");
		break;
	case APP_TCP_INFO:
		sentence_add(s, "TCP_INFO");
		break;
	case APP_SHUTDOWN:
		say_result(sentence_add(s, "shutdown() "), entry);
		break;
	case APP_IOCTL:
		say_result(sentence_add(s, "ioctl() "), entry);
		break;
	case APP_PEERNAME:
		say_result(sentence_add(s, "getpeername() "), entry);
		break;
	case APP_SEND:
		say_result(sentence_add(s, "send() "), entry);
		break;
	case APP_RECEIVE:
		say_result(sentence_add(s, "recv() "), entry);
		break;
	case APP_CLOSE:
		sentence_add(s, "close()");
		break;
	case APP_ABANDON:
	case APP_BIND:
		sentence_add(s, "?");
		break;
	}
}

char *explain_app_view(const struct attempt *attempt, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	uint64_t origin_ns = app_view_origin_ns(attempt);
	unsigned count = 0;

	for (int i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (!app_view_is_call(entry) || ++count > CALLS_MAX)
			continue;
		sentence_add(&s, count > 1 ? ", " : "");
		say_call(&s, entry);
		sentence_add(&s, " %.1f ms", (double)(entry->time_ns - origin_ns) / 1e6);
		if (entry->count > 1)
			sentence_add(&s, " (%u times)", entry->count);
	}
	if (count > CALLS_MAX)
		sentence_add(&s, " and %u more", count - CALLS_MAX);
	if (!count)
		sentence_add(&s, attempt->is_unseen ? "not seen (io_uring, or a 32-bit program)"
				 : attempt->is_late ? "nothing since the watch began"
						    : "nothing yet");
	return text;
}

static void say_early(struct sentence *s, const struct facts *facts, const struct app_view *view)
{
	sentence_add(s, "it was told \"connected\" by ");
	say_call(s, entry_at(facts, view->early));
	sentence_add(s, facts_has_left(facts) ? ", and there was no connection"
					      : ", and no SYN had left");
}

char *explain_contradiction(const struct judgement *j, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);
	struct app_view view;

	if (j->verdict->app_agrees)
		return NULL;
	app_view_read(j->facts, &view);
	if (j->verdict->status == STATUS_INTERCEPTED || j->verdict->status == STATUS_SELF_CONNECT) {
		sentence_add(
			&s, "it was told \"connected\", and is not connected to what it asked for");
	} else if (j->verdict->notes & NOTE_TOLD_EARLY && j->facts->established == NO_ENTRY) {
		say_early(&s, j->facts, &view);
	} else if (j->verdict->notes & NOTE_NEVER_ASKED) {
		sentence_add(&s, "it never asked; whatever it printed was a guess, for connect() "
				 "had only said EINPROGRESS");
	} else if (j->verdict->notes & NOTE_ERROR_UNREAD) {
		sentence_add(&s, "it was told \"writable\" by select(), as of every failed "
				 "connect, and never asked for the error");
	} else if (j->verdict->notes & NOTE_ZERO_ERROR) {
		sentence_add(&s, "the last it was told is \"no error\", by ");
		say_call(&s, entry_at(j->facts, view.zero_error));
		sentence_add(&s, ", which proves nothing: there was no connection");
	} else if (view.failure != NO_ENTRY) {
		sentence_add(&s, "it was told of a failure by ");
		say_call(&s, entry_at(j->facts, view.failure));
		sentence_add(&s, ", and then the socket was connected");
	} else {
		sentence_add(&s, "what it was told is not what the kernel did");
	}
	return text;
}
