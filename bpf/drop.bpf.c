// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this host threw away: dropped packets, and, where drops have no reason, bad checksums. */
#include "bpf/handover.bpf.h"
#include "bpf/sighting.bpf.h"

/* Tie a packet to a followed socket by the socket the kernel had in hand. */
static __always_inline bool find_by_cookie(__u64 cookie, const struct sk_buff *skb,
					   const struct net_device *dev, __u32 netns,
					   struct ktp_sighting *sighting)
{
	struct ktp_socket *socket = ktp_followed(cookie);

	/*
	 * A veth keeps skb->sk across the namespaces' boundary: what is dropped over there is
	 * another host's affair.
	 */
	if (!socket || (dev && netns != socket->netns))
		return false;
	sighting->cookie = cookie;
	sighting->number = socket->number;
	sighting->netns = socket->netns;
	sighting->ring = socket->ring;
	sighting->is_own = true;
	sighting->queued_ns = ktp_take_queued(socket, skb);
	return true;
}

/*
 * Or by its tuple, in either direction: on loopback our own SYN comes back in. Else by its number.
 * Needs a device to know the namespace.
 */
static __always_inline bool find_by_tuple(const void *ip, const struct net_device *dev, __u32 netns,
					  struct ktp_sighting *sighting)
{
	struct ktp_packet packet = {};
	struct ktp_attempt *attempt;

	if (!dev || !ktp_read_packet(ip, &packet))
		return false;
	packet.tuple.netns = netns;
	attempt = ktp_attempt_of(&packet.tuple);
	/* An ICMP error's tuple is that of the segment that it quotes: ours already. */
	if (!attempt && packet.kind == KTP_TCP)
		ktp_tuple_reverse(&packet.tuple);
	return ktp_find_owner(&packet, dev, sighting);
}

/*
 * A packet that has got no IP header yet (no route for a retransmit) was never one on the wire: the
 * failed retransmit is reported by itself.
 */
static __always_inline bool has_ip_header(const void *ip)
{
	__u8 version = 0;

	bpf_probe_read_kernel(&version, sizeof(version), ip);
	return version >> 4 == 4 || version >> 4 == 6;
}

#define KTP_XDP_MODE_DRV 1 /* enum bpf_xdp_mode: by the driver */

static const char symbol_format[] = "%ps";

static __always_inline void emit_drop(const struct ktp_sighting *sighting,
				      const struct sk_buff *skb, const struct net_device *dev,
				      const void *ip)
{
	struct ktp_drop_event *event = ktp_reserve(sighting->ring, sizeof(*event));

	if (!event)
		return;
	ktp_fill_packet(&event->packet, sighting, skb, dev, ip, 0);
	__builtin_memset(event->function, 0, sizeof(event->function));
	if (ktp_config.can_print_symbols)
		bpf_snprintf(event->function, sizeof(event->function), symbol_format,
			     (__u64 *)&sighting->location, sizeof(sighting->location));
	ktp_submit(sighting->ring, event, false);
}

/*
 * A veth drops what the other end has no room for with that end's device, although nothing over
 * there has received it: skb_scrub_packet() clears skb_iif, __netif_receive_skb_core() sets it. It
 * never left its own namespace, and the device is none of that. An XDP program over there does
 * receive.
 */
static __always_inline const struct net_device *drop_device(const struct sk_buff *skb)
{
	const struct net_device *dev = skb->dev;
	const struct sock *sk = skb->sk;

	if (!dev || !sk || skb->skb_iif || ktp_sock_netns(sk) == ktp_dev_netns(dev))
		return dev;
	return BPF_CORE_READ(dev, xdp_state[KTP_XDP_MODE_DRV].prog) ? dev : NULL;
}

/*
 * By the context: how many arguments there are depends on the kernel, and reading one more would
 * not load.
 */
static __always_inline int take_drop(unsigned long long *ctx)
{
	const struct sk_buff *skb = ktp_readable_skb((const struct sk_buff *)ctx[0]);
	struct ktp_sighting sighting = {.kind = KTP_DROP, .location = ctx[1]};
	const struct sock *rx_sk = NULL;
	const struct net_device *dev;
	const void *ip;
	__u32 netns;

	if (ktp_is_idle())
		return 0;
	if (ktp_config.kfree_skb_args > 2)
		sighting.reason = (__u32)ctx[2];
	if (ktp_config.kfree_skb_args > 3)
		rx_sk = (const struct sock *)ctx[3];
	dev = drop_device(skb);
	netns = dev ? ktp_dev_netns(dev) : 0;
	if (dev && ktp_is_elsewhere(netns))
		return 0;
	if (!find_by_cookie(ktp_cookie(skb->sk), skb, dev, netns, &sighting) &&
	    !find_by_cookie(ktp_cookie(rx_sk), skb, dev, netns, &sighting) &&
	    !find_by_tuple(ktp_readable_header(skb), dev, netns, &sighting))
		return 0;
	ip = ktp_network_header(skb);
	if (has_ip_header(ip))
		emit_drop(&sighting, skb, dev, ip);
	return 0;
}

SEC("?ktp_tp/kfree_skb")
int ktp_drop(unsigned long long *ctx)
{
	ktp_leave_mark(ctx, KTP_TURN_DROP, ctx[0], (__u32)ctx[1]);
	return take_drop(ctx);
}

SEC("?ktp_tp/kfree_skb")
int ktp_drop_again(unsigned long long *ctx)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_DROP, ctx[0], (__u32)ctx[1], take_drop(ctx));
}

SEC("?ktp_tp/tcp_bad_csum")
int BPF_PROG(ktp_bad_checksum, const struct sk_buff *skb)
{
	struct ktp_sighting sighting = {.kind = KTP_BAD_CHECKSUM};
	const void *ip = ktp_network_header(skb);
	const struct net_device *dev = skb->dev;

	if (!ktp_is_idle() && dev && find_by_tuple(ip, dev, ktp_dev_netns(dev), &sighting))
		ktp_emit_packet(&sighting, skb, dev, ip, 0);
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
