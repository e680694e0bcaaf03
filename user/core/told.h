/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What another program asked about its connect, and what it was told: read from its system calls. A program is not accused of what it cannot be seen to
 * have done: that it printed "open" no call tells, but whether it can have known, the calls do.
 */
#ifndef CORE_TOLD_H
#define CORE_TOLD_H

#include "user/core/facts.h"

struct told {
	int asked; /* the first call after connect() that could have told it something: poll and its kin, SO_ERROR, connect() again, a transfer */
	int success; /* the first that told it "connected": connect() = 0 or EISCONN, SO_ERROR = 0 after it was writable, a name of the peer, a transfer */
	int failure;	     /* the first that told it of an error */
	int ready;	     /* the last that said the socket is ready */
	int zero_error;	     /* SO_ERROR = 0 while there was no connection */
	int early_name;	     /* getpeername() succeeded while there was none */
	int early_zero;	     /* connect() = 0 while there was none */
	int close;	     /* the last */
	bool has_read_error; /* by whatever call */
};

void told_read(const struct facts *facts, struct told *ret_told);

/* Nothing that is still to come would change what the line about this attempt says: it was told the outcome, or has given up. */
bool told_is_settled(const struct facts *facts, const struct told *told);

/* The notes that follow (NOTE_NEVER_ASKED ...), and app_result, app_error and app_agrees of another program. */
void told_judge(const struct facts *facts, struct verdict *verdict);

#endif
