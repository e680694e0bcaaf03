/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which ports: a list of ports, ranges and service names. */
#ifndef CORE_PORT_LIST_H
#define CORE_PORT_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "user/base/error.h"

struct port_range {
	uint16_t first;
	uint16_t last;
};

/* "22,80,8000-8010": in the order given, duplicates dropped. */
struct port_list {
	struct port_range *ranges; /* owned; free with port_list_release() */
	size_t count;
};

/* A service name's TCP port, or -ENOENT: getservbyname() is not pure, so it is handed in. */
typedef int (*target_service_lookup)(const char *name);

/* "443" or a service name. lookup may be NULL. Returns 0, -EINVAL or -ERANGE with the range. */
int port_parse(const char *text, target_service_lookup lookup, uint16_t *ret_port,
	       struct error *ret_error);

/* Ports, ranges, service names. Returns 0, -EINVAL, -ERANGE, -ENOMEM (*ret_list untouched). */
int port_list_parse(const char *text, target_service_lookup lookup, struct port_list *ret_list,
		    struct error *ret_error);
void port_list_release(struct port_list *list);
size_t port_list_count(const struct port_list *list);
/* The index-th port, in the list's order; index < port_list_count(). */
uint16_t port_list_at(const struct port_list *list, size_t index);
/* All of them in that order, one by one, for the caller to free. NULL without memory. */
uint16_t *port_list_expand(const struct port_list *list, size_t *ret_count);

#endif
