/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The vocabulary of verdicts as a page to read. */
#ifndef RENDER_VERDICTS_H
#define RENDER_VERDICTS_H

#include <stdio.h>

/*
 * Each status with its reasons, then notes and amendments; 80 columns, without colour, for
 * terminals and pipes alike.
 */
void verdicts_write_text(FILE *out);

#endif
