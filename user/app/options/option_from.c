// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options that say from where to probe. */
#include "user/app/options/option_from.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/option_value.h"

void option_take_port_range(struct taking *taking)
{
	struct source *source = &taking->options->source;

	taking_refuse(taking,
		      option_parse_port_range(taking->row, taking->text, &source->first_port,
					      &source->last_port, &taking->error));
}

static void take_address(struct taking *taking, const char *text)
{
	char letter = (char)taking->row->key, *by;
	struct address address = {0};

	taking_refuse(taking, option_parse_source(text, &address, &taking->error));
	by = &taking->parse->source_letter[address.family == AF_INET6];
	if (*by == 'S' || (*by && letter == 'S'))
		option_fail(taking->state,
			    "-%c %s: there is a source address for IPv%d already; "
			    "give one for each family",
			    letter, text, address.family == AF_INET ? 4 : 6);
	*by = letter;
	*(address.family == AF_INET ? &taking->options->source.v4 : &taking->options->source.v6) =
		address;
}

void option_take_source(struct taking *taking)
{
	take_address(taking, taking->text);
}

/* As ping: an address is a source, an IPv6 one with its interface or not; else an interface. */
void option_take_interface(struct taking *taking)
{
	const char *text = taking->text;
	const char *percent = strchr(text, ':') ? strchr(text, '%') : NULL;
	char head[ADDRESS_TEXT_MAX + 1]; /* longer than any address, so that a cut one is none */
	struct address address;

	if (address_parse(text, &address) == 0) {
		take_address(taking, text);
		return;
	}
	if (percent) {
		snprintf(head, sizeof(head), "%.*s", (int)(percent - text), text);
		take_address(taking, head);
		text = percent + 1;
	}
	taking_refuse(taking, option_check_interface(text, &taking->error));
	taking->options->source.device = text;
}

void option_take_namespace(struct taking *taking)
{
	struct options *options = taking->options;

	taking_check_not_empty(taking);
	for (size_t i = 0; i < options->namespace_count; i++)
		if (!strcmp(options->namespaces[i], taking->text))
			option_fail(taking->state,
				    "-N %s is there twice; give each network namespace once",
				    taking->text);
	options->namespaces[options->namespace_count++] = taking->text;
}
