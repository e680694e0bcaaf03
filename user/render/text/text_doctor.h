/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The report of `doctor`, for people. An operation of text_renderer; see render.h. */
#ifndef RENDER_TEXT_DOCTOR_H
#define RENDER_TEXT_DOCTOR_H

#include "user/render/render.h"

/*
 * Facts, then one line a facility (wrapped on a terminal), then the conclusion. Of the style only
 * colour and columns matter.
 */
void text_write_doctor(FILE *out, const struct render_style *style,
		       const struct doctor_report *report, struct doctor_shown *shown);

#endif
