/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One copy of each name (drop reasons, functions, devices): few, and attempts point to them. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

/* a kernel has some 130 drop reasons, and few functions drop a connect's packets */
#define INTERN_MAX 512

struct intern {
	char *names[INTERN_MAX];
	unsigned count;
};

/* Lives until intern_release(); "" for "", or without room or memory. Zeroed: empty. */
const char *intern_name(struct intern *intern, const char *name);
void intern_release(struct intern *intern);

#endif
