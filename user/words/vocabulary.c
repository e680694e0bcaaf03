// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The stable words, and what they mean. */
#include "user/words/vocabulary.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/base/name.h"

/* The tests find a row that is missing, the compiler one that is there twice. */
/* clang-format off */
const struct status_row status_rows[STATUS_COUNT] = {
	[STATUS_OPEN] = {"open",
		"A SYN-ACK that acknowledges our SYN was received, and the socket became "
		"ESTABLISHED.",
		false},
	[STATUS_CLOSED] = {"closed",
		"A RST that answers our SYN was received, and the socket accepted it.", false},
	[STATUS_FILTERED] = {"filtered",
		"The SYN left this host and nothing came back, or another host refused on the "
		"target's behalf.", false},
	[STATUS_UNREACHABLE] = {"unreachable",
		"There is no way there: a router on the way says so, the next hop does not answer, "
		"or this host has no route.", false},
	[STATUS_BLOCKED] = {"blocked",
		"This host itself stopped it: the SYN did not get through, or the answer arrived "
		"and was dropped here, or could not arrive any more.", false},
	[STATUS_INTERCEPTED] = {"intercepted",
		"The connection was established, but it ends on this very host although the target "
		"is elsewhere.", false},
	[STATUS_SELF_CONNECT] = {"self-connect",
		"The socket connected to itself; that proves no server.", false},
	[STATUS_INVALID] = {"invalid", "An answer came and the kernel refused it.", false},
	[STATUS_UNPROVEN] = {"unproven",
		"The program was told that it is connected, and the kernel has no SYN for it; no "
		"probe ends with it, only what `watch' sees.", true},
	[STATUS_ABORTED] = {"aborted", "The attempt was ended before there was a verdict.", false},
	[STATUS_INCOMPLETE] = {"incomplete",
		"The verdict would rest on evidence that was lost, or that this kernel does not "
		"give.",
		false},
};

#define BIT_OF(note) __builtin_ctz(note)

const struct word_row note_rows[NOTE_COUNT] = {
	[BIT_OF(NOTE_RETRANSMITTED)] = {"retransmitted", "More than one SYN was sent."},
	[BIT_OF(NOTE_RTT_AMBIGUOUS)] = {"rtt-ambiguous",
		"The answer could be one to several SYNs, or the server's own repeat: there are "
		"candidates, which are upper bounds, instead of a round-trip time."},
	[BIT_OF(NOTE_REWRITTEN_TO)] = {"rewritten-to",
		"On the wire the SYN went to another address or port than was asked for."},
	[BIT_OF(NOTE_LOCAL_TARGET)] = {"local-target", "The target is this host."},
	[BIT_OF(NOTE_FRAGMENTATION_NEEDED)] = {"fragmentation-needed",
		"A router said that the SYN is too big for a link on the way (ICMP 3/4, ICMPv6 2); "
		"that is no failure, for the kernel goes on with a smaller one."},
	[BIT_OF(NOTE_SOURCE_REWRITTEN)] = {"source-rewritten",
		"On the wire the SYN came from another address or port than the socket's."},
	[BIT_OF(NOTE_SIMULTANEOUS_OPEN)] = {"simultaneous-open",
		"A SYN of the other end crossed ours, and the two made one connection."},
	[BIT_OF(NOTE_NEVER_ASKED)] = {"never-asked",
		"The program closed the socket without a call that could have told it the outcome: "
		"whatever it said was a guess."},
	[BIT_OF(NOTE_ERROR_UNREAD)] = {"error-unread",
		"The program was told that the socket is writable, which a failed one is too, and "
		"never asked for the error."},
	[BIT_OF(NOTE_ZERO_ERROR)] = {"zero-error",
		"The program read SO_ERROR as 0 while there was no connection: that proves "
		"nothing."},
	[BIT_OF(NOTE_TOLD_EARLY)] = {"told-early",
		"The program was told that it is connected (by connect(), getpeername() or a "
		"transfer) while there was no connection."},
	[BIT_OF(NOTE_NOT_YET)] = {"not-yet",
		"The program gave up when all it had been told was to wait: nothing ever told it "
		"that it is connected."},
	[BIT_OF(NOTE_SUSPECTED_SYN_PROXY)] = {"suspected-syn-proxy",
		"The SYN-ACK has a window of 0, or another TTL than a RST of the same host had: "
		"something may answer in the server's place, which may not even be there."},
	[BIT_OF(NOTE_SUSPECTED_MIDDLEBOX)] = {"suspected-middlebox",
		"The RST has another TTL than a SYN-ACK of the same host had: something on the way "
		"may have sent it."},
	[BIT_OF(NOTE_SUSPECTED_ECN_BLACK_HOLE)] = {"suspected-ecn-black-hole",
		"SYNs that asked for ECN went unanswered, and one that did not was answered: "
		"something on the way may drop the former."},
};

