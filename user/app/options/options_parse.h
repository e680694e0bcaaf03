/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line of every command, by the one table of options. */
#ifndef APP_OPTIONS_PARSE_H
#define APP_OPTIONS_PARSE_H

#include "user/app/options/help.h"
#include "user/app/options/options.h"

/*
 * On a usage error it says so on stderr and exits with EXIT_USAGE; --help and --version print and
 * exit 0. Strings are argv's. The result is released with options_release().
 */
void options_parse(enum command command, int argc, char **argv, struct options *ret_options);
void options_release(struct options *options);

#endif
