/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which options contradict the format, by what it has a place for. */
#ifndef APP_OPTION_FORMAT_H
#define APP_OPTION_FORMAT_H

#include "user/app/options/option_value.h"
#include "user/app/options/parse.h"

/* "-4", "--csv": what stands on the command line. Both return text. */
char *option_given_as(const struct option_row *row, char text[OPTION_TITLE_MAX]);
char *option_format_given_as(const struct format *format, char text[OPTION_TITLE_MAX]);

/* There is one, and all that was given goes with it. Returns 0, or -EINVAL with a sentence. */
int option_check_format(const struct parse *parse, struct error *ret_error);

#endif
