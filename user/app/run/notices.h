/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the core notices of a probe is acted upon. */
#ifndef APP_NOTICES_H
#define APP_NOTICES_H

#include "user/app/run/lane.h"

/* context is the lane. */
void notices_take(void *context, const struct notice *notice);

#endif
