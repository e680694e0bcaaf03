/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which options contradict each other, or what is to be probed. */
#ifndef APP_OPTIONS_CHECK_H
#define APP_OPTIONS_CHECK_H

#include "user/app/options/options.h"

/*
 * All is parsed, but options->family is what -4 or -6 said. is_given: by key, OPTION_KEY_COUNT of them. Returns 0, or -EINVAL with a sentence on the
 * first contradiction.
 */
int options_check(const struct options *options, const bool *is_given, struct error *ret_error);

#endif
