/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets with their stamps, paired by ports and sequence number. */
#include "tests/bench/lib/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "user/base/error.h"

#define BUFFER_BYTES (64 << 20)

static int bind_to_device(int fd)
{
	struct ifreq request = {.ifr_name = "tun0"};
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int bytes = BUFFER_BYTES, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 || ioctl(fd, SIOCGIFINDEX, &request) < 0)
		return -errno;
	address.sll_ifindex = request.ifr_ifindex;
	return bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

int capture_open(struct lab *lab, struct capture *ret_capture, struct error *ret_error)
{
	int fd = lab_socket(lab, LAB_CLIENT, AF_PACKET, SOCK_DGRAM);
	int result = fd < 0 ? fd : bind_to_device(fd);

	if (result < 0) {
		if (fd >= 0)
			close(fd);
		return error_set(ret_error, result, "cannot capture on tun0: %s", strerror(-result));
	}
	*ret_capture = (struct capture){.fd = fd};
	return 0;
}

void capture_close(struct capture *capture)
{
	close(capture->fd);
	free(capture->exchanges);
	*capture = (struct capture){.fd = -1};
}

static struct exchange *add(struct capture *capture)
{
	if (capture->count == capture->capacity) {
		capture->capacity = capture->capacity ? 2 * capture->capacity : 1024;
		capture->exchanges = realloc(capture->exchanges, capture->capacity * sizeof(*capture->exchanges));
		if (!capture->exchanges)
			abort();
	}
	return &capture->exchanges[capture->count++];
}

static struct exchange *find(const struct capture *capture, uint16_t client_port, uint16_t port, uint32_t isn)
{
	for (size_t i = capture->count; i-- > 0;) {
		struct exchange *exchange = &capture->exchanges[i];

		if (exchange->client_port == client_port && exchange->port == port && exchange->isn == isn)
			return exchange;
	}
	return NULL;
}

static void note_syn(struct capture *capture, const struct tcphdr *tcp, int64_t time_ns)
{
	uint16_t client_port = ntohs(tcp->source), port = ntohs(tcp->dest);
	struct exchange *exchange = find(capture, client_port, port, ntohl(tcp->seq));

	if (!exchange) {
		exchange = add(capture);
		*exchange = (struct exchange){client_port, port, ntohl(tcp->seq), .first_syn_ns = time_ns};
	}
	if (!exchange->answer_ns)
		exchange->syn_ns = time_ns;
}

static void note_answer(struct capture *capture, const struct tcphdr *tcp, int64_t time_ns)
{
	struct exchange *exchange = find(capture, ntohs(tcp->dest), ntohs(tcp->source), ntohl(tcp->ack_seq) - 1);

	if (exchange && !exchange->answer_ns)
		exchange->answer_ns = time_ns;
}

static void note_packet(struct capture *capture, const uint8_t *packet, size_t length, bool is_outgoing, int64_t time_ns)
{
	struct iphdr ip;
	struct tcphdr tcp;

	if (length < sizeof(ip))
		return;
	memcpy(&ip, packet, sizeof(ip));
	if (ip.version != 4 || ip.protocol != IPPROTO_TCP || length < ip.ihl * 4 + sizeof(tcp))
		return;
	memcpy(&tcp, packet + ip.ihl * 4, sizeof(tcp));
	if (tcp.syn && !tcp.ack && is_outgoing)
		note_syn(capture, &tcp, time_ns);
	if (tcp.syn && tcp.ack && !is_outgoing)
		note_answer(capture, &tcp, time_ns);
}

static int64_t stamp_of(struct msghdr *message)
{
	struct timespec stamp = {0};

	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&stamp, CMSG_DATA(part), sizeof(stamp));
	return stamp.tv_sec * 1000000000ll + stamp.tv_nsec;
}

unsigned capture_read(struct capture *capture)
{
	struct tpacket_stats statistics = {0};
	socklen_t statistics_bytes = sizeof(statistics);
	uint8_t packet[256], control[128];
	struct sockaddr_ll from;

	for (;;) {
		struct iovec part = {packet, sizeof(packet)};
		struct msghdr message = {.msg_name = &from,
					 .msg_namelen = sizeof(from),
					 .msg_iov = &part,
					 .msg_iovlen = 1,
					 .msg_control = control,
					 .msg_controllen = sizeof(control)};
		ssize_t length = recvmsg(capture->fd, &message, MSG_DONTWAIT);

		if (length < 0)
			break;
		note_packet(capture, packet, (size_t)length, from.sll_pkttype == PACKET_OUTGOING, stamp_of(&message));
	}
	getsockopt(capture->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &statistics_bytes);
	return statistics.tp_drops;
}

const struct exchange *capture_find(const struct capture *capture, uint16_t client_port, uint16_t port)
{
	const struct exchange *found = NULL;

	for (size_t i = 0; i < capture->count; i++) {
		const struct exchange *exchange = &capture->exchanges[i];

		if (exchange->client_port != client_port || exchange->port != port)
			continue;
		if (found)
			return NULL;
		found = exchange;
	}
	return found;
}
