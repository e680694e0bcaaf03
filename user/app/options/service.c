// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Services by their names. */
#include "user/app/options/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>

int service_find(const char *name)
{
	const struct servent *service = getservbyname(name, "tcp");

	return service ? ntohs((uint16_t)service->s_port) : -ENOENT;
}
