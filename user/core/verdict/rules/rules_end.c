// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The second part of the policy: what is proven when the attempt is over. */
#include "user/core/verdict/rules/rules_end.h"

#include <errno.h>

#include "user/core/verdict/rules/rules_refused.h"

/* With TCP_FASTOPEN_CONNECT and a cookie tcp_v4_connect() defers the SYN to the first data. */
static bool is_deferred(const struct facts *f)
{
	bool is_told = f->connect_return != NO_ENTRY && !entry_at(f, f->connect_return)->app.error;

	return !f->attempt->is_ours && is_told && f->syn_sent_state != NO_ENTRY &&
	       f->established == NO_ENTRY && !facts_has_left(f) && f->first_queued == NO_ENTRY &&
	       f->drop_out == NO_ENTRY;
}

/* Another program's, unless the socket says that it had its outcome by then. */
static bool is_interrupted(const struct facts *f)
{
	return f->abandon != NO_ENTRY && (f->attempt->is_ours || !f->has_unseen_state);
}

/* tcp_abort() (ss -K, BPF), or tcp_disconnect(): in SYN_SENT a RST would be ECONNREFUSED. */
static bool is_aborted(const struct facts *f)
{
	bool is_disconnected = facts_reported_error(f) == ECONNRESET &&
			       f->established == NO_ENTRY && f->reset_received == NO_ENTRY;

	return f->closed_by_kernel != NO_ENTRY &&
	       (facts_reported_error(f) == ECONNABORTED || is_disconnected);
}

static bool is_unobserved(const struct facts *f)
{
	return f->attempt->is_ours && f->syn_sent_state == NO_ENTRY;
}

/* ESTABLISHED without a SYN-ACK that we saw: half of the proof is missing. */
static bool is_half_proven(const struct facts *f)
{
	return f->established != NO_ENTRY;
}

static bool is_dropped_here(const struct facts *f)
{
	return facts_has_left(f) && f->drop_self != NO_ENTRY;
}

/*
 * Silence from then on proves nothing about the target. An answer of any kind, or a rule that
 * dropped our SYN, is another story; SYNs that only waited for the next hop's address are dropped
 * with the device.
 */
static bool is_way_lost(const struct facts *f)
{
	bool is_dropped = f->drop_out != NO_ENTRY && !facts_has_left(f) &&
			  !facts_is_neighbour_drop(f, f->drop_out);

	return f->route_lost != NO_ENTRY && f->syn_sent_state != NO_ENTRY && !f->answer_count &&
	       !is_dropped && f->drop_self == NO_ENTRY && f->drop_in == NO_ENTRY &&
	       !facts_is_redirected(f);
}

static bool is_route(const struct facts *f, enum route_kind kind)
{
	return f->route != NO_ENTRY && entry_at(f, f->route)->route.kind == kind;
}

static bool has_lost_namespace(const struct facts *f)
{
	return is_way_lost(f) && is_route(f, ROUTE_NO_NAMESPACE);
}

static bool has_lost_device(const struct facts *f)
{
	return is_way_lost(f) && is_route(f, ROUTE_NO_DEVICE);
}

static bool has_lost_source(const struct facts *f)
{
	return is_way_lost(f) && is_route(f, ROUTE_NO_SOURCE);
}

static enum reason reason_of_lost_route(const struct facts *f)
{
	switch (entry_at(f, f->route_lost)->route.kind) {
	case ROUTE_UNREACHABLE:
		return REASON_ROUTE_UNREACHABLE;
	case ROUTE_BLACKHOLE:
		return REASON_ROUTE_BLACKHOLE;
	case ROUTE_PROHIBIT:
		return REASON_ROUTE_PROHIBIT;
	}
	return REASON_NO_ROUTE;
}

static bool is_waiting_for_neighbour(const struct facts *f)
{
	return !facts_has_left(f) && f->first_queued == NO_ENTRY &&
	       f->silent_neighbour != NO_ENTRY &&
	       (f->drop_out == NO_ENTRY || facts_is_neighbour_drop(f, f->drop_out));
}

static bool is_dropped_out(const struct facts *f)
{
	return !facts_has_left(f) && f->drop_out != NO_ENTRY;
}

static bool is_closed_early(const struct facts *f)
{
	uint64_t began_ns =
		f->connect_enter != NO_ENTRY ? entry_at(f, f->connect_enter)->time_ns : 0;

	/* it had its outcome by then, whether that was seen or the socket says so */
	if (f->has_unseen_state || (f->closed_by_kernel != NO_ENTRY && f->close != NO_ENTRY &&
				    f->closed_by_kernel < f->close))
		return false;
	return !f->attempt->is_ours && f->close != NO_ENTRY && f->connect_enter != NO_ENTRY &&
	       f->syn_count + f->syn_repeats <= 1 && !f->answer_count &&
	       entry_at(f, f->close)->time_ns - began_ns < REPEAT_EARLIEST_NS;
}

