/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fields of a probe's record that are no plain copy of its report's: the same in every format
 * for machines, which only spell them.
 */
#ifndef RENDER_PROBE_FIELDS_H
#define RENDER_PROBE_FIELDS_H

#include "user/core/report.h"

struct probe_fields {
	/*
	 * as the socket has it; its port is on the wire as well, unless something rewrote it there
	 */
	struct address source;
	const char *device;	 /* the SYN left by; NULL: unknown, or nothing left */
	const char *drop_device; /* likewise, of what was dropped */
	/* of all connects when there were several, as far as those of the others were seen */
	uint64_t syn_sent, syn_unanswered;
	bool is_counted; /* with events lost a count may be too small, and then it is no fact */
	bool is_ack_sent;
	bool is_ack_known;	       /* with events lost one that was not seen may have left */
	const struct entry *answer;    /* answer_packet() */
	const struct tcp_entry *tcp;   /* its header, as far as it was kept; */
	const struct icmp_entry *icmp; /* or this one's */
	uint8_t ttl;		       /* where answer is not NULL */
};

void probe_fields_read(const struct probe_report *report, struct probe_fields *ret_fields);

/* Two sentences, and what joins them. */
#define PROBE_EXPLAIN_MAX 1024
/* With how that contradicts the kernel. text has PROBE_EXPLAIN_MAX bytes, and may be left alone. */
const char *probe_explain(const struct probe_report *report, char *text);

/* One call of a program, and what it was told by it. */
struct call_fields {
	/* as a person would look it up; NULL: calls that told a program nothing have none */
	const char *name;
	const char *error; /* "ECONNREFUSED"; NULL: none */
	int32_t result;
};

void call_fields_read(const struct entry *entry, struct call_fields *ret_fields);

#endif
