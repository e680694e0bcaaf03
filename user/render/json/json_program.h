/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose connect it was, and what that program was told. */
#ifndef RENDER_JSON_PROGRAM_H
#define RENDER_JSON_PROGRAM_H

#include <jansson.h>

#include "user/core/report.h"

/* Adds it to the record of a connect; report->program is not NULL. */
void json_put_program(json_t *record, const struct probe_report *report);

#endif
