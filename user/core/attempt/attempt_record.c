// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kind by kind. */
#include "user/core/attempt/attempt_record.h"

#include <string.h>

#include "user/core/attempt/drop.h"
#include "user/core/attempt/handshake.h"
#include "user/core/attempt/path.h"

static void remember_device(struct attempt *attempt, uint32_t ifindex, const char *name)
{
	struct device *device;

	if (!ifindex || !name[0] || attempt_device_name(attempt, ifindex) || attempt->device_count == ATTEMPT_MAX_DEVICES)
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
 * Outbound: it goes where our SYN goes on the wire. A SYN that never got to a device has no wire tuple (and NAT may have changed it already): then it is
 * our own socket's SYN, unless it comes from the very target (a crossing SYN).
 */
static bool is_outbound(const struct attempt *attempt, const struct packet_event *event)
{
	const struct packet *packet = &event->packet;
	bool is_syn = (packet->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;

	if (packet->kind != PACKET_TCP)
		return false;
	if (!address_equal(&attempt->wire_source, &attempt->wire_destination) && address_equal(&packet->source, &attempt->wire_source) &&
	    address_equal(&packet->destination, &attempt->wire_destination))
		return true;
	return event->is_own && is_syn && !address_equal(&packet->source, &attempt->destination);
}

/* What a tunnel's driver was given goes on in another packet, at once, with the socket still tied to it: the segment is the one that the handshake is at. */
static void fill_carrier(struct drop_entry *entry, const struct attempt *attempt, uint64_t time_ns)
{
	struct handshake handshake = handshake_of(attempt);

	entry->is_outbound = true;
	entry->seq = handshake.isn;
	entry->flags = handshake.has_isn && handshake.established_ns > time_ns ? TCP_FLAG_SYN : TCP_FLAG_ACK;
}

static void fill_drop(struct drop_entry *entry, struct attempt *attempt, const struct event *dropped, const struct entry_names *names)
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

static void fill_packet(struct entry *entry, struct attempt *attempt, const struct event *event, const struct entry_names *names)
{
	const struct packet_event *packet = &event->packet;

	entry->ifindex = packet->ifindex;
	entry->flags |=
		(packet->is_loopback ? ENTRY_LOOPBACK : 0) | (packet->is_own ? ENTRY_OWN : 0) | (packet->is_stray ? ENTRY_STRAY : 0);
	if (packet->packet.kind == PACKET_TCP && packet->packet.tcp_is_cut)
		entry->flags |= ENTRY_CUT;
	remember_device(attempt, packet->ifindex, packet->device);
	if (event->kind == EVENT_DROP) {
		fill_drop(&entry->drop, attempt, event, names);
		if (!entry->drop.is_outbound && drop_is_damage(&entry->drop))
			entry->flags |= ENTRY_DAMAGED;
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

/* The attempt's own fields that an event fills in. */
static void note_app(struct attempt *attempt, const struct app_event *app)
{
	if (app->call == APP_BIND) /* it failed: the source that was wanted */
		attempt->source = app->address;
	if ((app->call != APP_CONNECT && app->call != APP_SEND_FASTOPEN) || app->phase != APP_ENTER || address_is_set(&attempt->requested))
		return; /* called again, the socket stays with what it was asked for first */
	attempt->requested = app->address;
	attempt->is_ours = app->is_ours;
	attempt->probe = app->probe;
}

static void note_task(struct attempt *attempt, const struct task_event *task)
{
	attempt->pid = task->pid;
	attempt->tid = task->tid;
	attempt->uid = task->uid;
	attempt->cgroup = task->cgroup;
	attempt->is_unseen = task->is_unseen;
	attempt->is_late = task->is_late;
	memcpy(attempt->comm, task->comm, sizeof(attempt->comm));
}

static void note_state(struct attempt *attempt, const struct state_event *state)
{
	if (state->source.port)
		attempt->source = state->source;
	if (state->new_state != TCP_STATE_SYN_SENT)
		return;
	attempt->is_admitted = true;
	attempt->destination = state->destination;
	attempt->bound_ifindex = state->bound_ifindex;
	attempt->pid = state->pid;
	memcpy(attempt->comm, state->comm, sizeof(attempt->comm));
	if (!attempt->source.port)
		attempt->source = state->source;
	if (!attempt->is_ours && !address_is_set(&attempt->requested)) /* no call that is seen said what was asked for */
		attempt->requested = state->destination;
}

static void note_transmitted(struct attempt *attempt, const struct packet *packet)
{
	if (packet->kind != PACKET_TCP || (packet->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return;
	if (packet->tcp.data_bytes > attempt->syn_bytes)
		attempt->syn_bytes = packet->tcp.data_bytes;
	attempt->wire_source = packet->source;
	attempt->wire_destination = packet->destination;
}

void attempt_record(struct entry *entry, struct attempt *attempt, const struct event *event, const struct entry_names *names)
{
	memset(entry, 0, sizeof(*entry));
	entry->time_ns = event->time_ns;
	entry->kind = (uint8_t)event->kind;
	entry->count = 1;
	switch (event->kind) {
	case EVENT_APP:
		note_app(attempt, &event->app);
		entry->app.call = (uint8_t)event->app.call;
		entry->app.phase = (uint8_t)event->app.phase;
		entry->app.state = event->app.state;
		entry->app.result = event->app.result;
		entry->app.error = event->app.error;
		break;
	case EVENT_TASK:
		note_task(attempt, &event->task);
		break;
	case EVENT_ROUTE:
		entry->ifindex = event->route.ifindex;
		entry->route.kind = (uint8_t)event->route.kind;
		entry->route.family = (uint8_t)event->route.gateway.family;
		memcpy(entry->route.gateway, event->route.gateway.bytes, sizeof(entry->route.gateway));
		remember_device(attempt, event->route.ifindex, event->route.device);
		break;
	case EVENT_NEIGHBOUR:
		entry->ifindex = event->neighbour.ifindex;
		entry->flags |= event->neighbour.is_own ? ENTRY_OWN : 0;
		entry->neighbour.state = (uint8_t)event->neighbour.state;
		entry->neighbour.family = (uint8_t)event->neighbour.address.family;
		remember_device(attempt, event->neighbour.ifindex, event->neighbour.device);
		memcpy(entry->neighbour.address, event->neighbour.address.bytes, sizeof(entry->neighbour.address));
		break;
	case EVENT_LINK:
		entry->ifindex = event->link.ifindex;
		entry->link.has_carrier = event->link.has_carrier;
		entry->link.has_xdp = event->link.has_xdp;
		remember_device(attempt, event->link.ifindex, event->link.device);
		break;
	case EVENT_HOST:
		entry->host = event->host;
		break;
	case EVENT_SOCKET_INFO:
		entry->info = event->info;
		break;
	case EVENT_STATE:
		note_state(attempt, &event->state);
		entry->state.old_state = event->state.old_state;
		entry->state.new_state = event->state.new_state;
		break;
	case EVENT_RETRANSMIT:
	case EVENT_ERROR_REPORT:
		entry->error = event->error;
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
		note_transmitted(attempt, &event->packet.packet);
		fill_packet(entry, attempt, event, names);
		break;
	case EVENT_RECEIVE:
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
		fill_packet(entry, attempt, event, names);
		break;
	case EVENT_HOP:
		entry->ifindex = event->packet.ifindex;
		path_fill_hop(&entry->hop, attempt, &event->packet, names->device);
		break;
	case EVENT_UNKNOWN:
	case EVENT_DEADLINE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RESET_RECEIVED:
	case EVENT_RESET_SENT:
	case EVENT_LOST:
	case EVENT_DRAINED:
	case EVENT_END:
		break;
	}
}
