// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Segments, ICMP errors and drops. */
#include "user/core/attempt/attempt_packet.h"

#include <string.h>

#include "user/core/attempt/drop.h"
#include "user/core/attempt/handshake.h"

void attempt_note_device(struct attempt *attempt, uint32_t ifindex, const char *name)
{
	struct device *device;

	if (!ifindex || !name[0] || attempt_device_name(attempt, ifindex) ||
	    attempt->device_count == ATTEMPT_MAX_DEVICES)
		return;
	device = &attempt->devices[attempt->device_count++];
	device->ifindex = ifindex;
	memcpy(device->name, name, sizeof(device->name));
	device->name[sizeof(device->name) - 1] = '\0';
}

/* Returns its number, one too high when there is no room for it. */
static uint8_t remember_sender(struct attempt *attempt, const struct address *sender)
{
	uint8_t number = 0;

	if (address_equal(sender, &attempt->wire_destination))
		return 0;
	while (number < attempt->sender_count)
		if (address_equal(sender, &attempt->senders[number++]))
			return number;
	if (attempt->sender_count < ATTEMPT_MAX_SENDERS)
		attempt->senders[attempt->sender_count++] = *sender;
	return number + 1;
}

static void fill_tcp(struct tcp_entry *entry, const struct packet *packet)
{
	const struct tcp_fields *tcp = &packet->tcp;

	*entry = (struct tcp_entry){
		.seq = tcp->seq,
		.ack = tcp->ack,
		.tsval = tcp->tsval,
		.tsecr = tcp->tsecr,
		.window = tcp->window,
		.mss = tcp->mss,
		.ip_id = packet->ip_id,
		.flags = tcp->flags,
		.wscale = tcp->wscale,
		.options = tcp->options,
		.ttl = packet->ttl,
		.queued_ns = UINT32_MAX,
	};
}

static void fill_icmp(struct icmp_entry *entry, const struct packet *packet)
{
	*entry = (struct icmp_entry){
		.seq = packet->tcp.seq,
		.tsval = packet->tcp.tsval,
		.ip_id = packet->ip_id,
		.type = packet->icmp_type,
		.code = packet->icmp_code,
		.ttl = packet->ttl,
	};
	memcpy(entry->from, packet->source.bytes, sizeof(entry->from));
}

/*
 * Outbound: it goes where our SYN goes on the wire. A SYN that never got to a device has no wire
 * tuple (and NAT may have changed it already): then it is our own socket's SYN, unless it comes
 * from the very target (a crossing SYN).
 */
static bool is_outbound(const struct attempt *attempt, const struct packet_event *event)
{
	const struct packet *packet = &event->packet;
	bool is_syn =
		(packet->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;

	if (packet->kind != PACKET_TCP)
		return false;
	if (!address_equal(&attempt->wire_source, &attempt->wire_destination) &&
	    address_equal(&packet->source, &attempt->wire_source) &&
	    address_equal(&packet->destination, &attempt->wire_destination))
		return true;
	return event->is_own && is_syn && !address_equal(&packet->source, &attempt->destination);
}

/*
 * What a tunnel's driver was given goes on in another packet, at once, with the socket still tied
 * to it: the segment is the one that the handshake is at.
 */
static void fill_carrier(struct drop_entry *entry, const struct attempt *attempt, uint64_t time_ns)
{
	struct handshake handshake = handshake_of(attempt);

	entry->is_outbound = true;
	entry->seq = handshake.isn;
	entry->flags = handshake.has_isn && handshake.established_ns > time_ns ? TCP_FLAG_SYN
									       : TCP_FLAG_ACK;
}

static void fill_drop(struct drop_entry *entry, struct attempt *attempt,
		      const struct event *dropped, const struct entry_names *names)
{
	const struct packet_event *event = &dropped->packet;

	*entry = (struct drop_entry){
		.reason = names->reason ? names->reason : "",
		.function = names->function ? names->function : "",
		.seq = event->packet.tcp.seq,
		.ack = event->packet.tcp.ack,
		.flags = event->packet.tcp.flags,
		.is_outbound = is_outbound(attempt, event),
		.is_icmp = event->packet.kind == PACKET_ICMP,
	};
	if (event->packet.kind == PACKET_CARRIER)
		fill_carrier(entry, attempt, dropped->time_ns);
	if (!entry->is_outbound && !entry->is_icmp)
		entry->sender = remember_sender(attempt, &event->packet.source);
}

/* Our own SYN, sent back with our own address, is whole and says where the way leads. */
static uint8_t flags_of_end(const struct drop_entry *drop, const struct packet_event *event)
{
	bool is_syn =
		!drop->is_icmp && (drop->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN;

	if (drop->is_outbound)
		return 0;
	if (!is_syn && !event->is_loopback && drop_is_martian(drop, &event->packet.source))
		return ENTRY_DAMAGED | ENTRY_MARTIAN;
	return drop_is_damage(drop) ? ENTRY_DAMAGED : 0;
}

void attempt_record_packet(struct entry *entry, struct attempt *attempt, const struct event *event,
			   const struct entry_names *names)
{
	const struct packet_event *packet = &event->packet;

	entry->ifindex = packet->ifindex;
	entry->flags |= (packet->is_loopback ? ENTRY_LOOPBACK : 0) |
			(packet->is_own ? ENTRY_OWN : 0) | (packet->is_stray ? ENTRY_STRAY : 0);
	if (packet->packet.quote_is_cut ||
	    (packet->packet.kind == PACKET_TCP && packet->packet.tcp_is_cut))
		entry->flags |= ENTRY_CUT;
	attempt_note_device(attempt, packet->ifindex, packet->device);
	if (event->kind == EVENT_DROP) {
		fill_drop(&entry->drop, attempt, event, names);
		entry->flags |= flags_of_end(&entry->drop, packet);
	} else if (packet->packet.kind == PACKET_ICMP) {
		entry->flags |= ENTRY_ICMP;
		fill_icmp(&entry->icmp, &packet->packet);
	} else {
		fill_tcp(&entry->tcp, &packet->packet);
		entry->tcp.state = packet->state;
		if (event->kind == EVENT_RECEIVE)
			entry->tcp.sender = remember_sender(attempt, &packet->packet.source);
	}
}

void attempt_note_transmitted(struct attempt *attempt, const struct packet *packet)
{
	if (packet->kind != PACKET_TCP ||
	    (packet->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return;
	if (packet->tcp.data_bytes > attempt->syn_bytes)
		attempt->syn_bytes = packet->tcp.data_bytes;
	attempt->wire_source = packet->source;
	attempt->wire_destination = packet->destination;
}
