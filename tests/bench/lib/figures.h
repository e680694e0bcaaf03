/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A list of figures, and what is said of it. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stddef.h>

struct figures {
	double *values;
	size_t count, capacity;
};

void figures_add(struct figures *figures, double value);
void figures_release(struct figures *figures);

/*
 * The smallest value that at least the share (0 to 1) of all does not exceed; sorts them. 0 when
 * there is none.
 */
double figures_quantile(struct figures *figures, double share);

#endif
