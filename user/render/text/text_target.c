// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The line that introduces a target. */
#include "user/render/text/text_target.h"

#include <inttypes.h>

#include "user/render/line.h"

static void put_resolution(struct line *line, const struct target_report *target)
{
	char address[ADDRESS_TEXT_MAX];
	double resolve_ms = (double)target->resolve_ns / 1e6;

	line_format(line, " (%s", address_format(&target->address, address));
	if (target->address_count > 1)
		line_format(line, "%s of %" PRIu32 " addresses",
			    target->is_each_address ? "" : ", 1", target->address_count);
	if (target->resolve_ns != TIME_UNKNOWN_NS)
		line_format(line, ", resolved in %.*f ms", resolve_ms < 1 ? 1 : 0, resolve_ms);
	line_put(line, ")");
}

static void put_path(struct line *line, const struct target_report *target)
{
	char source[ADDRESS_TEXT_MAX];
	bool has_source = address_is_set(&target->source);

	if (target->netns_name)
		line_format(line, " in %s", target->netns_name);
	if (has_source || target->device)
		line_put(line, " ·");
	if (has_source)
		line_format(line, " from %s", address_format(&target->source, source));
	if (target->device)
		line_format(line, " on %s", target->device);
	if (target->kernel)
		line_format(line, " · kernel %s", target->kernel);
	if (target->hooks)
		line_format(line, "%s%s", target->kernel ? ", " : " · ", target->hooks);
}

void text_write_target(FILE *out, const struct render_style *style,
		       const struct target_report *report)
{
	struct line line = {.out = out};

	if (style->is_quiet)
		return;
	if (report->failure) {
		line_format(&line, "%s: %s", report->title, report->failure);
	} else {
		line_put(&line, report->name);
		if (report->address_count > 0)
			put_resolution(&line, report);
		line_format(&line, " port %u", report->address.port);
		put_path(&line, report);
	}
	line_end(&line);
}
