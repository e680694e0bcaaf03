/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the scripted peer remembers of an attempt: a table where a newer attempt may take an older one's place. */
#include "tests/lab/peer_flow.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS 65536

uint32_t segment_host(const struct segment *segment)
{
	uint32_t host;

	memcpy(&host, segment->destination + (segment->is_ipv6 ? 12 : 0), sizeof(host));
	return host;
}

uint32_t segment_isn(const struct segment *segment)
{
	return segment->flags & TH_SYN ? segment->seq : segment->seq - 1;
}

struct peer_flow *peer_flows_new(void)
{
	return calloc(FLOWS, sizeof(struct peer_flow));
}

static struct peer_flow *place_of(struct peer_flow *flows, const struct segment *segment)
{
	uint32_t hash = (segment_host(segment) ^ (uint32_t)segment->source_port << 16 ^ segment->destination_port) * 2654435761U;

	return &flows[(hash ^ hash >> 16) % FLOWS];
}

struct peer_flow *peer_flow_find(struct peer_flow *flows, const struct segment *segment)
{
	struct peer_flow *flow = place_of(flows, segment);
	bool is_it = flow->isn == segment_isn(segment) && flow->host == segment_host(segment) &&
		     flow->client_port == segment->source_port && flow->port == segment->destination_port &&
		     flow->is_ipv6 == segment->is_ipv6;

	return is_it ? flow : NULL;
}

struct peer_flow *peer_flow_note_syn(struct peer_flow *flows, const struct segment *syn)
{
	struct peer_flow *flow = peer_flow_find(flows, syn);

	if (!flow) {
		flow = place_of(flows, syn);
		*flow = (struct peer_flow){
			.isn = syn->seq,
			.host = segment_host(syn),
			.client_port = syn->source_port,
			.port = syn->destination_port,
			.is_ipv6 = syn->is_ipv6,
			.first_tsval = syn->tsval,
		};
	}
	flow->syns_read++;
	flow->newest_tsval = syn->tsval;
	return flow;
}
