// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What came after the verdict, in a sentence. */
#include "user/words/explain.h"
#include "user/words/explain_notes.h"
#include "user/words/sentence.h"

char *explain_amendment(const struct judgement *j, char *text)
{
	const struct amendment *amendment = j->amendment;
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	sentence_add(&s, "after ");
	sentence_seconds(&s, amendment->after_ns);
	switch (amendment->kind) {
	case AMENDMENT_NOT_ACCEPTED:
		sentence_add(
			&s,
			" its SYN-ACK was repeated: the server has not accepted the connection (its queue is full, or it waits for data: "
			"TCP_DEFER_ACCEPT, with a single repeat), or our ACK was lost");
		break;
	case AMENDMENT_RESET_LOST:
		sentence_add(
			&s,
			" its SYN-ACK was repeated, though this host had reset the connection: the RST was lost, or is dropped on the way");
		break;
	case AMENDMENT_RESET_BY_PEER:
		sentence_add(&s, " the peer reset the connection");
		explain_reset_ttl(&s, j);
		break;
	case AMENDMENT_RESET_LOCALLY:
		sentence_add(&s, " this host reset the connection itself, over loopback: a rule rejects what follows the handshake");
		break;
	case AMENDMENT_CLOSED_BY_PEER:
		sentence_add(&s, " the peer closed the connection");
		break;
	case AMENDMENT_SUSPECTED_SYN_PROXY:
		sentence_add(
			&s,
			" a packet came with ttl %u: suspicious, for the SYN-ACK had another one, so a SYN proxy may have answered in the "
			"server's place",
			j->attempt->entries[amendment->evidence].tcp.ttl);
		break;
	case AMENDMENT_LATE_ANSWER:
		sentence_add(&s, " an answer came after all, too late for this verdict");
		break;
	case AMENDMENT_COUNT:
		break;
	}
	return text;
}
