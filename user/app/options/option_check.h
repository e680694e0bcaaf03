/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which options contradict each other, or what is to be probed or watched. */
#ifndef APP_OPTION_CHECK_H
#define APP_OPTION_CHECK_H

#include "user/app/options/parse.h"

/* All is parsed; options->family is of -4 or -6 only. 0, or -EINVAL with a sentence. */
int options_check(const struct parse *parse, struct error *ret_error);

/* Can this host be probed with these options? A target_file_judge(); context: struct options. */
int options_judge(const void *context, const struct host *host, struct error *ret_error);

#endif
