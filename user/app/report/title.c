// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The label, and what tells it from its like: the address, the namespace. */
#include "user/app/report/title.h"

#include <stdio.h>
#include <string.h>

/* A literal with a device is an address already, and its device belongs to it. */
static bool has_device(const struct target_event *target)
{
	return target->address_count == 0 && strchr(target->name, '%');
}

char *title_of(const struct target_event *target, bool is_numeric, char *title)
{
	bool is_address = is_numeric && address_is_set(&target->address) && !has_device(target);
	const char *at = target->netns ? "@" : "", *netns = target->netns ? target->netns : "";
	char address[ADDRESS_TEXT_MAX];

	if (is_address)
		snprintf(title, TITLE_MAX, "%s%s%.255s",
			 address_format_with_port(&target->address, address), at, netns);
	else if (target->is_each_address)
		snprintf(title, TITLE_MAX, "%s(%s)%s%.255s", target->label,
			 address_format(&target->address, address), at, netns);
	else
		snprintf(title, TITLE_MAX, "%s%s%.255s", target->label, at, netns);
	return title;
}
