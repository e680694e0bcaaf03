/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The records of what a target's probes, and a scan's, add up to. */
#ifndef RENDER_JSON_SUMMARY_H
#define RENDER_JSON_SUMMARY_H

#include <stdbool.h>
#include <stdio.h>

#include "user/core/report.h"

/* has_histogram: else its "histogram" is null. */
void json_write_scan(FILE *out, const struct scan_report *report, bool has_histogram);
void json_write_summary(FILE *out, const struct summary_report *report, bool has_histogram);

#endif
