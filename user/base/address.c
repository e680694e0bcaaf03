/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An IP address with a port, as a value. */
#include "user/base/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/digits.h"

static size_t byte_count(int family)
{
	return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

struct address address_make(int family, const void *bytes, uint16_t port)
{
	struct address address = {0};
	size_t count = byte_count(family);

	if (count == 0)
		return address;
	memcpy(address.bytes, bytes, count);
	address.family = (uint8_t)family;
	address.port = port;
	return address;
}

bool address_is_set(const struct address *address)
{
	return address->family != 0;
}

bool address_same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return address_same_host(a, b) && a->port == b->port;
}

bool address_is_loopback(const struct address *address)
{
	static const uint8_t v6_loopback[16] = {[15] = 1};
	static const uint8_t v4_mapped_127[13] = {[10] = 0xff, 0xff, 127};

	if (address->family == AF_INET)
		return address->bytes[0] == 127;
	if (address->family != AF_INET6)
		return false;
	return memcmp(address->bytes, v6_loopback, sizeof(v6_loopback)) == 0 ||
	       memcmp(address->bytes, v4_mapped_127, sizeof(v4_mapped_127)) == 0;
}

bool address_is_multicast(const struct address *address)
{
	return address->family == AF_INET
		       ? address->bytes[0] >> 4 == 0xe
		       : address->family == AF_INET6 && address->bytes[0] == 0xff;
}

bool address_is_limited_broadcast(const struct address *address)
{
	static const uint8_t all[] = {255, 255, 255, 255};

	return address->family == AF_INET && !memcmp(address->bytes, all, sizeof(all));
}

bool address_is_link_local(const struct address *address)
{
	return address->family == AF_INET6 && address->bytes[0] == 0xfe &&
	       (address->bytes[1] & 0xc0) == 0x80;
}

int address_parse(const char *text, struct address *ret_address)
{
	static const int families[] = {AF_INET, AF_INET6};
	uint8_t bytes[16];

	for (size_t i = 0; i < 2; i++) {
		if (inet_pton(families[i], text, bytes) == 1) {
			*ret_address = address_make(families[i], bytes, 0);
			return 0;
		}
	}
	return -EINVAL;
}

/* Returns the end of the text, without a NUL. */
static char *put_host(const struct address *address, char *to)
{
	switch (address->family) {
	case AF_INET:
		for (int i = 0; i < 4; i++) {
			to = digits_put(to, address->bytes[i], 1);
			*to++ = '.';
		}
		return to - 1;
	case AF_INET6:
		inet_ntop(AF_INET6, address->bytes, to, INET6_ADDRSTRLEN);
		return to + strlen(to);
	}
	return to;
}

char *address_format(const struct address *address, char *text)
{
	*put_host(address, text) = '\0';
	return text;
}

char *address_format_with_port(const struct address *address, char *text)
{
	char *to = text;

	if (address->family == AF_INET6)
		*to++ = '[';
	to = put_host(address, to);
	if (address->family == AF_INET6)
		*to++ = ']';
	if (to > text) {
		*to++ = ':';
		to = digits_put(to, address->port, 1);
	}
	*to = '\0';
	return text;
}

size_t address_to_sockaddr(const struct address *address, struct sockaddr_storage *ret_sockaddr)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(address->port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons(address->port),
				  .sin6_scope_id = address->scope};

	memset(ret_sockaddr, 0, sizeof(*ret_sockaddr));
	switch (address->family) {
	case AF_INET:
		memcpy(&v4.sin_addr, address->bytes, sizeof(v4.sin_addr));
		memcpy(ret_sockaddr, &v4, sizeof(v4));
		return sizeof(v4);
	case AF_INET6:
		memcpy(&v6.sin6_addr, address->bytes, sizeof(v6.sin6_addr));
		memcpy(ret_sockaddr, &v6, sizeof(v6));
		return sizeof(v6);
	}
	return 0;
}

int address_from_sockaddr(const struct sockaddr_storage *sockaddr, struct address *ret_address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (sockaddr->ss_family) {
	case AF_INET:
		memcpy(&v4, sockaddr, sizeof(v4));
		*ret_address = address_make(AF_INET, &v4.sin_addr, ntohs(v4.sin_port));
		return 0;
	case AF_INET6:
		memcpy(&v6, sockaddr, sizeof(v6));
		*ret_address = address_make(AF_INET6, &v6.sin6_addr, ntohs(v6.sin6_port));
		if (address_is_link_local(ret_address))
			ret_address->scope = v6.sin6_scope_id;
		return 0;
	}
	return -EAFNOSUPPORT;
}

bool address_is_unspecified(const struct address *address)
{
	static const uint8_t zeros[16];

	return !memcmp(address->bytes, zeros, sizeof(zeros));
}

struct address address_unmapped(const struct address *address)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	if (address->family != AF_INET6 || memcmp(address->bytes, prefix, sizeof(prefix)) != 0)
		return *address;
	return address_make(AF_INET, address->bytes + 12, address->port);
}
