/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The only place where the arrows are: sources -> event -> correlate -> verdict -> report -> renderer. */
#ifndef APP_PIPELINE_H
#define APP_PIPELINE_H

#include "user/app/options/options.h"

/* Runs all probes of the options to their end, or to ^C. Writes data to stdout, or to the options' file, and talk to stderr. Returns the exit status. */
enum exit_code pipeline_run(const struct options *options);

#endif
