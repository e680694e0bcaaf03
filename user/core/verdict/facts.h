/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a timeline shows, before any conclusion: SYNs that left, what came, what the socket did. */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include "user/base/time.h"
#include "user/core/verdict/verdict.h"

#define FACTS_MAX_SYNS 16
/* Indices into the attempt's entries, the first of several unless said otherwise; or NO_ENTRY. */
struct facts {
	const struct attempt *attempt;
	uint64_t until_ns; /* entries after this instant were not looked at */

	/* what the application did and was told */
	int connect_enter;
	int connect_return;
	int bind;     /* it failed, and connect() was not called */
	int poll;     /* the last */
	int so_error; /* the last */
	int close;    /* by the application */
	int deadline;
	int abandon;

	/* what the kernel would do */
	int route; /* the last */
	/* the last, when asked for after the attempt began: no way for a SYN any more */
	int route_lost;
	/* the last; of the one that our SYN waited for, where the kernel told of such */
	int neighbour;
	int waits_for; /* the last whose link-layer address the kernel kept our SYN for */
	/*
	 * The one to blame: that the kernel kept the dropped SYN for, or keeps it for; where it did
	 * not tell, the next hop that was asked for, but only one without an address on the device
	 * of the drop.
	 */
	int silent_neighbour;
	/* of a connect() that failed: the look-up that found something wrong; else the last */
	int refusing_route;
	int link; /* the last: the device that a SYN leaves by */
	int host; /* the last */
	/* the target is an address of this host, or was while the attempt ran */
	bool is_target_local;

	/* the socket */
	int info; /* the last */
	int syn_sent_state;
	int syn_received; /* SYN_SENT -> SYN_RECV: two SYNs crossed (RFC 9293, section 3.5) */
	/* the transition, or its first witness: our own packet, TCP_INFO, a call */
	int established;
	int closed_by_kernel; /* -> CLOSE before we closed it */
	/* the event; where that was not seen the error that only it can have led to */
	int reset_received;
	int error_report; /* one that told of an error */
	/* the last SYN that could not be sent again, and was told a negative errno */
	int unsent;
	/* a SYN that could not be sent again for want of a route, device or source address */
	int unroutable;
	int local_accept;

	int begun; /* the first SYN that left; where none did, SYN_SENT */
	/* our ACK of the SYN-ACK left, by itself or by the socket's count: the server may accept */
	int ack_sent;

	/* SYNs in time order, at the outermost device each; without those a driver dropped */
	int syns[FACTS_MAX_SYNS];
	unsigned syn_count;   /* may exceed FACTS_MAX_SYNS */
	unsigned syn_repeats; /* more of them, folded: when they left is not known */
	int first_queued;     /* the first SYN handed to a queue, transmitted or not */
	bool has_isn;
	uint32_t isn;
	bool is_on_loopback; /* the SYNs left by a loopback device */

	/*
	 * Of our own probes what came after the deadline, by the kernel's own stamps, is no answer
	 * to them, however late this was read; what the application was told then may be of that.
	 */
	bool is_answered_late;

	/*
	 * Events that must be missing, whether or not a loss was reported: the socket counts more
	 * SYNs than were seen, or a segment where none was, is or was in a state that no event led
	 * to, was told of an error that nothing led to, or accepted a RST without an event.
	 */
	unsigned missing;
	/* a part of it: by the socket's own word, another program's call, or a later packet */
	bool has_unseen_state;
	bool has_unseen_reset;	 /* a part of it: reset_received is another witness of it */
	bool has_unseen_segment; /* a part of it: the socket counts one, and none was observed */
	unsigned syns_counted;	 /* by the socket at `info`; 0: it was not asked */
	unsigned syns_observed;	 /* up to then: left, waiting in a queue, or dropped here */

	/* what came back, within the namespace */
	/* ack == ISN+1 (RFC 9293, section 3.10.7.3), or more where our SYN had data (RFC 7413) */
	int syn_ack;
	/* the SYN-ACK, where it came in by loopback: made on this host, however the SYN left */
	int own_answer;
	/* the first of these, when it was dropped here and syn_ack is a later one */
	int syn_ack_refused;
	/* as syn_ack, but bare: two SYNs had crossed, and our SYN-ACK is answered */
	int crossing_ack;
	int reset; /* as syn_ack */
	int icmp;  /* quoting our SYN: seq == ISN */
	int fragmentation_needed;
	int invalid; /* anything else from that tuple */
	/* What came, and is no evidence: the kernel found it damaged, or it cannot be read. */
	int damaged;
	int unreadable; /* a TCP header that ends before its time, or lies about its length */
	/* what came with our port and number, but not with the addresses of our SYN on the wire */
	int stray; /* a SYN-ACK or RST: ack == ISN+1 */
	/* quoting our SYN: seq == ISN; or with all that is right, but dropped here */
	int stray_icmp;
	int returned;	 /* our SYN itself, by no loopback device */
	int self_answer; /* that one's answer, by this host: over loopback */
	unsigned answer_count;
	/* this host's own, over loopback, where the SYNs left by another device: no answers */
	unsigned forged_count;
	/* perhaps an answer, but no evidence: damaged, unreadable, an ICMP error from elsewhere */
	unsigned doubtful_count;

