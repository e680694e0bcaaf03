/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The formats of output. All that a format adds to the command line and to a run follows from its
 * row: its option, which others contradict it, which commands can write it. A new one is a renderer
 * and a row.
 */
#ifndef RENDER_FORMATS_H
#define RENDER_FORMATS_H

#include "user/render/render.h"

enum format_trait {
	FORMAT_IS_FOR_PEOPLE = 1 << 0,	 /* it may have a live line, and says a thing once */
	FORMAT_HAS_TIMELINE = 1 << 1,	 /* -v */
	FORMAT_HAS_SUMMARIES = 1 << 2,	 /* so far, and with --hist */
	FORMAT_HAS_OUTSTANDING = 1 << 3, /* -O */
	FORMAT_HAS_ROWS = 1 << 4, /* summaries carry the RTT of every single probe, and are all */
	FORMAT_HAS_PROGRAMS = 1 << 5, /* watch can write it */
	FORMAT_HAS_DOCTOR = 1 << 6,   /* and so can doctor */
};

struct format {
	const char *name;	 /* of its option, too */
	char letter;		 /* 0: none */
	const char *argument;	 /* of its option: how many probes; NULL: it has none */
	const char *description; /* for --help; NULL: no option, it is written without any */
	const char *shape;	 /* "one line a probe" */
	const struct renderer *renderer;
	unsigned traits; /* enum format_trait */
};

/* The first is the default, and what people read on stderr whatever is written elsewhere. */
extern const struct format formats[];
extern const size_t format_count;

/* NULL: there is none of that name. */
const struct format *format_find(const char *name);
bool format_has(const struct format *format, enum format_trait trait);

#endif
