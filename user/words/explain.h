/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why, in one plain sentence, made from the evidence a verdict cites; and what to do about it. */
#ifndef WORDS_EXPLAIN_H
#define WORDS_EXPLAIN_H

#include "user/core/attempt/path.h"
#include "user/core/verdict/judgement.h"

#define EXPLAIN_MAX 512

/* One sentence, lower case, no full stop. Never empty. text has EXPLAIN_MAX bytes; returns text. */
char *explain_verdict(const struct judgement *j, char *text);
/* From where a probe was made, as far as a command that is to see the same has to be told so. Zeroed, but for tos = -1: nothing special. */
struct explain_from {
	const char *netns; /* a name, a PID or a path; NULL: our own */
	const char *device;
	struct address source; /* none: any */
	bool has_mark;
	uint32_t mark;
	int tos;
};

/* What to try next ("see: ip route get 192.0.2.1"), or NULL when there is nothing to say. from: NULL for nothing special. text as above. */
char *explain_hint(const struct judgement *j, const struct explain_from *from, char *text);
/* "after 1.0 s its SYN-ACK was repeated: …" */
char *explain_amendment(const struct judgement *j, char *text);
/* One line of a timeline: "SYN on eth0, seq 123 …". */
char *explain_entry(const struct attempt *attempt, const struct entry *entry, char *text);
/* Where the first SYN went, "eth0 → veth1 (ns 4026531840) → br0, 0.041 ms", or NULL when none left. text as above. */
char *explain_path(const struct path *path, char *text);
/*
 * Where on this host the application waited ("the first SYN was dropped here: …", "waited 688.8 ms in this host's own queue (eth0)"), of what was answered
 * in the end; NULL: nowhere for long. text as above.
 */
char *explain_wait(const struct judgement *j, char *text);
/* What another program was told: "connect() EINPROGRESS 0.1 ms, poll() out 12.3 ms, SO_ERROR 0 12.3 ms". text as above. */
char *explain_app_view(const struct attempt *attempt, char *text);
/* How that contradicts the kernel, or NULL when it does not (app_agrees). text as above. */
char *explain_contradiction(const struct judgement *j, char *text);
/* What a waiting person wants to know: "2 SYNs sent, no answer yet", "waiting for the neighbour 10.1.0.1". */
char *explain_waiting(const struct facts *facts, char *text);

#endif
