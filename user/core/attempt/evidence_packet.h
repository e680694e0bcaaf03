/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The roles that entries may have, and the part of evidence.c that gives packets theirs. */
#ifndef CORE_EVIDENCE_PACKET_H
#define CORE_EVIDENCE_PACKET_H

#include "user/core/attempt/handshake.h"

/* TCP_* of net/tcp_states.h, from 0 on. */
#define ROLE_STATES 16

/* Each has one entry, the first unless said otherwise. */
enum role {
	/* calls of another program: what app_view.h reads */
	ROLE_ENTER,
	ROLE_RETURN,
	ROLE_ASKED,
	ROLE_SUCCESS,
	ROLE_EARLY,
	ROLE_FAILURE,
	ROLE_NOT_YET, /* the last */
	ROLE_WRITABLE,
	ROLE_READY, /* after ESTABLISHED */
	ROLE_TROUBLE,
	ROLE_ZERO,
	ROLE_IDLE,
	ROLE_IDLE_LAST, /* several are another matter than one */
	ROLE_LAST_CALL, /* before ESTABLISHED */
	ROLE_CLOSE,
	ROLE_ABANDON,
	/* what the kernel would do */
	ROLE_ROUTE_LOCAL,
	ROLE_ROUTE_REFUSING,
	ROLE_ROUTE, /* the last, as the next four */
	ROLE_NEIGHBOUR,
	ROLE_WAITS_FOR,
	ROLE_LINK,
	ROLE_HOST,
	ROLE_INFO,
	/* the socket */
	ROLE_UNROUTABLE,
	ROLE_UNSENT, /* the last */
	ROLE_ERROR,
	/* what came */
	ROLE_SYN_ACK,
	ROLE_SYN_ACK_LAST,  /* before ESTABLISHED: the accepted one */
	ROLE_SYN_ACK_AGAIN, /* the last after it */
	ROLE_RESET,
	ROLE_RESET_LAST, /* before the socket took one */
	ROLE_CROSSING_ACK,
	ROLE_INVALID,
	ROLE_OTHER_TTL,
	ROLE_ICMP,
	ROLE_FRAGMENTATION,
	ROLE_STRAY, /* not with our addresses */
	ROLE_STRAY_ICMP,
	ROLE_RETURNED,
	ROLE_DAMAGED,
	ROLE_UNREADABLE,
	/* what left, besides SYNs */
	ROLE_ACK,
	ROLE_RESET_OUT,
	/* what was dropped */
	ROLE_DROP_OUT,
	ROLE_DROP_OUT_LAST, /* before an answer */
	ROLE_NEIGHBOUR_FAILED,
	ROLE_DROP_IN,
	ROLE_DROP_ANSWER,
	ROLE_DROP_STRAY,
	ROLE_DROP_DAMAGED,
	ROLE_DROP_RETURNED,
	/* of each state, and of each kind of event that has no other role */
	ROLE_STATE,
	ROLE_KIND = ROLE_STATE + ROLE_STATES,
	ROLE_COUNT = ROLE_KIND + EVENT_END + 1,
};

struct roles {
	const struct attempt *attempt;
	int8_t entries[ROLE_COUNT]; /* -1: none has the role */
	struct handshake handshake;
	bool is_syn_seen; /* by the time of the entry that is looked at */
};

static inline bool roles_have(const struct roles *roles, enum role role)
{
	return roles->entries[role] >= 0;
}

static inline void roles_keep_first(struct roles *roles, enum role role, unsigned index)
{
	if (!roles_have(roles, role))
		roles->entries[role] = (int8_t)index;
}

static inline void roles_keep_last(struct roles *roles, enum role role, unsigned index)
{
	roles->entries[role] = (int8_t)index;
}

/* The entry is a packet that left, one that came, one that was dropped. */
void evidence_read_sent(struct roles *roles, const struct entry *entry, unsigned index);
void evidence_read_received(struct roles *roles, const struct entry *entry, unsigned index);
void evidence_read_drop(struct roles *roles, const struct entry *entry, unsigned index);

#endif
