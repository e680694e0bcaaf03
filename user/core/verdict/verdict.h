/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an attempt's evidence proves (decide.h).
 *
 * A verdict cites the entries that decided it: a verdict without evidence is a bug. Units are
 * nanoseconds; TIME_UNKNOWN_NS where nothing is proven.
 */
#ifndef CORE_VERDICT_H
#define CORE_VERDICT_H

#include "user/core/attempt/attempt.h"

#define VERDICT_MAX_EVIDENCE   6
#define VERDICT_MAX_CANDIDATES 8
#define TIME_UNKNOWN_NS	       UINT64_MAX
#define NO_ENTRY	       (-1)

enum status {
	STATUS_OPEN,
	STATUS_CLOSED,
	STATUS_FILTERED,
	STATUS_UNREACHABLE,
	STATUS_BLOCKED,
	STATUS_INTERCEPTED,
	STATUS_SELF_CONNECT,
	STATUS_INVALID,
	STATUS_UNPROVEN,
	STATUS_ABORTED,
	STATUS_INCOMPLETE,
	STATUS_COUNT,
};

enum reason {
	REASON_SYN_ACK,
	REASON_SIMULTANEOUS_OPEN, /* completed without a SYN-ACK of theirs */
	REASON_RESET,
	REASON_NO_REPLY,
	REASON_ICMP_PORT_UNREACHABLE,
	REASON_ICMP_PROTOCOL_UNREACHABLE,
	REASON_ICMP_NET_PROHIBITED,
	REASON_ICMP_HOST_PROHIBITED,
	REASON_ICMP_ADMIN_PROHIBITED,
	REASON_ICMP_POLICY_FAILED, /* ICMPv6 1/5 */
	REASON_ICMP_REJECT_ROUTE,  /* ICMPv6 1/6 */
	REASON_ICMP_NET_UNREACHABLE,
	REASON_ICMP_HOST_UNREACHABLE,
	REASON_ICMP_SOURCE_ROUTE_FAILED,
	REASON_ICMP_NET_UNKNOWN,
	REASON_ICMP_HOST_UNKNOWN,
	REASON_ICMP_NET_TOS,
	REASON_ICMP_HOST_TOS,
	REASON_ICMP_BEYOND_SCOPE, /* ICMPv6 1/2 */
	REASON_ICMP_OTHER,	  /* an ICMP error that RFC 792 and RFC 4443 give no such meaning */
	REASON_TTL_EXCEEDED,
	REASON_NEIGHBOUR_FAILED,
	REASON_NEIGHBOUR_UNRESOLVED,
	REASON_SYN_RETURNED,
	REASON_NO_ROUTE,
	REASON_ROUTE_UNREACHABLE,
	REASON_ROUTE_BLACKHOLE,
	REASON_ROUTE_PROHIBIT,
	REASON_BAD_DESTINATION,
	REASON_DROPPED_OUT,
	REASON_DROPPED_IN,
	REASON_REJECTED_LOCALLY,
	REASON_RP_FILTER,
	REASON_OTHER_DEVICE, /* the answer came by another device than the socket is bound to */
	REASON_NO_SOURCE_PORT,
	REASON_NO_SOURCE_ADDRESS, /* the address to speak from is not this host's (any more) */
	REASON_NO_NAMESPACE,	  /* the network namespace to speak from is not there (any more) */
	REASON_NO_DEVICE,	  /* the device to speak by is not there (any more) */
	REASON_CARRIER_DOWN,
	REASON_NOT_SENT,
	REASON_POLICY,
	REASON_CONNECT_FAILED,
	REASON_REDIRECTED_LOCAL,
	REASON_SELF_CONNECT,
	REASON_WRONG_ACK,
	/* a right answer, but not from where the SYN went, or not to where it came from */
	REASON_FROM_ELSEWHERE,
	REASON_BAD_CHECKSUM,
	REASON_UNREADABLE,
	REASON_MARTIAN_SOURCE,
	REASON_BLIND_RESET,
	REASON_UNEXPECTED_FLAGS,
	REASON_WRONG_TIMESTAMP,
	REASON_MALFORMED,
	REASON_INTERRUPTED,
	REASON_ABORTED,
	REASON_CLOSED_EARLY,	  /* by the program itself, before anything was proven */
	REASON_DEFERRED_FASTOPEN, /* connect() = 0, and no SYN: TCP_FASTOPEN_CONNECT */
	REASON_ATTACHED_LATE,	  /* it began before the watch */
	REASON_EVENTS_LOST,
	REASON_UNEXPLAINED_ERROR, /* the socket was closed with an error before its time */
	REASON_HOOK_MISSING,
	REASON_COUNT,
};

enum note {
	NOTE_RETRANSMITTED = 1 << 0, /* more than one SYN was sent */
	NOTE_RTT_AMBIGUOUS = 1 << 1, /* rtt candidates instead of an rtt */
	NOTE_REWRITTEN_TO = 1 << 2,  /* wire_destination differs from what was asked for */
	NOTE_LOCAL_TARGET = 1 << 3,  /* the target is this host */
	NOTE_FRAGMENTATION_NEEDED = 1 << 4,
	NOTE_SOURCE_REWRITTEN = 1 << 5, /* wire_source differs from the socket's own */
	NOTE_SIMULTANEOUS_OPEN = 1 << 6,
	/* suspicions (measure_answer.h, ttl_memory.h) */
	NOTE_SUSPECTED_SYN_PROXY = 1 << 7,
	NOTE_SUSPECTED_MIDDLEBOX = 1 << 8,
	NOTE_SUSPECTED_ECN_BLACK_HOLE = 1 << 9,
	/* what another program knew (app_view.h) */
	/* it closed the socket without a call that could have told it the outcome */
	NOTE_NEVER_ASKED = 1 << 10,
	/* told that the socket is ready, it never asked whether that means an error */
	NOTE_ERROR_UNREAD = 1 << 11,
	/* SO_ERROR was 0, or a transfer succeeded, while there was no connection */
	NOTE_ZERO_ERROR = 1 << 12,
	/* connect() or getpeername() succeeded while there was no connection */
	NOTE_TOLD_EARLY = 1 << 13,
	NOTE_NOT_YET = 1 << 14, /* it gave up when all it had been told was to wait */
	NOTE_COUNT = 15,
};

