// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What another program was told, and how that contradicts the kernel. */
#include "user/words/explain_app_view.h"

#include <poll.h>

#include "user/core/verdict/app_view.h"
#include "user/words/sentence.h"
#include "user/words/vocabulary.h"

/* More calls than these are no line any more. */
#define CALLS_MAX 8

static void say_events(struct sentence *s, unsigned events)
{
	static const struct bit_name names[] = {
		{POLLIN, "in"},	  {POLLPRI, "pri"},   {POLLOUT, "out"}, {POLLERR, "err"},
		{POLLHUP, "hup"}, {POLLNVAL, "nval"}, {0, NULL}};

	sentence_bits(s, events, names, "|", "nothing yet");
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

	sentence_add(s, "%s", app_call_title((enum app_call)entry->app.call));
	switch ((enum app_call)entry->app.call) {
	case APP_SELECT:
		if (!entry->app.result) {
			sentence_add(s, " asked");
			break;
		}
		/* fall through */
	case APP_POLL:
	case APP_EPOLL:
		say_events(sentence_add(s, " "), (unsigned)entry->app.result);
		break;
	case APP_SO_ERROR:
		sentence_add(s, " %s", name ? name : "0");
		break;
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
	case APP_SHUTDOWN:
	case APP_IOCTL:
	case APP_PEERNAME:
	case APP_SEND:
	case APP_RECEIVE:
		say_result(sentence_add(s, " "), entry);
		break;
	case APP_EPOLL_CTL:
	case APP_TCP_INFO:
	case APP_CLOSE:
	case APP_ABANDON:
	case APP_BIND:
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
