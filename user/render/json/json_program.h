/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose connect it was, and what that program was told. */
#ifndef RENDER_JSON_PROGRAM_H
#define RENDER_JSON_PROGRAM_H

#include "user/core/report.h"
#include "user/render/json/json_record.h"

/* Both add to what is open, of the record of a connect; report->program is not NULL. */

/* To "app": what the program was told, and how that contradicts the kernel. */
void json_put_told(struct json_record *record, const struct probe_report *report);
/* To the record: who it was. */
void json_put_program(struct json_record *record, const struct probe_report *report);

#endif
