/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One run of probes: sources -> event -> correlate -> verdict -> report -> renderer, in one lane or
 * in several.
 */
#ifndef APP_RUN_H
#define APP_RUN_H

#include "user/app/options/options.h"

/*
 * Runs all probes of the options to their end, or to ^C. Writes data to stdout, or to the options'
 * file, and talk to stderr. Returns the exit status.
 */
enum exit_code run_probes(const struct options *options);

#endif
