/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What another program asked about its connect, and what it was told: read from its system calls. A
 * program is not accused of what it cannot be seen to have done: that it printed "open" no call
 * tells, but whether it can have known, the calls do.
 */
#ifndef CORE_APP_VIEW_H
#define CORE_APP_VIEW_H

#include "user/core/verdict/facts.h"

/* Indices into the attempt's entries, the first of several unless said otherwise; or NO_ENTRY. */
struct app_view {
	/* a question after connect(): poll and kin, SO_ERROR, a transfer; or connect() waited */
	int asked;
	/* "connected", truly: connect() = 0, EISCONN, SO_ERROR = 0, the peer's name, a transfer */
	int success;
	/* POLLOUT without an error by poll() or epoll: "connected", if it asks no more */
	int ready;
	int failure;	/* told it of an error */
	int not_yet;	/* told it to wait; the last */
	int writable;	/* select() said so while there was no connection */
	int zero_error; /* SO_ERROR = 0, or a transfer of nothing, while there was no connection */
	int last;	/* of all but close(), the last */
	int early;	/* connect(), getpeername() or a transfer succeeded while there was none */
	int close;
	unsigned zero_errors;	 /* how many of these */
	unsigned idle_transfers; /* of nothing: they had to wait */
	/* some call told it that there is no connection, or an error, in whichever form */
	bool can_know;
	/* the kernel closed the socket of a process that ended, or was killed */
	bool is_by_exit;
	bool is_unseen; /* there may have been calls that were not seen */
};

void app_view_read(const struct facts *facts, struct app_view *ret_view);

/* The entry is one of the calls that told it something, or by which it gave up. */
bool app_view_is_call(const struct entry *entry);
/* Its connect() was entered then: times of what it was told count from there. */
uint64_t app_view_origin_ns(const struct attempt *attempt);

/* Nothing to come would change what the line says: it had the outcome, or has given up. */
bool app_view_is_settled(const struct facts *facts, const struct app_view *view);

/*
 * The notes that follow (NOTE_NEVER_ASKED ...), and app_result, app_error and app_agrees of another
 * program. When all else of the verdict is known.
 */
void app_view_judge(const struct facts *facts, struct verdict *verdict);

/* What a positive errno tells an application of its connect. */
enum app_result app_result_of_error(int error);

#endif
