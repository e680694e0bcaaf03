/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The seam to the output formats of `watch`, as render.h is to those of probes. */
#ifndef RENDER_WATCH_H
#define RENDER_WATCH_H

#include "user/render/render.h"

/* Each operation writes whole lines; `out`'s own error flag tells of failure. */
struct watch_renderer {
	/* It can see from now on. */
	void (*begin)(FILE *out, const struct render_style *style,
		      const struct watch_report *report);
	void (*connect)(FILE *out, const struct render_style *style,
			const struct connect_report *report);
	void (*amendment)(FILE *out, const struct render_style *style,
			  const struct amendment_report *report);
	/* One program and one destination. */
	void (*summary)(FILE *out, const struct render_style *style,
			const struct connects_report *report);
	/* After the last of these. */
	void (*end)(FILE *out, const struct render_style *style, const struct watch_report *report);
};

extern const struct watch_renderer watch_text_renderer;
extern const struct watch_renderer watch_json_renderer;

#endif
