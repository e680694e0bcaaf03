// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What to look at next: the command that shows the rule, route or entry behind a verdict. */
#include <string.h>

#include "user/core/explain.h"
#include "user/core/sentence.h"
#include "user/core/vocabulary.h"

static const char *device_or(const struct attempt *attempt, uint32_t ifindex, const char *otherwise)
{
	const char *name = attempt_device_name(attempt, ifindex);

	return name ? name : otherwise;
}

/* Hints that no attempt adds anything to. */
static const char *static_hint(enum reason reason)
{
	switch (reason) {
	case REASON_REDIRECTED_LOCAL:
	case REASON_NEIGHBOUR_FAILED:
	case REASON_NEIGHBOUR_UNRESOLVED:
	case REASON_NO_SOURCE_ADDRESS:
	case REASON_NO_SOURCE_PORT: /* unless it was asked for */
	case REASON_NO_DEVICE:
		return reason_rows[reason].next;
	default:
		return NULL;
	}
}

char *explain_hint(const struct attempt *attempt, const struct verdict *verdict, char *text)
{
	struct sentence s = sentence_start(text, EXPLAIN_MAX);

	if (verdict->status == STATUS_BLOCKED && verdict->answer == ANSWER_SYN_ACK && verdict->drop.count)
		sentence_add(&s, "the server is open; ");
	if (verdict->reason == REASON_RP_FILTER)
		sentence_add(&s, "see: sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.%s.rp_filter",
			     device_or(attempt, verdict->drop.ifindex ? verdict->drop.ifindex : verdict->ifindex, "DEVICE"));
	else if (verdict->drop.count &&
		 (!strcmp(verdict->drop.reason, "NETFILTER_DROP") || !strcmp(verdict->drop.function, "nf_hook_slow")))
		sentence_add(&s, "list the rules with: nft list ruleset | less");
	else if (verdict->drop.count && !strcmp(verdict->drop.reason, "QDISC_DROP"))
		sentence_add(&s, "see: tc -s qdisc show dev %s", device_or(attempt, verdict->drop.ifindex, "DEVICE"));
	else if (verdict->reason == REASON_NO_ROUTE || verdict->reason == REASON_ROUTE_UNREACHABLE ||
		 verdict->reason == REASON_ROUTE_BLACKHOLE || verdict->reason == REASON_ROUTE_PROHIBIT)
		sentence_host(sentence_add(&s, "see: ip route get "), &attempt->requested);
	else if (verdict->reason == REASON_NO_SOURCE_PORT && attempt->source.port) /* it was asked for */
		sentence_add(&s, "see: ss -tan sport = :%u", attempt->source.port);
	else if (static_hint(verdict->reason))
		sentence_add(&s, "%s", static_hint(verdict->reason));
	else if (s.used > 2)
		text[s.used - 2] = '\0'; /* nothing follows the server's being open */
	return text[0] ? text : NULL;
}
