// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Whose link-layer address a SYN waits for. The kernel has just asked for it, or goes on asking,
 * and keeps the packet in the neighbour's own queue: that the SYN is there is the proof, whatever
 * route, rule or address translation led it there. One that was answered at once has left the queue
 * by now, and no wait is reported. Nothing but the wait's name depends on it.
 */
#include "bpf/follow.bpf.h"

/* The last of its queue, in which there may be others' packets. */
static __always_inline __u64 waiting_cookie(const struct neighbour *neighbour)
{
	const void *queue = (const void *)neighbour + bpf_core_field_offset(neighbour->arp_queue);
	const struct sk_buff *last = BPF_CORE_READ(neighbour, arp_queue.prev);

	return (const void *)last == queue
		       ? 0
		       : BPF_CORE_READ(last, sk, __sk_common.skc_cookie.counter);
}

static __always_inline void copy_key(struct ktp_neighbour_event *event,
				     const struct neighbour *neighbour)
{
	const void *key = (const void *)neighbour + bpf_core_field_offset(neighbour->primary_key);

	__builtin_memset(event->address, 0, sizeof(event->address));
	if (event->record.family == AF_INET6)
		bpf_probe_read_kernel(event->address, 16, key);
	else
		bpf_probe_read_kernel(event->address, 4, key);
}

SEC("?ktp_tp/neigh_event_send_done")
int BPF_PROG(ktp_neighbour, const struct neighbour *neighbour, int is_waiting)
{
	const struct net_device *dev;
	struct ktp_neighbour_event *event;
	struct ktp_socket *socket;
	__u64 cookie;

	if (ktp_is_idle() || !is_waiting)
		return 0;
	dev = BPF_CORE_READ(neighbour, dev);
	cookie = waiting_cookie(neighbour);
	socket = ktp_followed(cookie);
	/*
	 * A veth keeps skb->sk across the namespaces' boundary: whom a router waits for is another
	 * host's affair.
	 */
	if (!socket || BPF_CORE_READ(dev, nd_net.net, ns.inum) != socket->netns)
		return 0;
	event = ktp_reserve_unneeded(socket->ring, sizeof(*event));
	if (!event)
		return 0;
	ktp_stamp(&event->record, KTP_NEIGHBOUR, cookie, socket->number, socket->netns,
		  BPF_CORE_READ(neighbour, tbl, family));
	copy_key(event, neighbour);
	event->ifindex = BPF_CORE_READ(dev, ifindex);
	event->state = BPF_CORE_READ(neighbour, nud_state);
	__builtin_memset(event->pad, 0, sizeof(event->pad));
	BPF_CORE_READ_INTO(&event->device, dev, name);
	ktp_submit(socket->ring, event, false);
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
