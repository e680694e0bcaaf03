// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Hops into entries, and entries into a path. */
#include "user/core/attempt/path.h"

#include <string.h>
#include <sys/socket.h>

static bool is_syn(const struct entry *entry)
{
	return entry->kind == EVENT_XMIT && !(entry->flags & ENTRY_ICMP) &&
	       (entry->tcp.flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN;
}

/* NULL: none has left. */
static const struct entry *first_syn(const struct attempt *attempt)
{
	for (unsigned i = 0; i < attempt->entry_count; i++)
		if (is_syn(&attempt->entries[i]))
			return &attempt->entries[i];
	return NULL;
}

static bool is_known_hop(const struct attempt *attempt, const struct packet_event *event)
{
	for (unsigned i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		if (entry->kind == EVENT_HOP && entry->ifindex == event->ifindex &&
		    entry->hop.netns == event->hop_netns &&
		    entry->hop.is_received == event->is_received)
			return true;
	}
	return false;
}

bool path_wants_hop(const struct attempt *attempt, const struct packet_event *event)
{
	const struct tcp_fields *tcp = &event->packet.tcp;
	const struct entry *syn = first_syn(attempt);

	/* A retransmit has another stamp; without one it most likely passes the same devices. */
	return syn && tcp->seq == syn->tcp.seq && (!tcp->tsval || tcp->tsval == syn->tcp.tsval) &&
	       !is_known_hop(attempt, event);
}

void path_fill_hop(struct hop_entry *ret_entry, struct attempt *attempt,
		   const struct packet_event *event, const char *device)
{
	const struct packet *packet = &event->packet;
	bool is_first = !address_is_set(&attempt->hop_source);
	const struct address *source = is_first ? &attempt->wire_source : &attempt->hop_source;
	const struct address *destination =
		is_first ? &attempt->wire_destination : &attempt->hop_destination;
	const struct address *now = address_equal(destination, &packet->destination)
					    ? &packet->source
					    : &packet->destination;

	*ret_entry = (struct hop_entry){
		.device = device ? device : "",
		.netns = event->hop_netns,
		.port = now->port,
		.is_received = event->is_received,
		.changed = (uint8_t)((now->family == AF_INET6 ? HOP_IS_IPV6 : 0) |
				     (address_equal(source, &packet->source) ? 0
									     : HOP_CHANGED_SOURCE) |
				     (address_equal(destination, &packet->destination)
					      ? 0
					      : HOP_CHANGED_DESTINATION)),
	};
	memcpy(ret_entry->address, now->bytes, sizeof(ret_entry->address));
	attempt->hop_source = packet->source;
	attempt->hop_destination = packet->destination;
}

static struct path_hop own_hop(const struct attempt *attempt, const struct entry *entry)
{
	return (struct path_hop){
		.device = attempt_device_name(attempt, entry->ifindex),
		.ifindex = entry->ifindex,
		.netns = attempt->netns,
	};
}

struct path_hop path_hop_of(const struct entry *entry)
{
	const struct hop_entry *hop = &entry->hop;

	return (struct path_hop){
		.device = hop->device && hop->device[0] ? hop->device : NULL,
		.ifindex = entry->ifindex,
		.netns = hop->netns,
		.is_received = hop->is_received,
		.changed = hop->changed & (HOP_CHANGED_SOURCE | HOP_CHANGED_DESTINATION),
		.address = address_make(hop->changed & HOP_IS_IPV6 ? AF_INET6 : AF_INET,
					hop->address, hop->port),
	};
}

/* The same SYN at one more device, and no retransmit of it? */
static bool is_same_syn(const struct entry *first, const struct entry *entry)
{
	return is_syn(entry) && entry->tcp.seq == first->tcp.seq &&
	       entry->tcp.tsval == first->tcp.tsval && entry->tcp.ip_id == first->tcp.ip_id;
}

static bool has_left_by(const struct path *path, const struct path_hop *hop)
{
	for (unsigned i = 0; i < path->count; i++)
		if (path->hops[i].ifindex == hop->ifindex && path->hops[i].netns == hop->netns &&
		    !path->hops[i].is_received)
			return true;
	return false;
}

void path_of(const struct attempt *attempt, struct path *ret_path)
{
	const struct entry *first = first_syn(attempt);

	memset(ret_path, 0, sizeof(*ret_path));
	for (unsigned i = 0; first && i < attempt->entry_count && ret_path->count < PATH_MAX_HOPS;
	     i++) {
		const struct entry *entry = &attempt->entries[i];
		bool is_hop = entry->kind == EVENT_HOP;
		struct path_hop hop = is_hop ? path_hop_of(entry) : own_hop(attempt, entry);

		if (!is_hop && (!is_same_syn(first, entry) || has_left_by(ret_path, &hop)))
			continue;
		hop.after_ns =
			entry->time_ns > first->time_ns ? entry->time_ns - first->time_ns : 0;
		ret_path->hops[ret_path->count++] = hop;
	}
}
