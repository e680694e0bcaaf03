// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The policy: an ordered table of rules over the facts. The first that applies is the verdict. */
#include "user/core/verdict/verdict.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "user/core/verdict/icmp.h"
#include "user/core/verdict/measure.h"
#include "user/core/verdict/rule.h"
#include "user/core/verdict/signs.h"

/* A SYN was seen to leave; or, before anybody watched, that is known by the answer to it. */
static bool has_sent(const struct facts *f)
{
	return facts_has_left(f) || f->attempt->is_late;
}

static bool is_self_connect(const struct facts *f, struct verdict *v)
{
	return f->established != NO_ENTRY && facts_has_left(f) && address_equal(&f->attempt->wire_source, &f->attempt->wire_destination) &&
	       rule_cite(v, f->syns[0]) && rule_cite(v, f->established);
}

/* However the SYN left, a SYN-ACK that came in by loopback was made on this host. */
static bool is_intercepted(const struct facts *f, struct verdict *v)
{
	int own_answer = f->syn_ack != NO_ENTRY && entry_at(f, f->syn_ack)->flags & ENTRY_LOOPBACK ? f->syn_ack : NO_ENTRY;
	bool is_here = facts_is_redirected(f) || f->local_accept != NO_ENTRY || own_answer != NO_ENTRY;

	return f->established != NO_ENTRY && !f->is_target_local && is_here && has_sent(f) && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, own_answer) && rule_cite(v, f->local_accept) && rule_cite(v, f->established);
}

static bool is_open(const struct facts *f, struct verdict *v)
{
	return f->syn_ack != NO_ENTRY && f->established != NO_ENTRY && has_sent(f) && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->syn_ack) && rule_cite(v, f->established);
}

static bool is_crossed(const struct facts *f, struct verdict *v)
{
	return f->crossing_ack != NO_ENTRY && f->established != NO_ENTRY && facts_has_left(f) && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->syn_received) && rule_cite(v, f->crossing_ack) && rule_cite(v, f->established);
}

static bool is_redirected_and_refused(const struct facts *f, struct verdict *v)
{
	return facts_is_redirected(f) && f->reset_received != NO_ENTRY && rule_cite(v, f->syns[0]) && rule_cite(v, f->reset) &&
	       rule_cite(v, f->reset_received);
}

/* On loopback a firewall's forged RST looks like a closed port's; but then a rule dropped our SYN, where a closed port has NO_SOCKET. */
static bool is_rejected_on_loopback(const struct facts *f, struct verdict *v)
{
	bool is_refused = facts_is_accepted_reset(f) || (f->icmp != NO_ENTRY && entry_at(f, f->icmp)->flags & ENTRY_LOOPBACK);

	return is_refused && f->drop_self != NO_ENTRY && !facts_is_dropped_as(f, f->drop_self, "NO_SOCKET") &&
	       !facts_is_refused_by_tcp(f, f->drop_self) && rule_cite(v, f->drop_self) && rule_cite(v, f->reset) && rule_cite(v, f->icmp);
}

/* Drivers of tunnels send an ICMP error of their own, and may send the SYN all the same: that is no rule's refusal. */
static bool is_dropped_by_rule(const struct facts *f)
{
	return f->drop_out != NO_ENTRY && !f->is_dropped_by_driver && !facts_is_neighbour_drop(f, f->drop_out);
}

/* A SYN left by a real device, and its answer came in by loopback: only this host can have made that one. */
static bool is_forged_here(const struct facts *f, struct verdict *v)
{
	bool is_reset = facts_is_accepted_reset(f) && entry_at(f, f->reset)->flags & ENTRY_LOOPBACK;
	bool is_icmp = f->icmp != NO_ENTRY && entry_at(f, f->icmp)->flags & ENTRY_LOOPBACK && is_dropped_by_rule(f);

	return facts_has_left(f) && !f->is_target_local && !f->is_on_loopback && (is_reset || is_icmp) && rule_cite(v, f->drop_out) &&
	       rule_cite(v, is_reset ? f->reset : f->icmp);
}

static bool is_closed(const struct facts *f, struct verdict *v)
{
	return has_sent(f) && f->established == NO_ENTRY && facts_is_accepted_reset(f) && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->reset) && rule_cite(v, f->reset_received);
}

