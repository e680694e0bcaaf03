/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a scenario has a cgroup do to its sockets: drop their TCP, forbid their connects, send them
 * elsewhere. Loaded by libbpf.
 */
#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define DROP   0
#define FORBID 0
#define ALLOW  1

/* Offsets of the byte that says what IP carries; a cgroup sees no link-layer header. */
#define IPV4_PROTOCOL	 9
#define IPV6_NEXT_HEADER 6

static __always_inline int drop_tcp(const struct __sk_buff *packet)
{
	const unsigned char *ip = (const void *)(long)packet->data,
			    *end = (const void *)(long)packet->data_end;

	if (ip + IPV4_PROTOCOL + 1 > end)
		return ALLOW;
	return ip[ip[0] >> 4 == 6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL] == IPPROTO_TCP ? DROP : ALLOW;
}

SEC("cgroup_skb/egress")
int drop_egress(struct __sk_buff *packet)
{
	return drop_tcp(packet);
}

SEC("cgroup_skb/ingress")
int drop_ingress(struct __sk_buff *packet)
{
	return drop_tcp(packet);
}

SEC("cgroup/connect4")
int forbid4(struct bpf_sock_addr *context)
{
	(void)context;
	return FORBID;
}

SEC("cgroup/connect6")
int forbid6(struct bpf_sock_addr *context)
{
	(void)context;
	return FORBID;
}

/* As a service address becomes the host that serves it: to the lab's server. */
SEC("cgroup/connect4")
int to_server4(struct bpf_sock_addr *context)
{
	context->user_ip4 = bpf_htonl(0x0a020002);
	return ALLOW;
}

SEC("cgroup/connect6")
int to_server6(struct bpf_sock_addr *context)
{
	context->user_ip6[0] = bpf_htonl(0xfd000002);
	context->user_ip6[1] = 0;
	context->user_ip6[2] = 0;
	context->user_ip6[3] = bpf_htonl(2);
	return ALLOW;
}

/* To the client, which the sockets are of. */
SEC("cgroup/connect4")
int to_client4(struct bpf_sock_addr *context)
{
	context->user_ip4 = bpf_htonl(0x0a010002);
	return ALLOW;
}

SEC("cgroup/connect6")
int to_client6(struct bpf_sock_addr *context)
{
	context->user_ip6[0] = bpf_htonl(0xfd000001);
	context->user_ip6[1] = 0;
	context->user_ip6[2] = 0;
	context->user_ip6[3] = bpf_htonl(2);
	return ALLOW;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
