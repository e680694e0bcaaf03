/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The end of a scan as text. */
#ifndef RENDER_TEXT_SCAN_H
#define RENDER_TEXT_SCAN_H

#include "user/render/render.h"

void text_write_scan(FILE *out, const struct render_style *style, const struct scan_report *report);

#endif
