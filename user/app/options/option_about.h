/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options that only say something, and end the process: kinds of option_take.c. */
#ifndef APP_OPTION_ABOUT_H
#define APP_OPTION_ABOUT_H

#include "user/app/options/parse.h"

void option_take_help(struct taking *taking);
void option_take_usage(struct taking *taking);
void option_take_version(struct taking *taking);
/* One that means different things in different tools. */
void option_take_refused(struct taking *taking);

#endif
