/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where to: a host, or a network, and the ports on which it is to be probed. */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "user/base/address.h"
#include "user/core/target/port_list.h"

#define TARGET_NAME_MAX	    254 /* RFC 1035 section 2.3.4: 253 characters, and the NUL */
#define TARGET_DEFAULT_PORT 80

struct host {
	char *name; /* as typed, without brackets and port, with the scope; owned */
	/* set when the name is an address; scope and port 0. Of a network the lowest one */
	struct address literal;
	/* of a network: how many of its addresses' last bits are free; else 0 */
	uint8_t free_bits;
	const char *scope;	/* "eth0" of a literal fe80::1%eth0, within name; NULL: none */
	struct port_list ports; /* at least one; owned */
};

void host_release(struct host *host);

/* Addresses times ports, as far as one can tell: of a name one address. Saturates. */
uint64_t host_target_count(const struct host *host);

/* Of a literal or a network; index < host_address_count(). A network is never expanded. */
uint64_t host_address_count(const struct host *host);
struct address host_address_at(const struct host *host, uint64_t index);

#endif
