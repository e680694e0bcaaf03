/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What signals ask of a watch. */
#ifndef APP_WATCH_SIGNALS_H
#define APP_WATCH_SIGNALS_H

#include "user/app/watch/shared.h"

/*
 * Whatever has come. Output that waits for its reader may go on waiting when it returns true.
 * context is the watch.
 */
bool watch_take_signals(void *context);

#endif