static bool is_icmp(const struct facts *f, struct verdict *v, enum status status)
{
	const struct icmp_meaning *meaning;

	if (f->icmp == NO_ENTRY || !has_sent(f) || f->established != NO_ENTRY)
		return false;
	meaning = icmp_meaning(f->attempt->requested.family, entry_at(f, f->icmp)->icmp.type, entry_at(f, f->icmp)->icmp.code);
	if (!meaning || meaning->status != status)
		return false;
	v->reason = meaning->reason;
	return rule_cite(v, f->syns[0]) && rule_cite(v, f->icmp);
}

static bool is_icmp_unreachable(const struct facts *f, struct verdict *v)
{
	return is_icmp(f, v, STATUS_UNREACHABLE);
}

static bool is_icmp_filtered(const struct facts *f, struct verdict *v)
{
	return is_icmp(f, v, STATUS_FILTERED);
}

/* SYNs before it may have been dropped for another cause: there is room for so many in the neighbour's queue, or a rule took them. */
static bool is_neighbour_failed(const struct facts *f, struct verdict *v)
{
	return f->neighbour_failed != NO_ENTRY && (f->neighbour_failed == f->drop_out || !facts_has_left(f)) &&
	       rule_cite(v, facts_silent_neighbour(f)) && rule_cite(v, f->neighbour_failed) && rule_cite(v, f->error_report) &&
	       rule_cite(v, f->closed_by_kernel);
}

static bool is_rejected_locally(const struct facts *f, struct verdict *v)
{
	bool is_told = f->reset_received != NO_ENTRY || facts_is_refusal(facts_reported_error(f));

	/* A socket that has lost its way is told so too. */
	if (f->error_report == NO_ENTRY && (f->unroutable != NO_ENTRY || f->route_lost != NO_ENTRY))
		is_told = f->reset_received != NO_ENTRY;
	return !facts_has_left(f) && is_dropped_by_rule(f) && is_told && rule_cite(v, f->drop_out) && rule_cite(v, f->reset_received) &&
	       rule_cite(v, f->error_report) && rule_cite(v, f->so_error);
}

/* A kernel that gave no meaning to it went on or gave up; either way it is all that came. */
static bool is_icmp_other(const struct facts *f, struct verdict *v)
{
	return facts_has_left(f) && f->icmp != NO_ENTRY && f->syn_ack == NO_ENTRY && f->reset == NO_ENTRY && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->icmp);
}

/* tcp_abort() (ss -K, or a BPF program); or tcp_disconnect(), for in SYN_SENT a RST would be ECONNREFUSED. */
static bool is_aborted(const struct facts *f, struct verdict *v)
{
	bool is_disconnected = facts_reported_error(f) == ECONNRESET && f->established == NO_ENTRY && f->reset_received == NO_ENTRY;

	return f->closed_by_kernel != NO_ENTRY && (facts_reported_error(f) == ECONNABORTED || is_disconnected) &&
	       rule_cite(v, f->error_report) && rule_cite(v, f->so_error) && rule_cite(v, f->closed_by_kernel);
}

static bool is_interrupted(const struct facts *f, struct verdict *v)
{
	return f->abandon != NO_ENTRY && rule_cite(v, f->abandon);
}

static bool is_unobserved(const struct facts *f, struct verdict *v)
{
	return f->attempt->is_ours && f->syn_sent_state == NO_ENTRY && rule_cite(v, f->connect_return) && rule_cite(v, f->connect_enter) &&
	       (v->evidence_count || rule_cite(v, 0)); /* the call itself may have found no place */
}

/* ESTABLISHED without a SYN-ACK that we saw: half of the proof is missing. */
static bool is_half_proven(const struct facts *f, struct verdict *v)
{
	return f->established != NO_ENTRY && rule_cite(v, f->established);
}

static bool is_redirected_in_vain(const struct facts *f, struct verdict *v)
{
	return facts_is_redirected(f) && rule_cite(v, f->syns[0]) && rule_cite(v, f->drop_in) && rule_cite(v, f->drop_self);
}

static bool is_corrupt(const struct facts *f, struct verdict *v)
{
	return (f->bad_checksum != NO_ENTRY || facts_is_dropped_as(f, f->drop_in, "TCP_CSUM")) && rule_cite(v, f->syn_ack) &&
	       rule_cite(v, f->reset) && rule_cite(v, f->invalid) && rule_cite(v, f->bad_checksum) && rule_cite(v, f->drop_in);
}

/* Seen as it came in, or only as it was dropped. */
static bool has_right_answer(const struct facts *f)
{
	return facts_is_valid_answer(f) || f->is_answer_dropped;
}

