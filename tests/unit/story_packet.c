/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ordinary packets, one function each. */
#include <string.h>

#include "tests/unit/story.h"

#define PEER_ISN 900000

void story_device(struct story *s, const char *name, uint32_t ifindex, bool is_loopback)
{
	s->device = name;
	s->ifindex = ifindex;
	s->is_loopback = is_loopback;
}

/* The kernel's stamps count milliseconds. */
static uint32_t stamp(double at_ms)
{
	return 1000 + (uint32_t)at_ms;
}

static struct event *segment(struct story *s, double at_ms, enum event_kind kind, bool is_outbound,
			     uint8_t flags)
{
	struct event *event = story_event(s, at_ms, kind);
	struct packet *packet = &event->packet.packet;

	event->netns = STORY_NETNS;
	event->packet.ifindex = s->ifindex;
	event->packet.is_loopback = s->is_loopback;
	event->packet.is_own = is_outbound;
	strcpy(event->packet.device, s->device);
	packet->kind = PACKET_TCP;
	packet->source = is_outbound ? s->client : s->wire_target;
	packet->destination = is_outbound ? s->wire_target : s->client;
	packet->ttl = is_outbound ? 64 : 63;
	packet->tcp.flags = flags;
	packet->tcp.seq = is_outbound ? s->isn : PEER_ISN;
	return event;
}

static void stamp_segment(const struct story *s, struct event *event, uint32_t tsval,
			  uint32_t tsecr)
{
	if (!s->has_timestamps)
		return;
	event->packet.packet.tcp.options |= TCP_HAS_TIMESTAMPS;
	event->packet.packet.tcp.tsval = tsval;
	event->packet.packet.tcp.tsecr = tsecr;
}

struct event *story_queued(struct story *s, double at_ms)
{
	struct event *event = segment(s, at_ms, EVENT_QUEUE, true, SYN);

	stamp_segment(s, event, stamp(at_ms), 0);
	if (s->client.family == AF_INET)
		event->packet.packet.ip_id = s->next_ip_id++;
	return event;
}

struct event *story_syn(struct story *s, double at_ms)
{
	const struct event *queued = story_queued(s, at_ms - 0.002);
	struct event *event = segment(s, at_ms, EVENT_XMIT, true, SYN);

	event->packet.packet = queued->packet.packet;
	return event;
}

struct event *story_sent(struct story *s, double at_ms, uint8_t flags)
{
	return segment(s, at_ms, EVENT_XMIT, true, flags);
}

struct event *story_receive(struct story *s, double at_ms, uint8_t flags, uint32_t ack)
{
	struct event *event = segment(s, at_ms, EVENT_RECEIVE, false, flags);

	event->packet.packet.tcp.ack = ack;
	return event;
}

struct event *story_syn_ack(struct story *s, double at_ms, double echoed_ms)
{
	struct event *event = story_receive(s, at_ms, SYN | ACK, s->isn + 1);

	event->packet.packet.tcp.window = 65160;
	stamp_segment(s, event, 7000, stamp(echoed_ms - 0.002));
	return event;
}

struct event *story_reset(struct story *s, double at_ms)
{
	return story_receive(s, at_ms, RST | ACK, s->isn + 1);
}

struct event *story_icmp(struct story *s, double at_ms, uint8_t type, uint8_t code)
{
	struct event *event = story_receive(s, at_ms, 0, 0);
	struct packet *packet = &event->packet.packet;

	packet->kind = PACKET_ICMP;
	packet->source = s->router;
	packet->destination.port = 0;
	packet->quoted_source = s->client;
	packet->quoted_destination = s->wire_target;
	packet->icmp_type = type;
	packet->icmp_code = code;
	packet->tcp_is_cut = true;
	packet->tcp.seq = s->isn;
	return event;
}

static struct event *drop(struct event *event, const char *reason, const char *function)
{
	strcpy(event->packet.reason, reason);
	strcpy(event->packet.function, function);
	return event;
}

struct event *story_drop_out(struct story *s, double at_ms, const char *reason,
			     const char *function)
{
	struct event *event = segment(s, at_ms, EVENT_DROP, true, SYN);

	event->packet.ifindex = 0;
	event->packet.is_loopback = false;
	event->packet.device[0] = '\0';
	return drop(event, reason, function);
}

struct event *story_drop_in(struct story *s, double at_ms, const char *reason, const char *function)
{
	struct event *event = segment(s, at_ms, EVENT_DROP, false, SYN | ACK);

	event->packet.packet.tcp.ack = s->isn + 1;
	return drop(event, reason, function);
}

struct event *story_hop(struct story *s, double at_ms, const char *device, uint32_t netns,
			bool is_received)
{
	unsigned last = s->count;
	struct event *event;

	while (last > 0 && s->events[last - 1].kind != EVENT_XMIT &&
	       s->events[last - 1].kind != EVENT_HOP)
		last--;
	cr_assert(last > 0);
	event = story_event(s, at_ms, EVENT_HOP);
	event->netns = STORY_NETNS;
	event->packet.packet = s->events[last - 1].packet.packet;
	event->packet.ifindex = 3;
	event->packet.hop_netns = netns;
	event->packet.is_received = is_received;
	strcpy(event->packet.device, device);
	return event;
}

struct event *story_bad_checksum(struct story *s, double at_ms)
{
	return segment(s, at_ms, EVENT_BAD_CHECKSUM, false, SYN | ACK);
}
