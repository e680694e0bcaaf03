/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One option of the command line into struct options, by its kind. */
#ifndef APP_OPTION_TAKE_H
#define APP_OPTION_TAKE_H

#include <argp.h>

#include "user/app/options/parse.h"

/*
 * text: its value, NULL without one. A value that cannot be meant is said on stderr, and ends the
 * process with EXIT_USAGE; so do --help and --version, with 0.
 */
void option_take(const struct option_row *row, char *text, struct argp_state *state);

#endif
