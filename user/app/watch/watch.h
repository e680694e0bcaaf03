/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `ktcping watch`. */
#ifndef APP_WATCH_H
#define APP_WATCH_H

/* argv[0] is the program's name. Returns the exit status. */
int command_watch(int argc, char **argv);

#endif
