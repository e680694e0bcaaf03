/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a scenario puts into a device's way: XDP programs that pass or drop, traffic control
 * programs that drop or write VLAN tags. Loaded by ip and tc.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Offsets of the byte that says what IP carries, behind the link-layer header. */
#define IPV4_PROTOCOL	 9
#define IPV6_NEXT_HEADER 6

static __always_inline int is_tcp(const unsigned char *data, const unsigned char *end)
{
	const struct ethhdr *link = (const void *)data;
	const unsigned char *ip = data + sizeof(*link);

	if (ip + IPV4_PROTOCOL + 1 > end)
		return 0;
	if (link->h_proto == bpf_htons(ETH_P_IP))
		return ip[IPV4_PROTOCOL] == IPPROTO_TCP;
	return link->h_proto == bpf_htons(ETH_P_IPV6) && ip[IPV6_NEXT_HEADER] == IPPROTO_TCP;
}

SEC("xdp/pass")
int pass(struct xdp_md *context)
{
	(void)context;
	return XDP_PASS;
}

/* Neighbours are still found. */
SEC("xdp/drop_tcp")
int drop_tcp(struct xdp_md *context)
{
	return is_tcp((const void *)(long)context->data, (const void *)(long)context->data_end)
		       ? XDP_DROP
		       : XDP_PASS;
}

SEC("tc/shoot_tcp")
int shoot_tcp(struct __sk_buff *packet)
{
	return is_tcp((const void *)(long)packet->data, (const void *)(long)packet->data_end)
		       ? TC_ACT_SHOT
		       : TC_ACT_UNSPEC;
}

/*
 * Tags of VLAN 0 only: a host takes such a frame for its own, whether it has VLAN devices or not.
 * The tag written last stays beside the packet, as a network card would deliver it; those before it
 * are in the packet.
 */
SEC("tc/tag")
int tag(struct __sk_buff *packet)
{
	bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021Q), 0);
	bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021Q), 0);
	return -1; /* whatever the filter's action is: pass */
}

SEC("tc/tag_twice")
int tag_twice(struct __sk_buff *packet)
{
	bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021Q), 0);
	bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021AD), 0);
	bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021Q), 0);
	return -1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