static bool is_rp_filtered(const struct facts *f, struct verdict *v)
{
	return has_right_answer(f) && facts_is_dropped_as(f, f->drop_in, "IP_RPFILTER") && rule_cite(v, f->syn_ack) &&
	       rule_cite(v, f->reset) && rule_cite(v, f->drop_in);
}

/* The kernel says so, or, where drops have no reason, none of our SYNs had the stamp that is echoed. It looks at stamps only when the ack is right. */
static bool is_wrong_timestamp(const struct facts *f, struct verdict *v)
{
	const char *reason = f->drop_in != NO_ENTRY ? entry_at(f, f->drop_in)->drop.reason : "";
	bool is_told = !strncmp(reason, "TCP_RFC7323_", strlen("TCP_RFC7323_"));
	bool is_untold = !reason[0] || !strcmp(reason, "NOT_SPECIFIED");

	return f->syn_ack != NO_ENTRY && facts_is_refused_by_tcp(f, f->drop_in) &&
	       (is_told || (is_untold && facts_echoes_nothing(f, f->syn_ack))) && rule_cite(v, f->syn_ack) && rule_cite(v, f->drop_in);
}

/* Without a reason (before 5.17): policies and socket filters are asked there, before TCP looks at what a segment says. */
static bool is_dropped_at_entrance(const struct facts *f)
{
	return facts_is_dropped_as(f, f->drop_in, "") &&
	       (facts_is_dropped_by(f, f->drop_in, "tcp_v4_rcv") || facts_is_dropped_by(f, f->drop_in, "tcp_v6_rcv"));
}

static bool is_malformed(const struct facts *f, struct verdict *v)
{
	return facts_is_valid_answer(f) && facts_is_refused_by_tcp(f, f->drop_in) && !facts_is_dropped_as(f, f->drop_in, "NO_SOCKET") &&
	       !is_dropped_at_entrance(f) && rule_cite(v, f->syn_ack) && rule_cite(v, f->reset) && rule_cite(v, f->drop_in);
}

/* Without a drop that was seen: a SYN that left after the answer had come in, or the socket itself long after that, shows that it was in SYN_SENT still. */
static bool is_unheard(const struct facts *f)
{
	int answer = f->syn_ack != NO_ENTRY ? f->syn_ack : f->reset;
	uint64_t came_ns = answer != NO_ENTRY ? entry_at(f, answer)->time_ns : UINT64_MAX;
	const struct entry *info = f->info != NO_ENTRY ? entry_at(f, f->info) : NULL;

	for (unsigned i = 0; i < f->syn_count && i < FACTS_MAX_SYNS; i++)
		if (entry_at(f, f->syns[i])->time_ns > came_ns)
			return true;
	return info && info->info.state == TCP_STATE_SYN_SENT && info->time_ns > came_ns && info->time_ns - came_ns >= FACTS_EARLY_NS;
}

/* A RST's own end is no drop: a socket that was refused has accepted it. */
static bool is_dropped_in(const struct facts *f, struct verdict *v)
{
	bool is_refused = f->closed_by_kernel != NO_ENTRY && facts_reported_error(f) == ECONNREFUSED;
	/* A full backlog asks for no checksum, and what was looked at was damaged. */
	bool is_damage_likely = f->damaged != NO_ENTRY && !facts_is_policy_drop(f, f->drop_in);

	return has_right_answer(f) && facts_has_left(f) && !is_refused && !is_damage_likely && (f->drop_in != NO_ENTRY || is_unheard(f)) &&
	       rule_cite(v, f->syn_ack) && rule_cite(v, f->reset) && rule_cite(v, f->drop_in);
}

static bool is_wrong_ack(const struct facts *f, struct verdict *v)
{
	return f->invalid != NO_ENTRY && entry_at(f, f->invalid)->tcp.flags & TCP_FLAG_ACK &&
	       !facts_is_acknowledged(f, entry_at(f, f->invalid)->tcp.ack) && rule_cite(v, f->invalid) && rule_cite(v, f->drop_in);
}

static bool is_blind_reset(const struct facts *f, struct verdict *v)
{
	return f->invalid != NO_ENTRY && entry_at(f, f->invalid)->tcp.flags & TCP_FLAG_RST && rule_cite(v, f->invalid) &&
	       rule_cite(v, f->drop_in);
}

