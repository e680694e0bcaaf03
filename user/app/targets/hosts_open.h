/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the command line names, before any of it is resolved: the file is opened, targets are
 * counted.
 */
#ifndef APP_HOSTS_OPEN_H
#define APP_HOSTS_OPEN_H

#include "user/app/targets/hosts.h"

/*
 * Opens the file, and checks it unless bad lines are to be skipped: those are named on stderr.
 * Returns 0, or -errno with the sentence.
 */
int hosts_open(struct hosts *hosts, const struct options *options, struct error *ret_error);

#endif
