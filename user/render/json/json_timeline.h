/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An attempt's timeline as a list. */
#ifndef RENDER_JSON_TIMELINE_H
#define RENDER_JSON_TIMELINE_H

#include "user/core/attempt/attempt.h"
#include "user/render/json/json_record.h"

/* The field "timeline": an object an entry, as -v shows it; what was left out is the last one. */
void json_put_timeline(struct json_record *record, const struct attempt *attempt);

#endif