const struct word_row amendment_rows[AMENDMENT_COUNT] = {
	[AMENDMENT_NOT_ACCEPTED] = {"not-accepted",
		"After an open verdict the SYN-ACK was repeated: the server has not accepted the "
		"connection, or our ACK was lost."},
	[AMENDMENT_RESET_LOST] = {"reset-lost",
		"After an open verdict the SYN-ACK was repeated, although this host had reset the "
		"connection: the RST was lost or is dropped on the way, and the server keeps a "
		"half-open connection for each probe until it gives up."},
	[AMENDMENT_RESET_BY_PEER] = {"reset-by-peer",
		"After an open verdict the peer reset the connection."},
	[AMENDMENT_RESET_LOCALLY] = {"reset-locally",
		"After an open verdict this host reset the connection itself, by loopback: a rule "
		"rejects what follows the handshake."},
	[AMENDMENT_CLOSED_BY_PEER] = {"closed-by-peer",
		"After an open verdict the peer closed the connection (FIN)."},
	[AMENDMENT_SUSPECTED_SYN_PROXY] = {"suspected-syn-proxy",
		"After an open verdict a packet of the connection came with another TTL than the "
		"SYN-ACK: something else than the server may have answered the SYN."},
	[AMENDMENT_LATE_ANSWER] = {"late-answer",
		"After another verdict an answer to our SYN came in after all, too late for it."},
};
/* clang-format on */

static const char *const answer_words[] = {
	[ANSWER_NONE] = "none",	  [ANSWER_SYN_ACK] = "syn-ack", [ANSWER_RST] = "rst",
	[ANSWER_ICMP] = "icmp",	  [ANSWER_ACK] = "ack",		[ANSWER_SYN] = "syn",
	[ANSWER_OTHER] = "other",
};

static const char *const app_result_words[] = {
	[APP_RESULT_CONNECTED] = "connected",	  [APP_RESULT_REFUSED] = "refused",
	[APP_RESULT_TIMED_OUT] = "timed-out",	  [APP_RESULT_UNREACHABLE] = "unreachable",
	[APP_RESULT_IN_PROGRESS] = "in-progress", [APP_RESULT_ERROR] = "error",
};

static const char *const call_titles[] = {
	[APP_CONNECT] = "connect()",
	[APP_POLL] = "poll()",
	[APP_SO_ERROR] = "SO_ERROR",
	[APP_CLOSE] = "close()",
	[APP_SELECT] = "select()",
	[APP_EPOLL] = "epoll_wait()",
	[APP_EPOLL_CTL] = "epoll_ctl()",
	[APP_PEERNAME] = "getpeername()",
	[APP_SEND] = "send()",
	[APP_RECEIVE] = "recv()",
	[APP_SEND_FASTOPEN] = "sendto(MSG_FASTOPEN)",
	[APP_TCP_INFO] = "TCP_INFO",
	[APP_SHUTDOWN] = "shutdown()",
	[APP_IOCTL] = "ioctl()",
	[APP_BIND] = "bind()",
};

static const char *or_unknown(const char *word)
{
	return word ? word : "unknown";
}

const char *status_name(enum status status)
{
	return or_unknown((unsigned)status < STATUS_COUNT ? status_rows[status].word : NULL);
}

const char *note_name(enum note note)
{
	unsigned bit = note ? (unsigned)BIT_OF(note) : NOTE_COUNT;

	return or_unknown(bit < NOTE_COUNT ? note_rows[bit].word : NULL);
}

const char *amendment_name(enum amendment_kind kind)
{
	return or_unknown((unsigned)kind < AMENDMENT_COUNT ? amendment_rows[kind].word : NULL);
}

const char *answer_kind_name(enum answer_kind kind)
{
	return NAME_IN(answer_words, kind);
}

const char *app_result_name(enum app_result result)
{
	return NAME_IN(app_result_words, result);
}

const char *app_call_title(enum app_call call)
{
	return NAME_IN(call_titles, call);
}

int status_parse(const char *name)
{
	for (int status = 0; status < STATUS_COUNT; status++)
		if (!strcmp(status_rows[status].word, name))
			return status;
	return -EINVAL;
}

char *statuses_text(char *text)
{
	size_t used = 0;

	for (int status = 0; status < STATUS_COUNT; status++) {
		if (status_rows[status].is_reserved)
			continue;
		used += (size_t)snprintf(text + used, STATUSES_TEXT_MAX - used, "%s%s",
					 used ? ", " : "", status_rows[status].word);
		assert(used < STATUSES_TEXT_MAX);
	}
	return text;
}
