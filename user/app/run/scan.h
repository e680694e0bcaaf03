/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scan: many targets, each probed once. The same arrows as the pipeline's, but nothing is kept of a target beyond its probe, and several threads probe side
 * by side: each has a ring of the kernel's records, a core and sockets of its own (a shard), and shares with the others the source of targets and the output.
 */
#ifndef APP_SCAN_H
#define APP_SCAN_H

#include "user/app/run/pipeline_parts.h"

#define SCAN_ABOVE_TARGETS 64 /* what has more is a scan */

/* Is that what the options, and what is known of the hosts, come to? After open_arguments(). */
bool scan_is_meant(const struct pipeline *p);

/* Of a pipeline whose arguments are open. */
enum exit_code scan_run(struct pipeline *p);

#endif