	/* what this host dropped */
	int drop_out;		   /* our SYN, on its way out */
	bool is_dropped_by_driver; /* ... by a driver that had been given it, or a device below */
	/* our SYN, while it waited for the next hop's link-layer address, which was given up */
	int neighbour_failed;
	/* our SYN on this host's way in: by loopback, a VRF's device; the last before an answer */
	int drop_self;
	int drop_in; /* an answer: a right one, if there is one among them */
	/* that one is right, and was dropped before any device: by a driver, or in a backlog */
	bool is_answer_dropped;
	int bad_checksum;
	int drop_damaged;  /* of what came damaged or unreadable */
	int drop_stray;	   /* the first right answer of these */
	int drop_icmp;	   /* an ICMP error that quotes our SYN */
	int drop_returned; /* our SYN, on its way in again */
};

/*
 * Both ends repeat what has no answer after 1 s at the earliest (RFC 6298, section 2.1), and clocks
 * and queues get a tenth of it. Who waits less long has not even given the kernel's own second try
 * a chance; and what comes sooner than that is no repeat by a timer.
 */
#define REPEAT_EARLIEST_NS (9 * SECOND_NS / 10)

/* Does that number acknowledge our SYN? */
static inline bool facts_is_acknowledged(const struct facts *facts, uint32_t ack)
{
	return facts->has_isn && attempt_is_acknowledged(facts->attempt, facts->isn, ack);
}

static inline void facts_set_first(int *slot, int index)
{
	if (*slot == NO_ENTRY)
		*slot = index;
}

/* index: one of the facts', not NO_ENTRY. */
static inline const struct entry *entry_at(const struct facts *facts, int index)
{
	return &facts->attempt->entries[index];
}

/* Deadline, failed connect(), closed by the kernel or given up: no more to come that counts. */
bool facts_has_ended(const struct facts *facts);

/* The errno of bind() or connect(), 0 when that succeeded or is still under way. */
int facts_connect_error(const struct facts *facts);

/* drop: an entry's index, or NO_ENTRY, which is nothing. */
bool facts_has_left(const struct facts *facts);
/* Some SYN had left before that entry. */
bool facts_has_left_before(const struct facts *facts, int index);
/* TCP_INFO of an attempt found when the watch began; NULL: it is none. */
const struct entry *facts_late_info(const struct facts *facts);
/* The SYN for another host stayed on this one. */
bool facts_is_redirected(const struct facts *facts);
/* By the route itself: no rule turned it around. */
bool facts_is_sent_to_loopback(const struct facts *facts);
/* What refuses, or has come to refuse, is no route, but a routing rule. */
bool facts_is_by_rule(const struct facts *facts);
/* A RST that answers our SYN came in, and the socket took it. */
bool facts_is_accepted_reset(const struct facts *facts);
/* A SYN-ACK or RST that answers our SYN came in. */
bool facts_is_valid_answer(const struct facts *facts);
/* The segment's TSecr is the TSval of none of our SYNs, all of which are known. */
bool facts_echoes_nothing(const struct facts *facts, int segment);

/* The kernel's own name for a drop is enough where it is that plain. */
bool facts_is_dropped_as(const struct facts *facts, int drop, const char *reason);
bool facts_is_dropped_by(const struct facts *facts, int drop, const char *function);
/* Dropped while it waited for the next hop's link-layer address: no rule refused it. */
bool facts_is_neighbour_drop(const struct facts *facts, int drop);
/* Dropped by the device's queue. */
bool facts_is_queue_drop(const struct facts *facts, int drop);
/* Dropped because this host's rules, filters or programs say so. */
bool facts_is_policy_drop(const struct facts *facts, int drop);
/* TCP knew no socket for it. */
bool facts_is_without_socket(const struct facts *facts, int drop);
/* TCP itself refused the segment, as against a filter on the way to it or within it. */
bool facts_is_refused_by_tcp(const struct facts *facts, int drop);

/* What the socket was told, as a positive errno; 0 for nothing. */
int facts_reported_error(const struct facts *facts);
/* Can a refusal produce this errno? The kernel's own giving up, and an abort, are none. */
bool facts_is_refusal(int error);

#endif
