/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Foreign text made harmless for a terminal. */
#ifndef RENDER_SAFE_H
#define RENDER_SAFE_H

#include <stddef.h>

/*
 * Copies foreign text without what could steer a terminal: C0, DEL, C1 (also as UTF-8) and invalid
 * UTF-8 become '?'. Cut to fit, at a character's boundary. Returns safe.
 */
char *safe_text(const char *foreign, char *safe, size_t size);

#endif
