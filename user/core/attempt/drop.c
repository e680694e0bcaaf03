// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The names are the kernel's own. */
#include "user/core/attempt/drop.h"

#include <string.h>

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words))
		words++;
	return *words;
}

bool drop_is_bad_checksum(const struct drop_entry *drop)
{
	static const char *const reasons[] = {"IP_CSUM", "TCP_CSUM", "ICMP_CSUM", "SKB_CSUM", NULL};

	return is_one_of(drop->reason, reasons);
}

/* Without a reason (some, and all before 5.17): these functions only look whether it is whole. */
bool drop_is_damage(const struct drop_entry *drop)
{
	static const char *const reasons[] = {"IP_INHDR", "IPV6_BAD_EXTHDR", "PKT_TOO_SMALL",
					      "HDR_TRUNC", NULL};
	static const char *const functions[] = {"ip_rcv_core", "ip6_rcv_core", "icmp_rcv",
						"icmpv6_rcv", NULL};
	bool has_reason = drop->reason[0] && strcmp(drop->reason, "NOT_SPECIFIED");

	return drop_is_bad_checksum(drop) || is_one_of(drop->reason, reasons) ||
	       (!has_reason && is_one_of(drop->function, functions));
}

/*
 * Before 6.13 IPv4 has no reason for it; IPv6 has one that says little more than that its header is
 * wrong.
 */
bool drop_is_martian(const struct drop_entry *drop, const struct address *source)
{
	static const char *const reasons[] = {"IP_LOCALNET", "IP_INVALID_SOURCE", "IP_LOCAL_SOURCE",
					      NULL};
	static const char *const functions[] = {"ip_rcv_finish_core", "ip6_rcv_core", NULL};
	bool is_impossible = address_is_loopback(source) || address_is_unspecified(source) ||
			     address_is_multicast(source) || address_is_limited_broadcast(source);

	return is_one_of(drop->reason, reasons) ||
	       (is_impossible && is_one_of(drop->function, functions));
}

bool drop_is_by_neighbour(const char *function)
{
	return !strncmp(function, "neigh_", 6) || !strncmp(function, "__neigh_", 8);
}

/* IPv6 has no drop reason of its own for it: there the function tells. */
bool drop_is_neighbour_failure(const struct drop_entry *drop)
{
	return !strcmp(drop->reason, "NEIGH_FAILED") || !strcmp(drop->function, "neigh_invalidate");
}