static bool is_unexpected(const struct facts *f, struct verdict *v)
{
	return f->invalid != NO_ENTRY && rule_cite(v, f->invalid) && rule_cite(v, f->drop_in);
}

static bool is_dropped_here(const struct facts *f, struct verdict *v)
{
	return facts_has_left(f) && f->drop_self != NO_ENTRY && rule_cite(v, f->syns[0]) && rule_cite(v, f->drop_self);
}

static bool is_dropped_out(const struct facts *f, struct verdict *v)
{
	return !facts_has_left(f) && f->drop_out != NO_ENTRY && rule_cite(v, f->drop_out);
}

static bool is_waiting_for_neighbour(const struct facts *f, struct verdict *v)
{
	return !facts_has_left(f) && f->first_queued == NO_ENTRY && facts_silent_neighbour(f) != NO_ENTRY &&
	       (f->drop_out == NO_ENTRY || facts_is_neighbour_drop(f, f->drop_out)) && rule_cite(v, f->syn_sent_state) &&
	       rule_cite(v, f->drop_out) && rule_cite(v, facts_silent_neighbour(f));
}

/* Unless it was answered: then it did leave, on a way that no hook sees. */
static bool is_not_sent(const struct facts *f, struct verdict *v)
{
	return !facts_has_left(f) && f->reset_received == NO_ENTRY && !f->answer_count && f->syn_sent_state != NO_ENTRY &&
	       rule_cite(v, f->syn_sent_state) && rule_cite(v, f->first_queued);
}

/* A RST that the socket accepted is no silence, though it was not seen on its way in: evidence is missing. */
static bool is_silence(const struct facts *f, struct verdict *v)
{
	return facts_has_left(f) && !f->answer_count && f->reset_received == NO_ENTRY && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->deadline) && rule_cite(v, f->closed_by_kernel);
}

static bool is_unexplained(const struct facts *f, struct verdict *v)
{
	return f->attempt->entry_count > 0 && rule_cite(v, f->deadline) && rule_cite(v, f->connect_return) && rule_cite(v, 0);
}

enum when {
	AT_ONCE, /* positive proof: falls as soon as it is there */
	AT_END,	 /* a later SYN may still pass, or absence counts: judged when the attempt has ended */
};

struct rule {
	bool (*applies)(const struct facts *facts, struct verdict *verdict);
	enum status status;
	enum reason reason;
	enum when when;
	bool rests_on_absence; /* lost evidence might say otherwise: incomplete then */
};

/*
 * The order is the policy. Each row: which history it claims, and why its twins on the wire are ruled out before or by it.
 */
