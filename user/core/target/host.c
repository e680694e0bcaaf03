// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A network is never expanded in memory. */
#include "user/core/target/host.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

uint64_t host_address_count(const struct host *host)
{
	return address_is_set(&host->literal) ? 1ull << host->free_bits : 0;
}

uint64_t host_target_count(const struct host *host)
{
	uint64_t addresses = host->free_bits ? host_address_count(host) : 1, count;

	return __builtin_mul_overflow(addresses, port_list_count(&host->ports), &count) ? UINT64_MAX
											: count;
}

struct address host_address_at(const struct host *host, uint64_t index)
{
	struct address address = host->literal;
	unsigned last = address.family == AF_INET ? 3 : 15;

	assert(index < host_address_count(host));
	for (unsigned i = 0; i < sizeof(uint32_t); i++)
		address.bytes[last - i] |= (uint8_t)(index >> 8 * i);
	return address;
}

void host_release(struct host *host)
{
	free(host->name);
	port_list_release(&host->ports);
	*host = (struct host){0};
}
