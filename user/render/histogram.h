/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The distribution of the RTTs as text, a line a bucket: its bounds, how many RTTs are in it, and a
 * bar.
 */
#ifndef RENDER_HISTOGRAM_H
#define RENDER_HISTOGRAM_H

#include <stdio.h>

#include "user/core/run/stats.h"

/*
 * From the first bucket that is not empty to the last; nothing without one. columns: the
 * terminal's, for bars of block characters that fit into it; 0: no terminal, bars of '#'. A bucket
 * that is not empty has a bar, however short, unless there is no column left for it.
 */
void histogram_write(FILE *out, const struct stats *stats, size_t columns);

#endif
