/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The report of `doctor`, for machines. An operation of json_renderer; see render.h. */
#ifndef RENDER_JSON_DOCTOR_H
#define RENDER_JSON_DOCTOR_H

#include "user/render/render.h"

/* One object a line: "fact"s, "facility"s, and "doctor" last. */
void json_write_doctor(FILE *out, const struct render_style *style,
		       const struct doctor_report *report, struct doctor_shown *shown);

#endif
