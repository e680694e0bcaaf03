/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `ktcping [probe]`. */
#ifndef APP_PROBE_H
#define APP_PROBE_H

/* argv[0] is the program's name. Returns the exit status. */
int command_probe(int argc, char **argv);

#endif
