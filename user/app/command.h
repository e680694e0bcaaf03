/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The subcommands: argv[0] is the program's name, the return its exit status. */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

int command_probe(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_doctor(int argc, char **argv);

#endif
