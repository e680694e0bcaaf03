/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An attempt's timeline as a list. */
#ifndef RENDER_JSON_TIMELINE_H
#define RENDER_JSON_TIMELINE_H

#include <jansson.h>

#include "user/core/attempt/attempt.h"

/* An object an entry, as -v shows it; what was left out is the last one. NULL without memory. */
json_t *json_timeline(const struct attempt *attempt);

#endif
