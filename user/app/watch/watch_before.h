/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connects of processes given by number that were under way already. */
#ifndef APP_WATCH_BEFORE_H
#define APP_WATCH_BEFORE_H

#include "user/app/watch/shared.h"

/* They are listed, and followed from now on where that is possible. */
void watch_show_before(struct watch *w);

#endif
