/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What another program was told, and how that contradicts the kernel. */
#ifndef WORDS_EXPLAIN_APP_VIEW_H
#define WORDS_EXPLAIN_APP_VIEW_H

#include "user/core/verdict/judgement.h"

/* "connect() EINPROGRESS 0.1 ms, poll() out 12.3 ms, SO_ERROR 0 12.3 ms". text as in explain.h. */
char *explain_app_view(const struct attempt *attempt, char *text);
/* How that contradicts the kernel, or NULL when it does not (app_agrees). text as above. */
char *explain_contradiction(const struct judgement *j, char *text);

#endif
