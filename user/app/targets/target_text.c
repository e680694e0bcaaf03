// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Made when it is shown: few of many targets are. */
#include "user/app/targets/target_text.h"

#include <stdio.h>

const char *target_describe(const struct target *target, const struct options *options,
			    struct target_text *text)
{
	const struct resolved_host *host = target->host;
	const char *name = host->host.free_bits ? address_format(&target->address, text->name)
						: host->host.name;
	const char *netns = origin_name(target->origin);
	char address[ADDRESS_TEXT_MAX], origin[264] = "";

	target_label(name, target->port, text->label);
	if (netns)
		snprintf(origin, sizeof(origin), "@%s", netns);
	/* A literal with a device is an address already, and its device belongs to it. */
	if (options->is_numeric && address_is_set(&target->address) && !host->host.scope)
		snprintf(text->title, sizeof(text->title), "%s%s",
			 address_format_with_port(&target->address, address), origin);
	else if (target->is_each_address)
		snprintf(text->title, sizeof(text->title), "%s(%s)%s", text->label,
			 address_format(&target->address, address), origin);
	else
		snprintf(text->title, sizeof(text->title), "%s%s", text->label, origin);
	text->report = (struct target_report){
		.label = text->label,
		.title = text->title,
		.name = name,
		.netns_name = netns,
		.address = target->address,
		.address_count = host->address_total,
		.is_each_address = target->is_each_address,
		.resolve_ns = host->resolve_ns,
		.failure = target->failure,
	};
	if (target->kept) {
		text->report.source = target->kept->source;
		text->report.device = target->kept->device[0] ? target->kept->device : NULL;
	}
	return text->title;
}
