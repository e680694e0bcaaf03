// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The path's view: a followed socket's SYN at the devices of other namespaces, where its addresses
 * may be others and its socket forgotten. It is known again by its initial sequence number. It says
 * where the SYN went, never what the answer was. Loaded only when that is asked for.
 */
#include "bpf/sighting.bpf.h"

/*
 * Another connection's number may be the same by chance: so the destination, its port or the source
 * port has to be what it was.
 */
static __always_inline bool is_alike(const struct ktp_tuple *a, const struct ktp_tuple *b)
{
	const __u32 *to_a = (const __u32 *)a->remote, *to_b = (const __u32 *)b->remote;

	return a->remote_port == b->remote_port || a->local_port == b->local_port ||
	       (to_a[0] == to_b[0] && to_a[1] == to_b[1] && to_a[2] == to_b[2] &&
		to_a[3] == to_b[3]);
}

static __always_inline struct ktp_socket *find_sender(const struct ktp_packet *packet, __u32 netns,
						      struct ktp_sighting *sighting)
{
	struct ktp_attempt *attempt = bpf_map_lookup_elem(&ktp_isns, &packet->seq);
	struct ktp_socket *socket = attempt ? ktp_followed(attempt->cookie) : NULL;

	if (!socket || socket->number != attempt->number || socket->netns == netns ||
	    !is_alike(&socket->tuples[0], &packet->tuple))
		return NULL;
	sighting->cookie = attempt->cookie;
	sighting->number = attempt->number;
	sighting->netns = socket->netns;
	sighting->hop_netns = netns;
	sighting->ring = socket->ring;
	return socket;
}

static __always_inline int pass(const struct sk_buff *skb, const struct net_device *dev,
				const void *ip, bool is_received)
{
	struct ktp_sighting sighting = {.kind = KTP_HOP, .is_received = is_received};
	struct ktp_packet_event *event;
	struct ktp_packet packet = {};
	struct ktp_socket *socket;

	if (!ktp_read_segment(ip, &packet) ||
	    (packet.flags & (KTP_SYN | KTP_ACK | KTP_RST)) != KTP_SYN)
		return 0;
	socket = find_sender(&packet, ktp_dev_netns(dev), &sighting);
	if (!socket || socket->hops >= KTP_HOPS_MAX)
		return 0;
	socket->hops++; /* not atomic: one more does no harm */
	event = ktp_reserve_unneeded(sighting.ring, sizeof(*event));
	if (!event)
		return 0;
	ktp_fill_packet(event, &sighting, skb, dev, ip, packet.tuple.family);
	ktp_submit(sighting.ring, event, false);
	return 0;
}

SEC("?ktp_tp/net_dev_start_xmit")
int BPF_PROG(ktp_path_xmit, const struct sk_buff *skb, const struct net_device *dev)
{
	if (ktp_is_idle())
		return 0;
	return pass(skb, dev, ktp_network_header(skb), false);
}

SEC("?ktp_tp/netif_receive_skb")
int BPF_PROG(ktp_path_receive, const struct sk_buff *skb)
{
	const void *ip;
	int tags;

	if (ktp_is_idle())
		return 0;
	ip = BPF_CORE_READ(skb, data);
	tags = ktp_tag_bytes(ip, skb->protocol);
	return tags < 0 ? 0 : pass(skb, skb->dev, ip + tags, true);
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
