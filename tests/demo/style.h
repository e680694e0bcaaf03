/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the tour looks on a terminal. */
#ifndef DEMO_STYLE_H
#define DEMO_STYLE_H

/* SGR sequences; all empty without a terminal. */
struct style {
	const char *title, *command, *answer, *plain, *end;
};

#endif
