/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests of words, lines and files of targets share. */
#include "tests/unit/target_fixture.h"

#include <errno.h>
#include <string.h>

int find_service(const char *name)
{
	static const struct {
		const char *name;
		int port;
	} services[] = {{"http", 80},	    {"https", 443}, {"ssh", 22},
			{"ms-sql-s", 1433}, {"9pfs", 564},  {"broken", 70000}};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strcmp(services[i].name, name) == 0)
			return services[i].port;
	}
	return -ENOENT;
}

void host_describe(const struct host *host, char *text)
{
	size_t count = port_list_count(&host->ports);
	char label[TARGET_LABEL_MAX];

	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, target_label(host->name, port_list_at(&host->ports, i), label));
	}
}
