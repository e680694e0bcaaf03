// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The stable words of verdicts: they are an interface, and never change their meaning. */
#include <errno.h>
#include <string.h>

#include "user/core/correlate.h"

const char *status_name(enum status status)
{
	switch (status) {
	case STATUS_OPEN:
		return "open";
	case STATUS_CLOSED:
		return "closed";
	case STATUS_FILTERED:
		return "filtered";
	case STATUS_UNREACHABLE:
		return "unreachable";
	case STATUS_BLOCKED:
		return "blocked";
	case STATUS_INTERCEPTED:
		return "intercepted";
	case STATUS_SELF_CONNECT:
		return "self-connect";
	case STATUS_INVALID:
		return "invalid";
	case STATUS_UNPROVEN:
		return "unproven";
	case STATUS_ABORTED:
		return "aborted";
	case STATUS_INCOMPLETE:
		return "incomplete";
	case STATUS_COUNT:
		break;
	}
	return "unknown";
}

int status_parse(const char *name)
{
	for (int status = 0; status < STATUS_COUNT; status++)
		if (!strcmp(status_name((enum status)status), name))
			return status;
	return -EINVAL;
}

const char *reason_name(enum reason reason)
{
	switch (reason) {
	case REASON_SYN_ACK:
		return "syn-ack";
	case REASON_RESET:
		return "reset";
	case REASON_NO_REPLY:
		return "no-reply";
	case REASON_ICMP_PORT_UNREACHABLE:
		return "icmp-port-unreachable";
	case REASON_ICMP_PROTOCOL_UNREACHABLE:
		return "icmp-protocol-unreachable";
	case REASON_ICMP_NET_PROHIBITED:
		return "icmp-net-prohibited";
	case REASON_ICMP_HOST_PROHIBITED:
		return "icmp-host-prohibited";
	case REASON_ICMP_ADMIN_PROHIBITED:
		return "icmp-admin-prohibited";
	case REASON_ICMP_POLICY_FAILED:
		return "icmp-policy-failed";
	case REASON_ICMP_REJECT_ROUTE:
		return "icmp-reject-route";
	case REASON_ICMP_NET_UNREACHABLE:
		return "icmp-net-unreachable";
	case REASON_ICMP_HOST_UNREACHABLE:
		return "icmp-host-unreachable";
	case REASON_ICMP_SOURCE_ROUTE_FAILED:
		return "icmp-source-route-failed";
	case REASON_ICMP_NET_UNKNOWN:
		return "icmp-net-unknown";
	case REASON_ICMP_HOST_UNKNOWN:
		return "icmp-host-unknown";
	case REASON_ICMP_NET_TOS:
		return "icmp-net-tos";
	case REASON_ICMP_HOST_TOS:
		return "icmp-host-tos";
	case REASON_ICMP_BEYOND_SCOPE:
		return "icmp-beyond-scope";
	case REASON_ICMP_OTHER:
		return "icmp-other";
	case REASON_TTL_EXCEEDED:
		return "ttl-exceeded";
	case REASON_NEIGHBOUR_FAILED:
		return "neighbour-failed";
	case REASON_NEIGHBOUR_UNRESOLVED:
		return "neighbour-unresolved";
	case REASON_NO_ROUTE:
		return "no-route";
	case REASON_ROUTE_UNREACHABLE:
		return "route-unreachable";
	case REASON_ROUTE_BLACKHOLE:
		return "route-blackhole";
	case REASON_ROUTE_PROHIBIT:
		return "route-prohibit";
	case REASON_BAD_DESTINATION:
		return "bad-destination";
	case REASON_DROPPED_OUT:
		return "dropped-out";
	case REASON_DROPPED_IN:
		return "dropped-in";
	case REASON_REJECTED_LOCALLY:
		return "rejected-locally";
	case REASON_RP_FILTER:
		return "rp-filter";
	case REASON_NO_SOURCE_PORT:
		return "no-source-port";
	case REASON_NO_SOURCE_ADDRESS:
		return "no-source-address";
	case REASON_NO_DEVICE:
		return "no-device";
	case REASON_NOT_SENT:
		return "not-sent";
	case REASON_POLICY:
		return "policy";
	case REASON_CONNECT_FAILED:
		return "connect-failed";
	case REASON_REDIRECTED_LOCAL:
		return "redirected-local";
	case REASON_SELF_CONNECT:
		return "self-connect";
	case REASON_WRONG_ACK:
		return "wrong-ack";
	case REASON_BAD_CHECKSUM:
		return "bad-checksum";
	case REASON_BLIND_RESET:
		return "blind-reset";
	case REASON_UNEXPECTED_FLAGS:
		return "unexpected-flags";
	case REASON_MALFORMED:
		return "malformed";
	case REASON_INTERRUPTED:
		return "interrupted";
	case REASON_ABORTED:
		return "aborted";
	case REASON_EVENTS_LOST:
		return "events-lost";
	case REASON_HOOK_MISSING:
		return "hook-missing";
	case REASON_COUNT:
		break;
	}
	return "unknown";
}

const char *note_name(enum note note)
{
	switch (note) {
	case NOTE_RETRANSMITTED:
		return "retransmitted";
	case NOTE_RTT_AMBIGUOUS:
		return "rtt-ambiguous";
	case NOTE_REWRITTEN_TO:
		return "rewritten-to";
	case NOTE_LOCAL_TARGET:
		return "local-target";
	case NOTE_FRAGMENTATION_NEEDED:
		return "fragmentation-needed";
	case NOTE_COUNT:
		break;
	}
	return "unknown";
}

const char *answer_kind_name(enum answer_kind kind)
{
	switch (kind) {
	case ANSWER_NONE:
		return "none";
	case ANSWER_SYN_ACK:
		return "syn-ack";
	case ANSWER_RST:
		return "rst";
	case ANSWER_ICMP:
		return "icmp";
	case ANSWER_ACK:
		return "ack";
	case ANSWER_SYN:
		return "syn";
	case ANSWER_OTHER:
		return "other";
	}
	return "unknown";
}

const char *app_result_name(enum app_result result)
{
	switch (result) {
	case APP_RESULT_CONNECTED:
		return "connected";
	case APP_RESULT_REFUSED:
		return "refused";
	case APP_RESULT_TIMED_OUT:
		return "timed-out";
	case APP_RESULT_UNREACHABLE:
		return "unreachable";
	case APP_RESULT_IN_PROGRESS:
		return "in-progress";
	case APP_RESULT_ERROR:
		return "error";
	}
	return "unknown";
}

const char *amendment_name(enum amendment_kind kind)
{
	switch (kind) {
	case AMENDMENT_NOT_ACCEPTED:
		return "not-accepted";
	case AMENDMENT_RESET_BY_PEER:
		return "reset-by-peer";
	case AMENDMENT_CLOSED_BY_PEER:
		return "closed-by-peer";
	case AMENDMENT_LATE_ANSWER:
		return "late-answer";
	case AMENDMENT_COUNT:
		break;
	}
	return "unknown";
}