static const struct rule rules[] = {
	/* ESTABLISHED with both ends the same: two SYNs crossed on one socket. Before open, because a SYN-ACK was received too: our own. */
	{is_self_connect, STATUS_SELF_CONNECT, REASON_SELF_CONNECT, AT_ONCE, false},
	/* The handshake was completed by this host although the route says the target is elsewhere. Before open, whose proofs are all there too. */
	{is_intercepted, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL, AT_ONCE, false},
	/* SYN-ACK with ack == ISN+1 received, and ESTABLISHED. Either alone proves nothing. */
	{is_open, STATUS_OPEN, REASON_SYN_ACK, AT_ONCE, false},
	/* Two SYNs crossed, and the other end acknowledged ours by a bare ACK, which from SYN_RECV on is enough (RFC 9293, section 3.10.7.4). */
	{is_crossed, STATUS_OPEN, REASON_SIMULTANEOUS_OPEN, AT_ONCE, false},
	/*
	 * A RST, but from this host: it says nothing about the target. Before closed. Whether it was seen at a device does not matter, for NAT may have
	 * given it back the addresses that the socket has.
	 */
	{is_redirected_and_refused, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL, AT_ONCE, false},
	/* The target is this host, and its own firewall rejected the SYN on its way in. Before closed and the ICMP rows, which look alike. */
	{is_rejected_on_loopback, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, AT_ONCE, false},
	/* Nothing was tried for want of a port, whatever the device is like: its errno is the proof. */
	{rule_no_port, STATUS_BLOCKED, REASON_NO_SOURCE_PORT, AT_ONCE, false},
	/* No neighbour can answer there, and no answer come in. Asked for only when something else is to be judged: never too early. */
	{rule_carrier_down, STATUS_BLOCKED, REASON_CARRIER_DOWN, AT_ONCE, true},
	/* A SYN was given up in the neighbour's queue. Before the next rows: the kernel then sends itself an ICMP error as well. */
	{is_neighbour_failed, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED, AT_ONCE, true},
	/* A rule that lets some SYNs pass and rejects others (a rate limit): its forged answer looks like the target's. Before closed and ICMP. */
	{is_forged_here, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, AT_ONCE, false},
	/* A SYN left, and the socket accepted a RST with ack == ISN+1 that came in by a device. */
	{is_closed, STATUS_CLOSED, REASON_RESET, AT_ONCE, false},
	/* A router, or the target itself, quotes our SYN. The socket may well stay in SYN_SENT and the errno may lie. */
	{is_icmp_unreachable, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE, AT_ONCE, false},
	{is_icmp_filtered, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED, AT_ONCE, false},
	/* bind() failed, and nothing was tried: its errno is the proof. */
	{rule_bind_no_device, STATUS_BLOCKED, REASON_NO_DEVICE, AT_ONCE, false},
	{rule_bind_no_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, AT_ONCE, false},
	{rule_bind_no_port, STATUS_BLOCKED, REASON_NO_SOURCE_PORT, AT_ONCE, false},
	{rule_bind_failed, STATUS_BLOCKED, REASON_CONNECT_FAILED, AT_ONCE, false},
	/* Our SYN was dropped before any device, and the socket was told an error at once: that answer was forged on this host. */
	{is_rejected_locally, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, AT_ONCE, true},
	/* connect() failed by itself, without a state change: the errno is all there is, and what the route look-up says. */
	{rule_no_device, STATUS_BLOCKED, REASON_NO_DEVICE, AT_ONCE, false},
	{rule_no_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, AT_ONCE, true},
	{rule_bad_destination, STATUS_UNREACHABLE, REASON_BAD_DESTINATION, AT_ONCE, false},
	{rule_no_route, STATUS_UNREACHABLE, REASON_NO_ROUTE, AT_ONCE, false},
	{rule_route_unreachable, STATUS_UNREACHABLE, REASON_ROUTE_UNREACHABLE, AT_ONCE, false},
	{rule_route_blackhole, STATUS_UNREACHABLE, REASON_ROUTE_BLACKHOLE, AT_ONCE, false},
	{rule_route_prohibit, STATUS_UNREACHABLE, REASON_ROUTE_PROHIBIT, AT_ONCE, false},
	/* EPERM, or an EACCES that no prohibit route explains: a cgroup program or a security module. */
	{rule_policy, STATUS_BLOCKED, REASON_POLICY, AT_ONCE, false},
	{rule_connect_failed, STATUS_BLOCKED, REASON_CONNECT_FAILED, AT_ONCE, true},
	/* From here on the attempt is over. */
	{rule_deferred, STATUS_UNPROVEN, REASON_DEFERRED_FASTOPEN, AT_END, true},
	{is_interrupted, STATUS_ABORTED, REASON_INTERRUPTED, AT_END, false},
	{is_aborted, STATUS_ABORTED, REASON_ABORTED, AT_END, false},
	{is_unobserved, STATUS_INCOMPLETE, REASON_HOOK_MISSING, AT_END, true},
	{is_half_proven, STATUS_INCOMPLETE, REASON_HOOK_MISSING, AT_END, true},
	/* Whatever came of it happened on this host, and says nothing about the target: neither that it is open nor that its answer is wrong. */
	{is_redirected_in_vain, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL, AT_END, true},
	/* Something came back, and the socket made no progress. Who refused it? Damage first: a damaged packet's other fields prove nothing. */
	{is_corrupt, STATUS_INVALID, REASON_BAD_CHECKSUM, AT_END, true},
	{is_rp_filtered, STATUS_BLOCKED, REASON_RP_FILTER, AT_END, true},
	/* TCP refuses it, and yet it is as it should be. */
	{rule_other_device, STATUS_BLOCKED, REASON_OTHER_DEVICE, AT_END, true},
	{is_wrong_timestamp, STATUS_INVALID, REASON_WRONG_TIMESTAMP, AT_END, true},
	{is_malformed, STATUS_INVALID, REASON_MALFORMED, AT_END, true},
	/* A right answer that never got to the socket, whoever threw it away. */
	{is_dropped_in, STATUS_BLOCKED, REASON_DROPPED_IN, AT_END, true},
	/* With our port and number, but not our addresses: the socket never saw it. Our own SYN first, for this host may answer it itself. */
	{rule_syn_returned, STATUS_UNREACHABLE, REASON_SYN_RETURNED, AT_END, true},
	{rule_from_elsewhere, STATUS_INVALID, REASON_FROM_ELSEWHERE, AT_END, true},
	{rule_stray_icmp_unreachable, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE, AT_END, true},
	{rule_stray_icmp_filtered, STATUS_FILTERED, REASON_ICMP_ADMIN_PROHIBITED, AT_END, true},
	/* What came damaged is no evidence but for that. */
	{rule_damaged, STATUS_INVALID, REASON_BAD_CHECKSUM, AT_END, true},
	{rule_unreadable, STATUS_INVALID, REASON_UNREADABLE, AT_END, true},
	{is_wrong_ack, STATUS_INVALID, REASON_WRONG_ACK, AT_END, true},
	{is_blind_reset, STATUS_INVALID, REASON_BLIND_RESET, AT_END, true},
	{is_unexpected, STATUS_INVALID, REASON_UNEXPECTED_FLAGS, AT_END, true},
	/* Our SYN arrived at this very host, the target, and was dropped here. */
	{is_dropped_here, STATUS_BLOCKED, REASON_DROPPED_IN, AT_END, true},
	/* The way, by the socket's own device and from its own address, was there when connect() was called and is not now. Before silence. */
	{rule_lost_device, STATUS_BLOCKED, REASON_NO_DEVICE, AT_END, true},
	{rule_lost_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, AT_END, true},
	{rule_lost_route, STATUS_UNREACHABLE, REASON_NO_ROUTE, AT_END, true},
	/* Neither queued nor dropped: it waits for the next hop's link-layer address. Or there was no room to wait: before what is dropped otherwise. */
	{is_waiting_for_neighbour, STATUS_UNREACHABLE, REASON_NEIGHBOUR_UNRESOLVED, AT_END, true},
	{is_dropped_out, STATUS_BLOCKED, REASON_DROPPED_OUT, AT_END, true},
	/* Another program's, given up so soon that neither silence nor a SYN that has not left yet proves anything. Before these. */
	{rule_closed_early, STATUS_ABORTED, REASON_CLOSED_EARLY, AT_END, false},
	{is_not_sent, STATUS_BLOCKED, REASON_NOT_SENT, AT_END, true},
	/* The kernel gave up before its time: something told it to, that no hook saw. */
	{rule_unexplained_error, STATUS_INCOMPLETE, REASON_UNEXPLAINED_ERROR, AT_END, true},
	/* At least one SYN left this host, nothing at all came back, and nothing that came back was thrown away here. */
	{is_silence, STATUS_FILTERED, REASON_NO_REPLY, AT_END, true},
	{is_icmp_other, STATUS_FILTERED, REASON_ICMP_OTHER, AT_END, false},
	/* None of the above: say so rather than guess. */
	{is_unexplained, STATUS_INCOMPLETE, REASON_HOOK_MISSING, AT_END, true},
};

