/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lab's client as an origin. */
#include "tests/scenarios/origin_fixture.h"

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

struct origin *client_origin(struct lab *lab, const struct source *source, char *text)
{
	struct error error;
	struct origin *origin;

	sprintf(text, "%d", lab->hosts[LAB_CLIENT].holder);
	origin = origin_new(text, source, &error);
	cr_assert(origin, "%s", error.text);
	return origin;
}