/* Unless it was answered: then it did leave, on a way that no hook sees. */
static bool is_not_sent(const struct facts *f)
{
	return !facts_has_left(f) && f->reset_received == NO_ENTRY && !f->answer_count &&
	       f->syn_sent_state != NO_ENTRY;
}

/* Nothing came that was seen, and yet the socket got an error that is no giving up. */
static bool is_unexplained_error(const struct facts *f)
{
	return facts_has_left(f) && f->closed_by_kernel != NO_ENTRY &&
	       facts_is_refusal(facts_reported_error(f)) && !f->answer_count &&
	       f->reset_received == NO_ENTRY && f->unroutable == NO_ENTRY && f->icmp == NO_ENTRY;
}

/* A RST that the socket accepted is no silence, even if it was not seen to come in. */
static bool is_silence(const struct facts *f)
{
	return facts_has_left(f) && !f->answer_count && f->reset_received == NO_ENTRY;
}

/* A kernel that gave no meaning to it went on or gave up; either way it is all that came. */
static bool is_icmp_other(const struct facts *f)
{
	return facts_has_left(f) && f->icmp != NO_ENTRY && f->syn_ack == NO_ENTRY &&
	       f->reset == NO_ENTRY;
}

static bool is_unexplained(const struct facts *f)
{
	return f->attempt->entry_count > 0;
}