static const struct rule *find_rule(const struct facts *facts, struct verdict *verdict)
{
	bool has_ended = facts_has_ended(facts);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].when == AT_END && !has_ended)
			continue;
		verdict->evidence_count = 0;
		verdict->reason = rules[i].reason;
		if (rules[i].applies(facts, verdict))
			return &rules[i];
	}
	return NULL;
}

bool verdict_decide(const struct facts *facts, struct verdict *ret_verdict)
{
	const struct attempt *attempt = facts->attempt;
	struct verdict verdict = {.answer_entry = NO_ENTRY};
	const struct rule *rule;

	rule = find_rule(facts, &verdict);
	if (!rule)
		return false;
	assert(verdict.evidence_count > 0);
	verdict.status = rule->status;
	verdict.missing = (uint16_t)facts->missing;
	verdict.is_complete = !attempt->lost_count && !attempt->overflow_count && !facts->missing && !attempt->is_late;
	if (attempt->is_late && (rule->rests_on_absence || rule->status == STATUS_INVALID)) {
		verdict.status = STATUS_INCOMPLETE;
		verdict.reason = REASON_ATTACHED_LATE;
	} else if (!verdict.is_complete && rule->rests_on_absence) {
		verdict.status = STATUS_INCOMPLETE;
		verdict.reason = REASON_EVENTS_LOST;
	}
	measure_verdict(facts, &verdict);
	*ret_verdict = verdict;
	return true;
}
