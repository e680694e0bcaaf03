/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the scripted peer remembers of an attempt: a table where a newer attempt may take an older
 * one's place.
 */
#include "tests/lab/peer_flow.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define SETS 16384
/*
 * a set is full, and loses its oldest one, only after a thousand attempts at once and more
 */
#define WAYS 8

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
	return calloc(SETS, WAYS * sizeof(struct peer_flow));
}

static struct peer_flow *set_of(struct peer_flow *flows, const struct segment *segment)
{
	uint32_t hash = (segment_host(segment) ^ (uint32_t)segment->source_port << 16 ^
			 segment->destination_port) *
			2654435761U;

	return &flows[(hash ^ hash >> 16) % SETS * WAYS];
}

static bool is_of(const struct peer_flow *flow, const struct segment *segment)
{
	return flow->age && flow->isn == segment_isn(segment) &&
	       flow->host == segment_host(segment) && flow->client_port == segment->source_port &&
	       flow->port == segment->destination_port && flow->is_ipv6 == segment->is_ipv6;
}

struct peer_flow *peer_flow_find(struct peer_flow *flows, const struct segment *segment)
{
	struct peer_flow *set = set_of(flows, segment);

	for (int i = 0; i < WAYS; i++)
		if (is_of(&set[i], segment))
			return &set[i];
	return NULL;
}

static struct peer_flow *take_oldest(struct peer_flow *set)
{
	struct peer_flow *oldest = &set[0];
	uint32_t newest_age = 0;

	for (int i = 0; i < WAYS; i++) {
		oldest = set[i].age < oldest->age ? &set[i] : oldest;
		newest_age = set[i].age > newest_age ? set[i].age : newest_age;
	}
	*oldest = (struct peer_flow){.age = newest_age + 1};
	return oldest;
}

struct peer_flow *peer_flow_note_syn(struct peer_flow *flows, const struct segment *syn)
{
	struct peer_flow *flow = peer_flow_find(flows, syn);

	if (!flow) {
		flow = take_oldest(set_of(flows, syn));
		flow->isn = syn->seq;
		flow->host = segment_host(syn);
		flow->client_port = syn->source_port;
		flow->port = syn->destination_port;
		flow->is_ipv6 = syn->is_ipv6;
		flow->first_tsval = syn->tsval;
	}
	flow->syns_read++;
	flow->newest_tsval = syn->tsval;
	return flow;
}