/* As rules_once[], which it follows. */
/* clang-format off */
const struct rule rules_end[] = {
	{is_deferred, STATUS_UNPROVEN, REASON_DEFERRED_FASTOPEN, ON_ABSENCE,
	 {AT(connect_return), AT(syn_sent_state)}, NULL},
	{is_interrupted, STATUS_ABORTED, REASON_INTERRUPTED, ON_PROOF, {AT(abandon)}, NULL},
	{is_aborted, STATUS_ABORTED, REASON_ABORTED, ON_PROOF,
	 {AT(error_report), AT(so_error), AT(closed_by_kernel)}, NULL},
	{is_unobserved, STATUS_INCOMPLETE, REASON_HOOK_MISSING, ON_ABSENCE,
	 {AT(connect_return), AT(connect_enter)}, NULL},
	{is_half_proven, STATUS_INCOMPLETE, REASON_HOOK_MISSING, ON_ABSENCE,
	 {AT(established)}, NULL},
	/*
	 * Whatever came of it happened on this host, and says nothing about the target: neither
	 * that it is open nor that its answer is wrong.
	 */
	{facts_is_redirected, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL, ON_ABSENCE,
	 {AT(syns), AT(drop_in), AT(drop_self)}, NULL},
	/*
	 * Something came back, and the socket made no progress. Who refused it? Damage first: a
	 * damaged packet's other fields prove nothing.
	 */
	{refused_is_corrupt, STATUS_INVALID, REASON_BAD_CHECKSUM, ON_ABSENCE,
	 {AT(syn_ack), AT(reset), AT(invalid), AT(bad_checksum), AT(drop_in)}, NULL},
	{refused_is_rp_filtered, STATUS_BLOCKED, REASON_RP_FILTER, ON_ABSENCE,
	 {AT(syn_ack), AT(reset), AT(drop_in)}, NULL},
	/* TCP refuses it, and yet it is as it should be. */
	{refused_is_by_other_device, STATUS_BLOCKED, REASON_OTHER_DEVICE, ON_ABSENCE,
	 {AT(syn_ack), AT(reset), AT(drop_in)}, NULL},
	{refused_is_wrong_timestamp, STATUS_INVALID, REASON_WRONG_TIMESTAMP, ON_ABSENCE,
	 {AT(syn_ack), AT(drop_in)}, NULL},
	{refused_is_malformed, STATUS_INVALID, REASON_MALFORMED, ON_ABSENCE,
	 {AT(syn_ack), AT(reset), AT(drop_in)}, NULL},
	/* A right answer that was dropped before it got to the socket. */
	{refused_is_dropped_in, STATUS_BLOCKED, REASON_DROPPED_IN, ON_ABSENCE,
	 {AT(syn_ack), AT(reset), AT(drop_in)}, NULL},
	/*
	 * With our port and number, but not our addresses: the socket never saw it. Our own SYN
	 * first, for this host may answer it itself.
	 */
	{refused_is_syn_returned, STATUS_UNREACHABLE, REASON_SYN_RETURNED, ON_ABSENCE,
	 {AT(syns), AT(returned), AT(drop_returned), AT(self_answer)}, NULL},
	{refused_is_from_elsewhere, STATUS_INVALID, REASON_FROM_ELSEWHERE, ON_ABSENCE,
	 {AT(syns), AT(stray), AT(drop_stray)}, NULL},
	{refused_is_stray_icmp_unreachable, STATUS_UNREACHABLE, REASON_COUNT, ON_ABSENCE,
	 {AT(syns), AT(stray_icmp), AT(drop_icmp)}, refused_reason_of_stray_icmp},
	{refused_is_stray_icmp_filtered, STATUS_FILTERED, REASON_COUNT, ON_ABSENCE,
	 {AT(syns), AT(stray_icmp), AT(drop_icmp)}, refused_reason_of_stray_icmp},
	/* What came damaged is no evidence but for that. */
	{refused_is_damaged, STATUS_INVALID, REASON_BAD_CHECKSUM, ON_ABSENCE,
	 {AT(syns), AT(damaged), AT(drop_damaged)}, NULL},
	{refused_is_martian, STATUS_INVALID, REASON_MARTIAN_SOURCE, ON_ABSENCE,
	 {AT(syns), AT(damaged), AT(drop_damaged)}, NULL},
	{refused_is_unreadable, STATUS_INVALID, REASON_UNREADABLE, ON_ABSENCE,
	 {AT(syns), AT(unreadable), AT(drop_damaged)}, NULL},
	{refused_is_damaged_otherwise, STATUS_INVALID, REASON_UNREADABLE, ON_ABSENCE,
	 {AT(syns), AT(damaged), AT(drop_damaged)}, NULL},
	{refused_is_wrong_ack, STATUS_INVALID, REASON_WRONG_ACK, ON_ABSENCE,
	 {AT(invalid), AT(drop_in)}, NULL},
	{refused_is_blind_reset, STATUS_INVALID, REASON_BLIND_RESET, ON_ABSENCE,
	 {AT(invalid), AT(drop_in)}, NULL},
	{refused_is_unexpected, STATUS_INVALID, REASON_UNEXPECTED_FLAGS, ON_ABSENCE,
	 {AT(invalid), AT(drop_in)}, NULL},
	/* Our SYN arrived at this very host, the target, and was dropped here. */
	{is_dropped_here, STATUS_BLOCKED, REASON_DROPPED_IN, ON_ABSENCE,
	 {AT(syns), AT(drop_self)}, NULL},
	/* The socket's own way was there at connect() and is not now. Before silence. */
	{has_lost_namespace, STATUS_BLOCKED, REASON_NO_NAMESPACE, ON_ABSENCE,
	 {AT(begun), AT(drop_out), AT(unroutable), AT(route_lost)}, NULL},
	{has_lost_device, STATUS_BLOCKED, REASON_NO_DEVICE, ON_ABSENCE,
	 {AT(begun), AT(drop_out), AT(unroutable), AT(route_lost)}, NULL},
	{has_lost_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, ON_ABSENCE,
	 {AT(begun), AT(drop_out), AT(unroutable), AT(route_lost)}, NULL},
	{is_way_lost, STATUS_UNREACHABLE, REASON_COUNT, ON_ABSENCE,
	 {AT(begun), AT(drop_out), AT(unroutable), AT(route_lost)}, reason_of_lost_route},
	/*
	 * Neither queued nor dropped: it waits for the next hop's link-layer address. Or there was
	 * no room to wait: before what is dropped otherwise.
	 */
	{is_waiting_for_neighbour, STATUS_UNREACHABLE, REASON_NEIGHBOUR_UNRESOLVED, ON_ABSENCE,
	 {AT(syn_sent_state), AT(drop_out), AT(silent_neighbour)}, NULL},
	{is_dropped_out, STATUS_BLOCKED, REASON_DROPPED_OUT, ON_ABSENCE, {AT(drop_out)}, NULL},
	/* Another program's, given up so soon that nothing is proven by silence. Before these. */
	{is_closed_early, STATUS_ABORTED, REASON_CLOSED_EARLY, ON_PROOF,
	 {AT(close), AT(begun)}, NULL},
	{is_not_sent, STATUS_BLOCKED, REASON_NOT_SENT, ON_ABSENCE,
	 {AT(syn_sent_state), AT(first_queued)}, NULL},
	/* The kernel gave up before its time: something told it to, that no hook saw. */
	{is_unexplained_error, STATUS_INCOMPLETE, REASON_UNEXPLAINED_ERROR, ON_ABSENCE,
	 {AT(syns), AT(error_report), AT(so_error), AT(closed_by_kernel)}, NULL},
	/* A SYN left, nothing came back, and nothing that came was dropped here. */
	{is_silence, STATUS_FILTERED, REASON_NO_REPLY, ON_ABSENCE,
	 {AT(syns), AT(deadline), AT(closed_by_kernel)}, NULL},
	{is_icmp_other, STATUS_FILTERED, REASON_ICMP_OTHER, ON_PROOF, {AT(syns), AT(icmp)}, NULL},
	/* None of the above: say so rather than guess. */
	{is_unexplained, STATUS_INCOMPLETE, REASON_HOOK_MISSING, ON_ABSENCE,
	 {AT(deadline), AT(connect_return), FIRST_ENTRY}, NULL},
	{0},
};
/* clang-format on */
