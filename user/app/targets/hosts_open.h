/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the command line names, not resolved yet: the file is opened, targets are counted. */
#ifndef APP_HOSTS_OPEN_H
#define APP_HOSTS_OPEN_H

#include "user/app/targets/hosts.h"

/* Bad lines of the file are named on stderr, unless skipped. 0, or -errno with the sentence. */
int hosts_open(struct hosts *hosts, const struct options *options, struct error *ret_error);

#endif
