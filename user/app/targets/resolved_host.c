// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Addresses that are copied, and counted. */
#include "user/app/targets/resolved_host.h"

#include <stdlib.h>
#include <string.h>

#include "user/app/xalloc.h"

void resolved_host_release(struct resolved_host *host)
{
	if (!host || --host->references > 0)
		return;
	host_release(&host->host);
	free(host->addresses);
	free(host->failure);
	free(host);
}

void resolved_host_set(struct resolved_host *host, const struct address *addresses, uint32_t count,
		       uint32_t total)
{
	struct address *copy = must(calloc(count, sizeof(*copy)));

	memcpy(copy, addresses, count * sizeof(*copy));
	free(host->addresses);
	host->addresses = copy;
	host->address_count = count;
	host->address_total = total;
}

uint64_t resolved_host_probed_addresses(const struct resolved_host *host, bool is_each)
{
	if (host->host.free_bits)
		return host_address_count(&host->host);
	return is_each || !host->address_count ? host->address_count : 1;
}

struct address resolved_host_address(const struct resolved_host *host, uint64_t index)
{
	return host->host.free_bits ? host_address_at(&host->host, index) : host->addresses[index];
}

void resolved_host_set_addresses(struct resolved_host *host, const struct lookup_answer *answer)
{
	resolved_host_set(host, answer->addresses, answer->count, answer->total);
	host->resolve_ns = answer->elapsed_ns;
}
