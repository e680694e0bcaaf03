/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The seam to every output format. A renderer writes a report to a FILE; it decides nothing, and it
 * never sees stdout.
 *
 * Anything foreign (names, symbols, reasons of a resolver) goes through safe_text() before it
 * reaches a person's terminal.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "user/core/doctor.h"
#include "user/core/report.h"

enum timestamp_style {
	TIMESTAMP_NONE,
	TIMESTAMP_UNIX,	    /* 1767225600.123456 */
	TIMESTAMP_ISO,	    /* 2026-01-01T12:00:00.123456Z */
	TIMESTAMP_RELATIVE, /* seconds since the run began: 1.000123 */
};

/* How text is to look. Formats for machines ignore it. */
struct render_style {
	bool is_colour;
	bool is_quiet;	    /* summaries only */
	bool is_explaining; /* the explanation and hint for everything that is not plain open */
	unsigned verbosity; /* 1: the timeline of every probe */
	enum timestamp_style timestamp;
	size_t columns;	       /* the terminal's, for wrapping; 0: no terminal, no wrapping */
	size_t label_width;    /* 0: one target, so lines carry no label; else the longest label */
	size_t sequence_width; /* digits of the largest number to come; 0: not shown */
	bool has_histogram;    /* in the summary */
};

/* One output format. Each operation writes whole lines; `out`'s own error flag tells of failure. */
struct renderer {
	/* Before anything else. May be NULL. */
	void (*begin)(FILE *out, const struct render_style *style, const struct run_report *report);
	/*
	 * A target is about to be probed, or cannot be. NULL: this format has no place for it, and
	 * then the failure goes to stderr.
	 */
	void (*target)(FILE *out, const struct render_style *style,
		       const struct target_report *report);
	void (*probe)(FILE *out, const struct render_style *style,
		      const struct probe_report *report);
	/* NULL, as all below: this format has no place for it. */
	void (*move)(FILE *out, const struct render_style *style, const struct move_report *report);
	void (*outstanding)(FILE *out, const struct render_style *style,
			    const struct outstanding_report *report);
	void (*amendment)(FILE *out, const struct render_style *style,
			  const struct amendment_report *report);
	void (*summary)(FILE *out, const struct render_style *style,
			const struct summary_report *report);
	/* Instead of summaries, of a scan. */
	void (*scan)(FILE *out, const struct render_style *style, const struct scan_report *report);
	/*
	 * Alone: what this host and these privileges allow, as far as it is known and was not shown
	 * yet; after all of it the conclusion, once that is drawn.
	 */
	void (*doctor)(FILE *out, const struct render_style *style,
		       const struct doctor_report *report, struct doctor_shown *shown);
	/* After the last summary: what concerns all targets. */
	void (*end)(FILE *out, const struct render_style *style, const struct run_report *report);
};

#endif
