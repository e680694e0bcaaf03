/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two processes in the router that send at a rate. */
#include "tests/lab/noise.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/child.h"
#include "tests/lab/peer_packet.h"
#include "user/base/error.h"

#define SENDING_FD  3
#define BATCH	    64
#define CATCH_UP_NS 10000000
#define NAP_NS	    200000
#define PORTS	    20000 /* from this one on, so many */
#define SECOND_NS   1000000000ull

struct sender {
	int family;
	bool is_tcp;
	uint64_t per_second;
	uint64_t *sent;
};

struct batch {
	uint8_t bytes[BATCH][REPLY_MAX];
	struct sockaddr_storage to[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr messages[BATCH];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

/* What the segment answers is what the client would have sent. */
static size_t build_segment(int family, uint64_t number, uint8_t *packet)
{
	static const uint8_t flags[] = {TH_SYN, TH_ACK, TH_RST, TH_RST | TH_ACK};
	struct segment from_client = {.is_ipv6 = family == AF_INET6};
	struct tcp_reply reply = {
		.seq = (uint32_t)number * 4099, .ack = (uint32_t)number * 8209, .ttl = 64};

	reply.flags = flags[number % sizeof(flags)];
	inet_pton(family, family == AF_INET ? LAB_CLIENT4 : LAB_CLIENT6, from_client.source);
	inet_pton(family, family == AF_INET ? LAB_ROUTER4 : LAB_ROUTER6, from_client.destination);
	from_client.source_port = (uint16_t)(1 + number % 1000);
	from_client.destination_port = (uint16_t)(PORTS + number % PORTS);
	return tcp_reply_build(&from_client, &reply, packet);
}

static socklen_t build_address(int family, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
	if (family == AF_INET) {
		inet_pton(AF_INET, LAB_CLIENT4, &v4->sin_addr);
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	inet_pton(AF_INET6, LAB_CLIENT6, &v6->sin6_addr);
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

static void build(const struct sender *sender, struct batch *batch, uint64_t first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint16_t port = sender->is_tcp ? 0 : (uint16_t)(PORTS + (first + i) % PORTS);
		struct msghdr *header = &batch->messages[i].msg_hdr;

		batch->parts[i].iov_base = batch->bytes[i];
		batch->parts[i].iov_len =
			sender->is_tcp ? build_segment(sender->family, first + i, batch->bytes[i])
				       : 32;
		*header = (struct msghdr){
			.msg_name = &batch->to[i], .msg_iov = &batch->parts[i], .msg_iovlen = 1};
		header->msg_namelen = build_address(sender->family, port, &batch->to[i]);
	}
}

static _Noreturn void send_noise(const struct sender *sender)
{
	static struct batch batch;
	uint64_t due_ns = now_ns(), number = 0;

	for (;;) {
		uint64_t now = now_ns(), due;

		if (now - due_ns > CATCH_UP_NS)
			due_ns = now - CATCH_UP_NS;
		due = (now - due_ns) * sender->per_second / SECOND_NS;
		if (due < BATCH) {
			nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
			continue;
		}
		build(sender, &batch, number, BATCH);
		/*
		 * Also those that were refused: an ICMP error of an earlier one is told by a later
		 * call.
		 */
		sendmmsg(SENDING_FD, batch.messages, BATCH, 0);
		number += BATCH;
		due_ns += BATCH * SECOND_NS / sender->per_second;
		__atomic_store_n(sender->sent, number, __ATOMIC_RELAXED);
	}
}

static int start(struct lab *lab, struct sender sender, pid_t *ret_pid, struct error *ret_error)
{
	int fd = lab_socket(lab, LAB_ROUTER, sender.family, sender.is_tcp ? SOCK_RAW : SOCK_DGRAM);
	pid_t pid;

	if (fd < 0)
		return error_set(ret_error, fd, "no socket to make noise with: %s", strerror(-fd));
	pid = child_fork("ktcping-noise", SIGKILL, fd);
	if (pid == 0)
		send_noise(&sender);
	close(fd);
	if (pid < 0)
		return error_set(ret_error, -errno, "no process to make noise: %s",
				 strerror(errno));
	lab_move_far(lab, pid);
	*ret_pid = pid;
	return 0;
}

int noise_start(struct lab *lab, int family, unsigned per_second, struct noise *ret_noise,
		struct error *ret_error)
{
	struct noise noise = {{-1, -1}, NULL};
	int result = 0;

	noise.sent = mmap(NULL, 2 * sizeof(*noise.sent), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (noise.sent == MAP_FAILED)
		return error_set(ret_error, -errno, "no memory to count noise in: %s",
				 strerror(errno));
	for (int i = 0; i < 2 && result == 0; i++)
		result = start(lab, (struct sender){family, i == 1, per_second / 2, &noise.sent[i]},
			       &noise.senders[i], ret_error);
	if (result == 0)
		*ret_noise = noise;
	else
		noise_stop(&noise);
	return result;
}

uint64_t noise_stop(struct noise *noise)
{
	uint64_t sent;

	for (int i = 0; i < 2; i++)
		child_stop(noise->senders[i], SIGKILL);
	sent = noise->sent[0] + noise->sent[1];
	munmap(noise->sent, 2 * sizeof(*noise->sent));
	return sent;
}
