/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The line that introduces a target: all that is known of it before the first probe, in words; so
 * also what its title adds to its label. An operation of text_renderer; see render.h.
 */
#ifndef RENDER_TEXT_TARGET_H
#define RENDER_TEXT_TARGET_H

#include "user/render/render.h"

void text_write_target(FILE *out, const struct render_style *style,
		       const struct target_report *report);

#endif
