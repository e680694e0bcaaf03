// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Header bytes of any length, both as IPv4 and as IPv6. The first byte chooses the ethertype. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/core/packet.h"

static void check_parsed(const struct packet *packet, int family)
{
	FUZZ_CHECK(packet->kind == PACKET_TCP || packet->kind == PACKET_ICMP);
	FUZZ_CHECK(packet->source.family == family && packet->destination.family == family);
	if (packet->kind == PACKET_ICMP)
		FUZZ_CHECK(packet->quoted_source.family == family &&
			   packet->quoted_destination.family == family);
	if (!(packet->tcp.options & TCP_HAS_TIMESTAMPS))
		FUZZ_CHECK(!packet->tcp.tsval && !packet->tcp.tsecr);
}

static void parse(const uint8_t *header, size_t count, uint16_t ethertype)
{
	struct packet packet;
	int result;

	memset(&packet, 0xa5, sizeof(packet));
	result = packet_parse(header, count, ethertype, &packet);
	FUZZ_CHECK(result == 0 || result == -EBADMSG);
	if (result == 0)
		check_parsed(&packet, ethertype == 0x0800 ? AF_INET : AF_INET6);
}

void fuzz_packet(const uint8_t *bytes, size_t count)
{
	struct bytes rest = {bytes, count};
	unsigned choice = (unsigned)bytes_take(&rest, 1);
	uint8_t *exact;

	if (choice == 0xff) {
		struct packet packet;

		FUZZ_CHECK(packet_parse(rest.at, rest.left, (uint16_t)(count * 7), &packet) <= 0);
		return;
	}
	/* In memory of exactly that size: a byte beyond is an error that the sanitizer sees. */
	exact = malloc(rest.left ? rest.left : 1);
	FUZZ_CHECK(exact);
	if (rest.left)
		memcpy(exact, rest.at, rest.left);
	parse(exact, rest.left, choice & 1 ? 0x86dd : 0x0800);
	free(exact);
}
