/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the scripted peer's rule makes of a SYN. */
#include "tests/lab/peer_answer.h"

#include <netinet/tcp.h>
#include <string.h>

/* Our initial sequence number is the client's plus this: nothing has to be remembered. */
#define ISN_DISTANCE 0x10000000U

uint32_t peer_answer_echo(const struct peer_rule *rule, const struct peer_flow *flow,
			  const struct segment *syn)
{
	if (rule->answer == PEER_ICMP)
		return syn->tsval;
	switch (rule->echo) {
	case PEER_ECHO_FIRST:
		return flow ? flow->first_tsval : syn->tsval;
	case PEER_ECHO_NEWEST:
		return flow ? flow->newest_tsval : syn->tsval;
	case PEER_ECHO_WRONG:
		return syn->tsval + 0x10000000;
	case PEER_ECHO_ANSWERED:
	case PEER_ECHO_NONE:
		break;
	}
	return syn->tsval;
}

/*
 * What each answer is, but for timestamps and addresses. seq is relative to our first sequence
 * number, ack to the client's.
 */
struct tcp_answer {
	uint8_t flags;
	uint32_t seq, ack;
	bool has_bad_checksum;
};

static const struct tcp_answer answer_table[] = {
	[PEER_SYN_ACK] = {TH_SYN | TH_ACK, 0, 1, false},
	[PEER_SYN_ACK_WRONG_ACK] = {TH_SYN | TH_ACK, 0, 0x1000000, false},
	[PEER_SYN_ACK_BAD_CHECKSUM] = {TH_SYN | TH_ACK, 0, 1, true},
	[PEER_RST] = {TH_RST | TH_ACK, 0, 1, false},
	[PEER_RST_WRONG_ACK] = {TH_RST | TH_ACK, 0, 0x1000000, false},
	[PEER_RST_BLIND] = {TH_RST, 0, 0, false},
	[PEER_ACK] = {TH_ACK, 1, 1, false},
	[PEER_CHALLENGE_ACK] = {TH_ACK, 1, 0U - 0x1000000, false},
	[PEER_RST_SYN] = {TH_RST | TH_SYN | TH_ACK, 0, 1, false},
	[PEER_SYN_CROSSING] = {TH_SYN, 0, 0, false},
};

bool peer_answer_has_timestamps(const struct peer_rule *rule, const struct segment *syn)
{
	return syn->has_timestamps && rule->echo != PEER_ECHO_NONE && rule->answer != PEER_ICMP &&
	       !(answer_table[rule->answer].flags & TH_RST);
}

static bool is_readable(const struct peer_rule *rule)
{
	return rule->shape == PEER_WHOLE ||
	       (rule->shape >= PEER_ATOMIC_FRAGMENT && rule->shape != PEER_FIRST_FRAGMENT);
}

bool peer_answer_is_correct(const struct peer_rule *rule, const struct segment *syn)
{
	const struct tcp_answer *answer = &answer_table[rule->answer];

	if (rule->answer == PEER_ICMP)
		return !rule->icmp_has_wrong_quote && !rule->icmp_has_short_quote &&
		       is_readable(rule);
	return !rule->sender_offset && !rule->is_by_router && is_readable(rule) &&
	       answer->flags & (TH_SYN | TH_RST) && answer->flags & TH_ACK && answer->ack == 1 &&
	       !answer->has_bad_checksum &&
	       !(rule->echo == PEER_ECHO_WRONG && peer_answer_has_timestamps(rule, syn));
}

/* Answers come from where the SYN went, unless the rule says otherwise. */
static struct segment seen_from(const struct peer *peer, const struct peer_rule *rule,
				const struct segment *syn)
{
	struct segment from = *syn;

	from.destination[syn->is_ipv6 ? 15 : 3] += rule->sender_offset;
	if (rule->is_by_router && syn->is_ipv6)
		memcpy(from.destination, peer->router6, sizeof(peer->router6));
	else if (rule->is_by_router)
		memcpy(from.destination, peer->router4, sizeof(peer->router4));
	return from;
}

static size_t build_tcp(const struct peer *peer, const struct peer_rule *rule,
			const struct peer_flow *flow, const struct segment *syn, uint32_t tsval,
			uint8_t *packet)
{
	const struct tcp_answer *answer = &answer_table[rule->answer];
	bool has_ack = answer->flags & TH_ACK;
	struct tcp_reply reply = {
		.flags = answer->flags,
		.seq = has_ack || answer->flags & TH_SYN ? syn->seq + ISN_DISTANCE + answer->seq
							 : 0,
		.ack = has_ack ? syn->seq + answer->ack : 0,
		.ttl = rule->ttl ? rule->ttl : PEER_DEFAULT_TTL,
		.has_bad_checksum = answer->has_bad_checksum,
		.has_timestamps = peer_answer_has_timestamps(rule, syn),
		.tsval = tsval,
		.tsecr = has_ack ? peer_answer_echo(rule, flow, syn) : 0,
	};
	struct segment from = seen_from(peer, rule, syn);

	return tcp_reply_build(&from, &reply, packet);
}

static size_t build_icmp(const struct peer *peer, const struct peer_rule *rule,
			 const struct segment *syn, uint8_t *packet)
{
	struct icmp_reply reply = {
		.type = rule->icmp_type,
		.code = rule->icmp_code,
		.ttl = rule->ttl ? rule->ttl : PEER_DEFAULT_TTL,
		.has_wrong_quote = rule->icmp_has_wrong_quote,
		.has_short_quote = rule->icmp_has_short_quote,
		.info = rule->icmp_info,
	};

	if (syn->is_ipv6)
		memcpy(reply.from, peer->router6, sizeof(peer->router6));
	else
		memcpy(reply.from, peer->router4, sizeof(peer->router4));
	return icmp_reply_build(syn, &reply, packet);
}

size_t peer_answer_build(const struct peer *peer, const struct peer_rule *rule,
			 const struct peer_flow *flow, const struct segment *syn, uint32_t tsval,
			 uint8_t *ret_packet)
{
	return rule->answer == PEER_ICMP ? build_icmp(peer, rule, syn, ret_packet)
					 : build_tcp(peer, rule, flow, syn, tsval, ret_packet);
}
