/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lab's client as a place. */
#include "tests/scenarios/place_fixture.h"

#include <stdio.h>

struct address address_of(const char *text, uint16_t port)
{
	struct address address;

	cr_assert_eq(address_parse(text, &address), 0, "%s", text);
	address.port = port;
	return address;
}

struct source any_source(void)
{
	return (struct source){.tos = -1};
}

struct place *client_place(struct lab *lab, const struct source *source, char *text)
{
	struct error error;
	struct place *place;

	sprintf(text, "%d", lab->hosts[LAB_CLIENT].holder);
	place = place_new(text, source, &error);
	cr_assert(place, "%s", error.text);
	return place;
}
