// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Made when it is shown: few of many targets are. */
#include "user/app/targets/target_text.h"

#include <string.h>

struct target_event *target_tell(const struct target *target, struct target_told *told)
{
	const struct resolved_host *host = target->host;
	const char *name = host->host.free_bits ? address_format(&target->address, told->name)
						: host->host.name;

	told->event = (struct target_event){
		.number = (uint32_t)target->number + 1,
		.name = name,
		.label = target_label(name, target->port, told->label),
		.netns = origin_name(target->origin),
		.failure = target->failure,
		.address = target->address,
		.address_count = host->address_total,
		.is_each_address = target->is_each_address,
		.resolve_ns = host->resolve_ns == TIME_UNKNOWN_NS ? 0 : host->resolve_ns,
	};
	if (target->kept) {
		told->event.source = target->kept->source;
		memcpy(told->event.device, target->kept->device, sizeof(told->event.device));
	}
	return &told->event;
}

const char *target_title(const struct target *target, const struct options *options, char *title)
{
	struct target_told told;

	return report_title(target_tell(target, &told), options->is_numeric, title);
}
