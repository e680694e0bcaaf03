/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Is it a terminal, and what can that do? */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H

#include "user/render/render.h"

/* Colour and columns by terminal, NO_COLOR and TERM; without a terminal neither. */
struct render_style terminal_style(FILE *out);

/* 80 when it does not say. */
size_t terminal_columns(FILE *terminal);

/* A line can be overwritten. */
bool terminal_is_live(FILE *out);

#endif
