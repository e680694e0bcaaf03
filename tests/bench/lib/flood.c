/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* SYNs from a packet socket, many in one call. */
#include "tests/bench/lib/flood.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "user/base/error.h"

#define BATCH	    64
#define NOBODY	    "10.9.0.99"
#define SYN_OPTIONS 20 /* as long as Linux's: MSS, SACK, timestamps, window scale */

struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t options[SYN_OPTIONS];
};

struct batch {
	struct syn syns[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
	struct sockaddr_ll to;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void prepare(struct batch *batch, uint16_t port, int ifindex)
{
	static const uint8_t options[SYN_OPTIONS] = {2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
						     0, 1, 0, 0,   0, 0, 1, 3,	3, 7};

	*batch = (struct batch){.to = {.sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_IP),
				       .sll_ifindex = ifindex}};
	for (int i = 0; i < BATCH; i++) {
		struct syn *syn = &batch->syns[i];

		*syn = (struct syn){
			.ip = {.version = 4,
			       .ihl = 5,
			       .ttl = 64,
			       .protocol = IPPROTO_TCP,
			       .tot_len = htons(sizeof(*syn))},
			.tcp = {.dest = htons(port),
				.doff = (sizeof(syn->tcp) + SYN_OPTIONS) / 4,
				.syn = 1,
				.window = htons(64240)},
		};
		inet_pton(AF_INET, NOBODY, &syn->ip.saddr);
		inet_pton(AF_INET, LAB_PEER4, &syn->ip.daddr);
		memcpy(syn->options, options, sizeof(options));
		batch->parts[i] = (struct iovec){syn, sizeof(*syn)};
		batch->messages[i].msg_hdr = (struct msghdr){.msg_name = &batch->to,
							     .msg_namelen = sizeof(batch->to),
							     .msg_iov = &batch->parts[i],
							     .msg_iovlen = 1};
	}
}

/* The peer checks no checksum; it tells attempts apart by port and sequence number. */
static int send_batch(int fd, struct batch *batch, uint64_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		batch->syns[i].tcp.source = htons((uint16_t)(1024 + (first + i) % 60000));
		batch->syns[i].tcp.seq = htonl((uint32_t)(first + i));
	}
	return sendmmsg(fd, batch->messages, count, 0);
}

int64_t flood_run(struct lab *lab, uint16_t port, uint64_t per_second, unsigned time_ms,
		  struct error *ret_error)
{
	int fd = lab_socket(lab, LAB_CLIENT, AF_PACKET, SOCK_DGRAM), on = 1;
	uint64_t began_ns, elapsed_ns, sent = 0, due;
	struct ifreq device = {.ifr_name = "tun0"};
	struct batch batch;

	if (fd < 0)
		return error_set(ret_error, fd, "no packet socket in the client: %s",
				 strerror(-fd));
	ioctl(fd, SIOCGIFINDEX, &device);
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	prepare(&batch, port, device.ifr_ifindex);
	began_ns = now_ns();
	while ((elapsed_ns = now_ns() - began_ns) < time_ms * 1000000ull) {
		due = per_second ? elapsed_ns * per_second / 1000000000 : sent + BATCH;
		if (due > sent) {
			int count = send_batch(fd, &batch, sent,
					       due - sent < BATCH ? (unsigned)(due - sent) : BATCH);

			sent += count > 0 ? (unsigned)count : 0;
		}
	}
	close(fd);
	return (int64_t)sent;
}
