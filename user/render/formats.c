// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of formats. */
#include "user/render/formats.h"

#include <string.h>

/* Each in the file of its name. */
extern const struct renderer text_renderer;
extern const struct renderer json_renderer;
extern const struct renderer csv_renderer;   /* a header, then one line a probe (RFC 4180) */
extern const struct renderer fping_renderer; /* "example.com:443 : 0.41 0.40 -" for a target */

const struct format formats[] = {
	{
		.name = "text",
		.shape = "a line a probe, in columns",
		.renderer = &text_renderer,
		.traits = FORMAT_IS_FOR_PEOPLE | FORMAT_HAS_TIMELINE | FORMAT_HAS_SUMMARIES |
			  FORMAT_HAS_OUTSTANDING | FORMAT_HAS_PROGRAMS | FORMAT_HAS_DOCTOR,
	},
	{
		.name = "json",
		.letter = 'j',
		.description = "one JSON object a line",
		.shape = "one object a line",
		.renderer = &json_renderer,
		.traits = FORMAT_HAS_TIMELINE | FORMAT_HAS_SUMMARIES | FORMAT_HAS_OUTSTANDING |
			  FORMAT_HAS_PROGRAMS | FORMAT_HAS_DOCTOR,
	},
	{
		.name = "csv",
		.description = "one line of comma-separated values a probe or connect",
		.shape = "one line a probe",
		.renderer = &csv_renderer,
		.traits = FORMAT_HAS_PROGRAMS,
	},
	{
		.name = "fping",
		.letter = 'C',
		.argument = "N",
		.description = "N probes a target, then a line with their times as fping -C has it",
		.shape = "one line a target",
		.renderer = &fping_renderer,
		.traits = FORMAT_HAS_ROWS,
	},
};

const size_t format_count = sizeof(formats) / sizeof(formats[0]);

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < format_count; i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool format_has(const struct format *format, enum format_trait trait)
{
	return format->traits & trait;
}
