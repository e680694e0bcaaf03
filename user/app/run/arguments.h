/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of opening that is about the command line: hosts, origins, files. */
#ifndef APP_ARGUMENTS_H
#define APP_ARGUMENTS_H

#include "user/app/run/shared.h"

/* Returns 0, or -errno with the sentence. */
int run_open_arguments(struct run *run, struct error *ret_error);

#endif