enum answer_kind {
	ANSWER_NONE,
	ANSWER_SYN_ACK,
	ANSWER_RST,
	ANSWER_ICMP,
	ANSWER_ACK,
	ANSWER_SYN,
	ANSWER_OTHER,
};

/* What the application was told, when it was last asked. */
enum app_result {
	APP_RESULT_CONNECTED,
	APP_RESULT_REFUSED,
	APP_RESULT_TIMED_OUT,
	APP_RESULT_UNREACHABLE,
	APP_RESULT_IN_PROGRESS,
	APP_RESULT_ERROR,
};

struct drop_summary {
	/* the kernel's own names: they move between kernels, so they are never a reason of ours */
	const char *reason;
	const char *function;
	uint32_t ifindex; /* 0: the packet had no device any more */
	uint32_t count;	  /* 0: nothing was dropped */
	bool is_outbound;
	bool is_answer; /* it came in, from where the SYN went to */
	bool is_own;	/* the kernel had it tied to the attempt's socket by then */
};

struct verdict {
	enum status status;
	enum reason reason;
	/* nothing was lost while it was alive, and nothing is missing by other witnesses */
	bool is_complete;
	/* events that must be, by other witnesses, whether or not a loss was reported */
	uint16_t missing;
	uint32_t notes;			       /* enum note */
	int8_t evidence[VERDICT_MAX_EVIDENCE]; /* indices into the attempt's entries */
	uint8_t evidence_count;

	/* last xmit of the answered SYN -> first receive of its answer; unknown when ambiguous */
	uint64_t rtt_ns;
	/* ascending upper bounds, when ambiguous */
	uint64_t rtt_candidates_ns[VERDICT_MAX_CANDIDATES];
	uint8_t rtt_candidate_count;
	uint64_t queue_ns;     /* first net_dev_queue -> that xmit */
	uint64_t neighbour_ns; /* SYN_SENT -> first net_dev_queue */
	/* connect() entry -> the socket event that would have woken a waiter */
	uint64_t app_ns;
	uint64_t watched_ns; /* connect() entry -> the last instant this verdict knows of */
	uint64_t time_ns;    /* that instant: the verdict's own time */

	uint16_t syn_sent; /* SYNs that left the namespace's outermost device */
	/* our ACK left as well: the service may have seen the connection */
	bool is_ack_sent;
	/* at least so many without any answer: each segment that came answers one at most */
	uint16_t syn_unanswered;

	enum answer_kind answer;    /* the packet that decided, else the first */
	int8_t answer_entry;	    /* NO_ENTRY without one */
	struct address answer_from; /* who sent it: for ICMP the router */
	/* the TTL of the same host's RST (for a SYN-ACK), or the reverse; 0: same or unknown */
	uint8_t other_ttl;

	struct drop_summary drop;
	/* the outermost device the SYN left by; 0 when nothing left */
	uint32_t ifindex;
	struct address wire_destination; /* set when it differs from the one asked for */
	struct address wire_source;	 /* set when it differs from the socket's own */

	enum app_result app_result;
	int32_t app_error; /* positive errno, 0 when there was none */
	bool app_agrees;   /* false: what the application was told contradicts the kernel */
};

/* What those who act by a verdict ask of it, by its reason (verdict.c). */
enum verdict_trait {
	/* only a route look-up shows a local target, or why connect() failed */
	VERDICT_RESTS_ON_ROUTE = 1 << 0,
	/* ... a neighbour look-up, whether the SYN waits for it */
	VERDICT_RESTS_ON_NEIGHBOUR = 1 << 1,
	/* it was lost or not seen, and may be there the next time */
	VERDICT_LACKS_EVIDENCE = 1 << 2,
	/* nothing was tried, so nothing is to come; and the port may be free the next time */
	VERDICT_LACKS_PORT = 1 << 3,
	/* this host itself took the SYN: nothing is said of the target */
	VERDICT_ENDS_HERE = 1 << 4,
	/* this host made the answer: its time is no round trip */
	VERDICT_IS_FORGED_HERE = 1 << 5,
	VERDICT_OF_HOP_LIMIT = 1 << 6,
};

bool verdict_has(const struct verdict *verdict, enum verdict_trait trait);

/* One more entry that it rests on, unless it is NO_ENTRY, cited already, or one too many. */
void verdict_cite(struct verdict *verdict, int index);

/* What an ICMP error about our SYN means: a table of RFC 792, 1122, 1812 and 4443. */
struct icmp_meaning {
	uint8_t type;
	uint8_t code;
	enum status status;
	enum reason reason;
	const char *words; /* "host unreachable" */
};

/* NULL: no failure of the connection (too big …), or unknown. family: AF_INET or AF_INET6. */
const struct icmp_meaning *icmp_meaning(int family, uint8_t type, uint8_t code);

#endif
