/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Other programs' connects as reports, to the renderer. */
#ifndef APP_WATCH_SHOW_H
#define APP_WATCH_SHOW_H

#include "user/app/watch/shared.h"

void watch_show_begin(struct watch *w);
void watch_show_connect(struct watch *w, const struct notice *notice);
void watch_show_amendment(struct watch *w, const struct notice *notice);
/* All summaries, so far or at the end, by this renderer to this file. */
void watch_show_summaries(struct watch *w, const struct renderer *renderer, FILE *out,
			  bool is_final);

#endif
