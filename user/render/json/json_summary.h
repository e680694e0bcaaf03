/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The record of what a target's probes add up to. */
#ifndef RENDER_JSON_SUMMARY_H
#define RENDER_JSON_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>

#include "user/core/report.h"

/* A new record, NULL without memory. has_histogram: else its "histogram" is null. */
json_t *json_scan_record(const struct scan_report *report, bool has_histogram);
json_t *json_summary_record(const struct summary_report *report, bool has_histogram);

#endif
