/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ports as people write them: one, or a list of numbers, ranges and service names. */
#include "user/core/target/port_list.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/base/number.h"

#define PORT_MAX 65535
#define DIGITS	 "0123456789"

static bool is_number(const char *text)
{
	return *text && text[strspn(text, DIGITS)] == '\0';
}

static int port_number_parse(const char *text, uint16_t *ret_port, struct error *ret_error)
{
	uint64_t number;
	int result = number_parse(text, "port", 1, PORT_MAX, &number, ret_error);

	if (result == 0)
		*ret_port = (uint16_t)number;
	return result;
}

int port_parse(const char *text, target_service_lookup lookup, uint16_t *ret_port,
	       struct error *ret_error)
{
	int found;

	if (is_number(text))
		return port_number_parse(text, ret_port, ret_error);
	found = *text && lookup ? lookup(text) : -ENOENT;
	if (found < 1 || found > PORT_MAX)
		return error_set(ret_error, -EINVAL,
				 "port '%.60s' is neither a number from 1 to 65535 nor a TCP "
				 "service that this host knows: give the number",
				 text);
	*ret_port = (uint16_t)found;
	return 0;
}

/* Has it the form of a range? Then *ret_first and *ret_last are its ends; element is changed. */
static bool range_split(char *element, const char **ret_first, const char **ret_last)
{
	char *dash = element + strspn(element, DIGITS);

	if (dash == element || *dash != '-' || !is_number(dash + 1))
		return false;
	*dash = '\0';
	*ret_first = element;
	*ret_last = dash + 1;
	return true;
}

static int range_parse(char *element, target_service_lookup lookup, struct port_range *ret_range,
		       struct error *ret_error)
{
	const char *first, *last;
	struct port_range range = {0};
	int result;

	if (!*element)
		return error_set(ret_error, -EINVAL,
				 "there is nothing between two commas or at an end: write it like "
				 "22,80,8000-8010");
	if (!range_split(element, &first, &last)) {
		result = port_parse(element, lookup, &range.first, ret_error);
		range.last = range.first;
	} else {
		result = port_number_parse(first, &range.first, ret_error);
		if (result == 0)
			result = port_number_parse(last, &range.last, ret_error);
		if (result == 0 && range.first > range.last)
			result = error_set(ret_error, -EINVAL,
					   "the range '%s-%s' ends before it starts: write %s-%s",
					   first, last, last, first);
	}
	if (result == 0)
		*ret_range = range;
	return result;
}

static int list_append(struct port_list *list, uint16_t first, uint16_t last,
		       struct error *ret_error)
{
	/* Doubling, told by the count alone: a power of two is a full array. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t room = list->count ? list->count * 2 : 1;
		struct port_range *ranges = realloc(list->ranges, room * sizeof(*ranges));

		if (!ranges)
			return error_set(ret_error, -ENOMEM,
					 "there is no memory for %zu ranges: give fewer", room);
		list->ranges = ranges;
	}
	list->ranges[list->count++] = (struct port_range){first, last};
	return 0;
}

/* Adds the range's ports that `seen` (a bit a port) lacks, as few ranges as possible. */
static int list_add_unseen(struct port_list *list, uint8_t *seen, struct port_range range,
			   struct error *ret_error)
{
	int result = 0;

	for (uint32_t port = range.first; port <= range.last && result == 0; port++) {
		uint32_t first = port;

		while (port <= range.last && !(seen[port / 8] & (1u << port % 8))) {
			seen[port / 8] |= (uint8_t)(1u << port % 8);
			port++;
		}
		if (port > first)
			result =
				list_append(list, (uint16_t)first, (uint16_t)(port - 1), ret_error);
	}
	return result;
}

/* text is changed: its commas become ends. */
static int elements_parse(char *text, target_service_lookup lookup, struct port_list *list,
			  struct error *ret_error)
{
	uint8_t seen[(PORT_MAX + 1) / 8] = {0};
	char *next = text;

	while (next) {
		char *element = next, *comma = strchr(element, ',');
		struct port_range range = {0};
		int result;

		next = comma ? comma + 1 : NULL;
		if (comma)
			*comma = '\0';
		result = range_parse(element, lookup, &range, ret_error);
		if (result == 0)
			result = list_add_unseen(list, seen, range, ret_error);
		if (result < 0)
			return result;
	}
	return 0;
}

int port_list_parse(const char *text, target_service_lookup lookup, struct port_list *ret_list,
		    struct error *ret_error)
{
	struct port_list list = {0};
	char *copy = strdup(text);
	int result = copy ? elements_parse(copy, lookup, &list, ret_error)
			  : error_set(ret_error, -ENOMEM, "there is no memory for it");

	free(copy);
	if (result < 0) {
		port_list_release(&list);
		return error_prefix(ret_error, result, "cannot read the port list '%.60s'", text);
	}
	*ret_list = list;
	return 0;
}

void port_list_release(struct port_list *list)
{
	free(list->ranges);
	*list = (struct port_list){0};
}

size_t port_list_count(const struct port_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += (size_t)(list->ranges[i].last - list->ranges[i].first) + 1;
	return count;
}

uint16_t port_list_at(const struct port_list *list, size_t index)
{
	const struct port_range *range = list->ranges;

	assert(index < port_list_count(list));
	for (; index > (size_t)(range->last - range->first); range++)
		index -= (size_t)(range->last - range->first) + 1;
	return (uint16_t)(range->first + index);
}

uint16_t *port_list_expand(const struct port_list *list, size_t *ret_count)
{
	size_t count = port_list_count(list);
	uint16_t *ports = malloc((count ? count : 1) * sizeof(*ports)), *next = ports;

	if (!ports)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		for (uint32_t port = list->ranges[i].first; port <= list->ranges[i].last; port++)
			*next++ = (uint16_t)port;
	*ret_count = count;
	return ports;
}
