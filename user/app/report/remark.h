/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What there is to say of a watch as a whole, beside its counts. */
#ifndef APP_REMARK_H
#define APP_REMARK_H

#include "user/app/report/session.h"
#include "user/core/report.h"

#define REMARK_MAX 1024

/*
 * NULL: nothing. refused: connects that there was no room for. text has REMARK_MAX bytes.
 */
const char *remark_of(const struct session *session, const struct run_report *report,
		      uint64_t refused, char *text);

#endif
