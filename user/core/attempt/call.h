/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What one system call of a program told it, by itself. Whether that was true, app_view.h says. */
#ifndef CORE_CALL_H
#define CORE_CALL_H

#include "user/core/attempt/attempt.h"

enum call_answer {
	CALL_SILENT, /* nothing: it was entered, or is no question */
	/* EINPROGRESS: the first time it says nothing of the outcome, later as CALL_WAIT */
	CALL_BEGUN,
	CALL_WAIT, /* still under way */
	CALL_IDLE, /* likewise, by a transfer of nothing */
	/* something has come of it, and no error that poll() and epoll would have told */
	CALL_READY,
	CALL_WRITABLE, /* likewise by select(), which says the same of an error */
	/* no connection, or an error: POLLERR, POLLHUP, ENOTCONN; or TCP_INFO and kin, perhaps */
	CALL_TROUBLE,
	CALL_ZERO,	/* no error, or nothing transferred */
	CALL_CONNECTED, /* what only a connection makes it say */
	CALL_FAILED,
	CALL_CLOSED, /* it gave the socket up */
};

/* The entry is an EVENT_APP. */
enum call_answer call_answer(const struct entry *entry);

#endif
