/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The record of a probe or of a program's connect, from which every format for machines takes its
 * fields: JSON the whole of it, CSV some of them as cells.
 */
#ifndef RENDER_JSON_PROBE_H
#define RENDER_JSON_PROBE_H

#include <jansson.h>
#include <stdbool.h>

#include "user/core/report.h"

/* A new record, NULL without memory. has_timeline: else its "timeline" is null. */
json_t *json_probe_record(const struct probe_report *report, bool has_timeline);

#endif
