/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An attempt's timeline as text: the three views of one connect, interleaved in the order in which
 * things happened.
 */
#ifndef RENDER_TIMELINE_H
#define RENDER_TIMELINE_H

#include <stdio.h>

#include "user/core/report.h"

/*
 * One line an entry: '*' when the verdict rests on it, the time since connect() was called (since
 * the first entry, when the call was not seen), the view it belongs to, and what happened. Then the
 * way of the first SYN in one line, and what is known to be missing, if anything.
 */
void timeline_write(FILE *out, const struct probe_report *report);

#endif
