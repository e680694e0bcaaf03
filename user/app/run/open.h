/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run is put together, and taken apart. */
#ifndef APP_OPEN_H
#define APP_OPEN_H

#include "user/app/run/shared.h"

/*
 * Everything that takes privilege, memory or a name of the command line. Returns 0, or -errno with
 * the sentence; run_close() is due in either case.
 */
int run_open(struct run *run, struct error *ret_error);
void run_close(struct run *run);

#endif
