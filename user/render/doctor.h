/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The report of `doctor`, for people and for machines. */
#ifndef RENDER_DOCTOR_H
#define RENDER_DOCTOR_H

#include <stdio.h>

#include "user/core/doctor.h"
#include "user/render/render.h"

/* Facts, then one line a facility (wrapped on a terminal), then the conclusion. Of the style only colour and columns matter. */
void doctor_write_text(FILE *out, const struct render_style *style, const struct doctor_report *report);

/* One object a line: "fact"s, "facility"s, and "doctor" last. */
void doctor_write_json(FILE *out, const struct doctor_report *report);

#endif
