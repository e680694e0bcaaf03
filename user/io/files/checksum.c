// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* RFC 1071, over the pseudo-headers of RFC 9293, section 3.1, and RFC 8200, section 8.1. */
#include "user/io/files/checksum.h"

#include <netinet/in.h>

#define IPV4_HEADER  20
#define IPV6_HEADER  40
#define TCP_HEADER   20
#define TCP_CHECKSUM 16 /* where it is in the TCP header */

/* Where the TCP header begins, and the addresses, which stand one after the other. */
struct layout {
	size_t addresses;
	size_t address_bytes; /* of both */
	size_t tcp;
};

static uint32_t sum(const uint8_t *bytes, size_t count, uint32_t total)
{
	for (size_t i = 0; i < count; i++)
		total += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)total;
}

/* Extension headers and fragments are not looked into. */
static bool find_tcp(const uint8_t *bytes, size_t count, struct layout *ret_layout)
{
	if (count >= IPV4_HEADER && bytes[0] >> 4 == 4 && bytes[9] == IPPROTO_TCP &&
	    !((bytes[6] & 0x3f) | bytes[7]))
		*ret_layout = (struct layout){12, 8, (size_t)(bytes[0] & 0xf) * 4};
	else if (count >= IPV6_HEADER && bytes[0] >> 4 == 6 && bytes[6] == IPPROTO_TCP)
		*ret_layout = (struct layout){8, 32, IPV6_HEADER};
	else
		return false;
	return ret_layout->tcp >= IPV4_HEADER && count >= ret_layout->tcp + TCP_HEADER;
}

bool checksum_complete(uint8_t *bytes, size_t count)
{
	struct layout layout;
	uint8_t *field;
	uint32_t pseudo;
	uint16_t whole;

	if (!find_tcp(bytes, count, &layout))
		return false;
	field = bytes + layout.tcp + TCP_CHECKSUM;
	pseudo = sum(bytes + layout.addresses, layout.address_bytes,
		     IPPROTO_TCP + (uint32_t)(count - layout.tcp));
	if (fold(pseudo) != (field[0] << 8 | field[1]))
		return false;
	field[0] = field[1] = 0;
	whole = (uint16_t)~fold(sum(bytes + layout.tcp, count - layout.tcp, pseudo));
	field[0] = (uint8_t)(whole >> 8);
	field[1] = (uint8_t)whole;
	return true;
}
