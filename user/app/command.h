/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The subcommands. Each takes its own arguments, argv[0] being the program's name, and returns the
 * process's exit status.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

int command_probe(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_doctor(int argc, char **argv);

#endif
