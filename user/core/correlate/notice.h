/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the correlator has to say of an attempt, and when. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include "user/core/verdict/judgement.h"

enum notice_kind {
	/* about to be judged: what did the application learn, what is the neighbour's state? */
	NOTICE_QUERY = 1,
	NOTICE_VERDICT,
	NOTICE_AMENDMENT,
	/* the attempt is gone: drop what refers to it. `attempt` is valid for this one call only */
	NOTICE_RELEASED,
};

/*
 * NOTICE_QUERY comes once for an attempt of our own prober. The prober answers by feeding
 * EVENT_SOCKET_INFO, EVENT_APP (APP_POLL, then APP_SO_ERROR) and, unless it is open or closed
 * (`needs_path`), EVENT_ROUTE, EVENT_NEIGHBOUR and EVENT_LINK, if it is blocked (`needs_host`)
 * EVENT_HOST; APP_SO_ERROR comes last, and the verdict after it.
 *
 * Of another program's attempt it comes only when the verdict rests on what the route is
 * (`needs_path`); `verdict` is the one without an answer. The watch feeds EVENT_ROUTE, and
 * EVENT_NEIGHBOUR, stamped with that verdict's time.
 */
struct notice {
	enum notice_kind kind;
	const struct attempt *attempt; /* valid until the next call of feed or next */
	/* likewise; of a VERDICT those that it rests on, of an AMENDMENT all there are by then */
	const struct facts *facts;
	bool needs_path;
	/* NOTICE_QUERY: EVENT_HOST, too, for this host itself is to blame */
	bool needs_host;
	/* NOTICE_QUERY: the outermost device by which a SYN left; 0: none did */
	uint32_t left_by;
	/* the verdict; of AMENDMENT the one it amends; of another program's QUERY that so far */
	struct verdict verdict;
	struct amendment amendment;
};

/* For those who put it into words; of a VERDICT or an AMENDMENT. */
static inline struct judgement notice_judgement(const struct notice *notice)
{
	return (struct judgement){notice->attempt, notice->facts, &notice->verdict,
				  &notice->amendment};
}

#endif
