/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The record of a probe. */
#ifndef RENDER_JSON_PROBE_H
#define RENDER_JSON_PROBE_H

#include <stdbool.h>
#include <stdio.h>

#include "user/core/report.h"

/* has_timeline: else its "timeline" is null. */
void json_write_probe(FILE *out, const struct probe_report *report, bool has_timeline);

#endif
