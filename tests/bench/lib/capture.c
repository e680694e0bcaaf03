/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets with their stamps, paired by ports and sequence number. */
#include "tests/bench/lib/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
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

#include "tests/bench/lib/figures.h"
#include "user/base/error.h"

#define BUFFER_BYTES (64 << 20)
#define CLIENT_PORTS 65536

/* IPv4, TCP, SYN. */
static const struct sock_filter syn_filter[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 0, 6),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 4),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TH_SYN, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 256),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static int bind_to_device(int fd)
{
	struct sock_fprog program = {sizeof(syn_filter) / sizeof(syn_filter[0]),
				     (struct sock_filter *)syn_filter};
	struct ifreq request = {.ifr_name = "tun0"};
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int bytes = BUFFER_BYTES, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ||
	    ioctl(fd, SIOCGIFINDEX, &request) < 0)
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
		return error_set(ret_error, result, "cannot capture on tun0: %s",
				 strerror(-result));
	}
	*ret_capture = (struct capture){.fd = fd, .newest = calloc(CLIENT_PORTS, sizeof(uint32_t))};
	if (!ret_capture->newest)
		abort();
	return 0;
}

void capture_close(struct capture *capture)
{
	close(capture->fd);
	free(capture->exchanges);
	free(capture->newest);
	*capture = (struct capture){.fd = -1};
}

static struct exchange *add(struct capture *capture)
{
	if (capture->count == capture->capacity) {
		capture->capacity = capture->capacity ? 2 * capture->capacity : 1024;
		capture->exchanges = realloc(capture->exchanges,
					     capture->capacity * sizeof(*capture->exchanges));
		if (!capture->exchanges)
			abort();
	}
	return &capture->exchanges[capture->count++];
}

static struct exchange *find(const struct capture *capture, uint16_t client_port, uint16_t port,
			     uint32_t isn)
{
	for (uint32_t i = capture->newest[client_port]; i; i = capture->exchanges[i - 1].before) {
		struct exchange *exchange = &capture->exchanges[i - 1];

		if (exchange->port == port && exchange->isn == isn)
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
		*exchange = (struct exchange){client_port, port, ntohl(tcp->seq),
					      .first_syn_ns = time_ns,
					      .before = capture->newest[client_port]};
		capture->newest[client_port] = (uint32_t)capture->count;
	}
	if (!exchange->answer_ns)
		exchange->syn_ns = time_ns;
}

static void note_answer(struct capture *capture, const struct tcphdr *tcp, int64_t time_ns)
{
	struct exchange *exchange =
		find(capture, ntohs(tcp->dest), ntohs(tcp->source), ntohl(tcp->ack_seq) - 1);

	if (exchange && !exchange->answer_ns)
		exchange->answer_ns = time_ns;
}

static void note_packet(struct capture *capture, const uint8_t *packet, size_t length,
			bool is_outgoing, int64_t time_ns)
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
		note_packet(capture, packet, (size_t)length, from.sll_pkttype == PACKET_OUTGOING,
			    stamp_of(&message));
	}
	getsockopt(capture->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &statistics_bytes);
	return statistics.tp_drops;
}

const struct exchange *capture_find(const struct capture *capture, uint16_t client_port,
				    uint16_t port)
{
	const struct exchange *found = NULL;

	for (uint32_t i = capture->newest[client_port]; i; i = capture->exchanges[i - 1].before) {
		const struct exchange *exchange = &capture->exchanges[i - 1];

		if (exchange->port != port)
			continue;
		if (found)
			return NULL;
		found = exchange;
	}
	return found;
}

const struct exchange *capture_find_between(const struct capture *capture, uint16_t port,
					    int64_t from_ns, int64_t to_ns)
{
	const struct exchange *found = NULL;

	for (size_t i = 0; i < capture->count; i++) {
		const struct exchange *exchange = &capture->exchanges[i];

		if (exchange->port != port || exchange->first_syn_ns < from_ns ||
		    exchange->first_syn_ns > to_ns)
			continue;
		if (found)
			return NULL;
		found = exchange;
	}
	return found;
}

size_t capture_most_at_once(const struct capture *capture, uint16_t first_port, unsigned count)
{
	struct figures begun = {0}, ended = {0};
	size_t most = 0, over = 0;

	for (size_t i = 0; i < capture->count; i++) {
		const struct exchange *exchange = &capture->exchanges[i];

		if (exchange->port < first_port || exchange->port >= first_port + count ||
		    !exchange->answer_ns)
			continue;
		figures_add(&begun,
			    (double)(exchange->first_syn_ns - capture->exchanges[0].first_syn_ns));
		figures_add(&ended,
			    (double)(exchange->answer_ns - capture->exchanges[0].first_syn_ns));
	}
	figures_quantile(&begun, 1); /* sorts */
	figures_quantile(&ended, 1);
	for (size_t i = 0; i < begun.count; i++) {
		while (over < ended.count && ended.values[over] <= begun.values[i])
			over++;
		if (i + 1 - over > most)
			most = i + 1 - over;
	}
	figures_release(&begun);
	figures_release(&ended);
	return most;
}
