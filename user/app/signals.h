/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run's signals, from a descriptor: ^C, SIGTERM, SIGHUP end it, ^\ shows its summary so far. */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

/*
 * Blocks SIGINT, SIGTERM, SIGQUIT, SIGHUP unless that is ignored (nohup), and `other` (0: none).
 * The descriptor, non-blocking, or -1 and errno.
 */
int signals_open(int other);

#endif
