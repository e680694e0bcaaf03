/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One name through getaddrinfo(), and what its failures mean. */
#include "user/io/net/lookup.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "user/base/time.h"
#include "user/base/utf8.h"
#include "user/io/clock.h"

#define DESCRIPTORS_WAIT_NS (20 * SECOND_NS)
#define NAME_SHOWN_MAX	    50 /* leaves 87 bytes of the sentence for the reason */

/*
 * What the code means for the person who gave the name, and what to do; NULL: the library's own
 * words must do.
 */
static const char *failure_advice(int result, int family)
{
	switch (result) {
	case EAI_NONAME:
		return "no such name; check its spelling and the search domains in "
		       "/etc/resolv.conf";
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return family == AF_INET    ? "the name has no IPv4 address; try without -4"
		       : family == AF_INET6 ? "the name has no IPv6 address; try without -6"
					    : "the name exists but has no address";
	case EAI_AGAIN:
		return "no name server answered; check /etc/resolv.conf, or give an address";
	case EAI_FAIL:
		return "the name server refused or failed; check the name, or give an address";
	case EAI_IDN_ENCODE:
		return "it cannot be written in ASCII in this locale; give its xn-- form";
	}
	return NULL;
}

static void failure_describe(const char *name, int family, int error, struct lookup_answer *answer)
{
	const char *reason = failure_advice(answer->result, family);
	size_t length = strlen(name), shown = length < NAME_SHOWN_MAX ? length : NAME_SHOWN_MAX;
	char text[96];

	while (shown < length && utf8_is_continuation(name[shown]))
		shown--; /* not in the middle of a UTF-8 character */
	if (!reason && answer->result == EAI_SYSTEM)
		reason = strerror_r(error, text, sizeof(text));
	if (!reason)
		reason = gai_strerror(answer->result);
	snprintf(answer->failure, sizeof(answer->failure), "cannot resolve '%.*s%s': %s",
		 (int)shown, name, shown < length ? "..." : "", reason);
}

/* Returns false for what is no IP address. */
static bool info_address(const struct addrinfo *info, struct address *ret_address)
{
	struct sockaddr_storage sockaddr = {0};

	if (info->ai_addrlen > sizeof(sockaddr))
		return false;
	memcpy(&sockaddr, info->ai_addr, info->ai_addrlen);
	if (address_from_sockaddr(&sockaddr, ret_address) < 0)
		return false;
	*ret_address = address_unmapped(ret_address);
	return true;
}

static bool is_repeated(const struct addrinfo *all, const struct addrinfo *info,
			const struct address *address)
{
	struct address earlier;

	for (; all != info; all = all->ai_next) {
		if (info_address(all, &earlier) && address_same_host(&earlier, address) &&
		    earlier.scope == address->scope)
			return true;
	}
	return false;
}

static void addresses_collect(struct lookup_answer *answer, const struct addrinfo *all)
{
	for (const struct addrinfo *info = all; info; info = info->ai_next) {
		struct address address;

		if (!info_address(info, &address) || is_repeated(all, info, &address))
			continue;
		address.port = 0;
		answer->total++;
		if (answer->count < LOOKUP_MAX_ADDRESSES)
			answer->addresses[answer->count++] = address;
	}
}

/*
 * All descriptors are in use, by our own probes perhaps: that is no answer, and they are given back
 * soon.
 */
static bool is_worth_waiting(int error, uint64_t start_ns)
{
	static const struct timespec pause = {.tv_nsec = 2000000};

	if ((error != EMFILE && error != ENFILE) || clock_now_ns() - start_ns > DESCRIPTORS_WAIT_NS)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

void lookup_run(const char *name, int family, struct lookup_answer *answer)
{
	/*
	 * No AI_ADDRCONFIG: which addresses this host could reach is what the probe is going to
	 * find out.
	 */
	struct addrinfo hints = {.ai_family = family,
				 .ai_socktype = SOCK_STREAM,
				 .ai_protocol = IPPROTO_TCP,
				 .ai_flags = AI_IDN};
	struct addrinfo *all = NULL;
	uint64_t start_ns = clock_now_ns();
	int error;

	do {
		answer->result = getaddrinfo(name, NULL, &hints, &all);
		error = errno;
	} while (answer->result == EAI_SYSTEM && is_worth_waiting(error, start_ns));
	answer->elapsed_ns = clock_now_ns() - start_ns;
	if (answer->result == 0) {
		addresses_collect(answer, all);
		freeaddrinfo(all);
		if (answer->count == 0)
			answer->result = EAI_NODATA;
	}
	if (answer->result != 0)
		failure_describe(name, family, error, answer);
}
