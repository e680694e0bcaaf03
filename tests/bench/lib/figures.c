/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A list of figures, and what is said of it. */
#include "tests/bench/lib/figures.h"

#include <math.h>
#include <stdlib.h>

void figures_add(struct figures *figures, double value)
{
	if (figures->count == figures->capacity) {
		figures->capacity = figures->capacity ? 2 * figures->capacity : 256;
		figures->values =
			realloc(figures->values, figures->capacity * sizeof(*figures->values));
		if (!figures->values)
			abort();
	}
	figures->values[figures->count++] = value;
}

void figures_release(struct figures *figures)
{
	free(figures->values);
	*figures = (struct figures){0};
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

double figures_quantile(struct figures *figures, double share)
{
	size_t rank = (size_t)ceil(share * (double)figures->count);

	if (!figures->count)
		return 0;
	qsort(figures->values, figures->count, sizeof(*figures->values), compare);
	return figures->values[rank ? rank - 1 : 0];
}
