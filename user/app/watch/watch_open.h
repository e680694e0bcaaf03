/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A watch is put together, and taken apart. */
#ifndef APP_WATCH_OPEN_H
#define APP_WATCH_OPEN_H

#include "user/app/watch/shared.h"

/*
 * From options, signal_fd -1 and a prepared command. Returns 0, or -errno with the sentence;
 * watch_close() is due in either case.
 */
int watch_open(struct watch *w, struct error *ret_error);
void watch_close(struct watch *w);

#endif
