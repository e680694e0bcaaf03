/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the core notices is acted upon. */
#ifndef APP_NOTICES_H
#define APP_NOTICES_H

#include "user/app/run/lane.h"

void notices_take(struct lane *lane);

#endif
