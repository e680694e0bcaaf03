// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The first part of the policy: what is proven while the attempt goes on. */
#include "user/core/verdict/rules/rules_once.h"

#include "user/core/verdict/rules/rules_local.h"

/* A SYN was seen to leave; or, before the watch, that is known by the answer to it. */
static bool has_sent(const struct facts *f)
{
	return facts_has_left(f) || f->attempt->is_late;
}

static bool is_self_connect(const struct facts *f)
{
	return f->established != NO_ENTRY && facts_has_left(f) &&
	       address_equal(&f->attempt->wire_source, &f->attempt->wire_destination);
}

static bool is_intercepted(const struct facts *f)
{
	bool is_here =
		facts_is_redirected(f) || f->local_accept != NO_ENTRY || f->own_answer != NO_ENTRY;

	return f->established != NO_ENTRY && !f->is_target_local && is_here && has_sent(f);
}

static bool is_open(const struct facts *f)
{
	return f->syn_ack != NO_ENTRY && f->established != NO_ENTRY && has_sent(f);
}

static bool is_crossed(const struct facts *f)
{
	return f->crossing_ack != NO_ENTRY && f->established != NO_ENTRY && facts_has_left(f);
}

static bool is_redirected_and_refused(const struct facts *f)
{
	return facts_is_redirected(f) && f->reset_received != NO_ENTRY;
}

/*
 * On loopback a firewall's forged RST looks like a closed port's; but then a rule dropped our SYN,
 * where a closed port has NO_SOCKET.
 */
static bool is_rejected_on_loopback(const struct facts *f)
{
	bool is_refused = facts_is_accepted_reset(f) ||
			  (f->icmp != NO_ENTRY && entry_at(f, f->icmp)->flags & ENTRY_LOOPBACK);

	return is_refused && f->drop_self != NO_ENTRY &&
	       !facts_is_dropped_as(f, f->drop_self, "NO_SOCKET") &&
	       !facts_is_refused_by_tcp(f, f->drop_self);
}

/* Earlier SYNs may have been dropped otherwise: by the neighbour queue's limit, or a rule. */
static bool is_neighbour_failed(const struct facts *f)
{
	return f->neighbour_failed != NO_ENTRY &&
	       (f->neighbour_failed == f->drop_out || !facts_has_left(f));
}

/* A tunnel's driver sends an ICMP error of its own, and perhaps the SYN: no rule's refusal. */
static bool is_dropped_by_rule(const struct facts *f)
{
	return f->drop_out != NO_ENTRY && !f->is_dropped_by_driver &&
	       !facts_is_neighbour_drop(f, f->drop_out);
}

/* A SYN left by a real device and its answer came in by loopback: this host made that one. */
static bool may_be_forged_here(const struct facts *f)
{
	return facts_has_left(f) && !f->is_target_local && !f->is_on_loopback;
}

static bool is_reset_forged_here(const struct facts *f)
{
	return may_be_forged_here(f) && facts_is_accepted_reset(f) &&
	       entry_at(f, f->reset)->flags & ENTRY_LOOPBACK;
}

static bool is_icmp_forged_here(const struct facts *f)
{
	return may_be_forged_here(f) && f->icmp != NO_ENTRY &&
	       entry_at(f, f->icmp)->flags & ENTRY_LOOPBACK && is_dropped_by_rule(f);
}

static bool is_closed(const struct facts *f)
{
	return has_sent(f) && f->established == NO_ENTRY && facts_is_accepted_reset(f);
}

static const struct icmp_meaning *meaning_of_icmp(const struct facts *f)
{
	const struct icmp_entry *icmp = &entry_at(f, f->icmp)->icmp;

	return icmp_meaning(f->attempt->requested.family, icmp->type, icmp->code);
}

static bool is_icmp(const struct facts *f)
{
	return f->icmp != NO_ENTRY && has_sent(f) && f->established == NO_ENTRY &&
	       meaning_of_icmp(f);
}

static bool is_icmp_unreachable(const struct facts *f)
{
	return is_icmp(f) && meaning_of_icmp(f)->status == STATUS_UNREACHABLE;
}

static bool is_icmp_filtered(const struct facts *f)
{
	return is_icmp(f) && meaning_of_icmp(f)->status == STATUS_FILTERED;
}

static enum reason reason_of_icmp(const struct facts *f)
{
	return meaning_of_icmp(f)->reason;
}

static bool is_rejected_locally(const struct facts *f)
{
	bool is_told = f->reset_received != NO_ENTRY || facts_is_refusal(facts_reported_error(f));

	/* A socket that has lost its way is told so too. */
	if (f->error_report == NO_ENTRY && (f->unroutable != NO_ENTRY || f->route_lost != NO_ENTRY))
		is_told = f->reset_received != NO_ENTRY;
	return !facts_has_left(f) && is_dropped_by_rule(f) && is_told;
}

/* The order is the policy: a row's twins on the wire are ruled out before or by it. */
/* clang-format off */
const struct rule rules_once[] = {
	/*
	 * ESTABLISHED with both ends the same: two SYNs crossed on one socket. Before open, because
	 * a SYN-ACK was received too: our own.
	 */
	{is_self_connect, STATUS_SELF_CONNECT, REASON_SELF_CONNECT, ON_PROOF,
	 {AT(syns), AT(established)}, NULL},
	/*
	 * The handshake was completed by this host although the route says the target is elsewhere.
	 * Before open, whose proofs are all there too.
	 */
	{is_intercepted, STATUS_INTERCEPTED, REASON_REDIRECTED_LOCAL, ON_PROOF,
	 {AT(syns), AT(own_answer), AT(local_accept), AT(established)}, NULL},
	/* SYN-ACK with ack == ISN+1 received, and ESTABLISHED. Either alone proves nothing. */
	{is_open, STATUS_OPEN, REASON_SYN_ACK, ON_PROOF,
	 {AT(syns), AT(syn_ack), AT(established)}, NULL},
	/*
	 * Two SYNs crossed, and the other end acknowledged ours by a bare ACK, which from SYN_RECV
	 * on is enough (RFC 9293, section 3.10.7.4).
	 */
	{is_crossed, STATUS_OPEN, REASON_SIMULTANEOUS_OPEN, ON_PROOF,
	 {AT(syns), AT(syn_received), AT(crossing_ack), AT(established)}, NULL},
	/*
	 * A RST, but from this host: it says nothing about the target. Before closed. Whether it
	 * was seen at a device does not matter, for NAT may have given it back the addresses that
	 * the socket has.
	 */
	{is_redirected_and_refused, STATUS_BLOCKED, REASON_REDIRECTED_LOCAL, ON_PROOF,
	 {AT(syns), AT(reset), AT(reset_received)}, NULL},
	/*
	 * The target is this host, and its own firewall rejected the SYN on its way in. Before
	 * closed and the ICMP rows, which look alike.
	 */
	{is_rejected_on_loopback, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, ON_PROOF,
	 {AT(drop_self), AT(reset), AT(icmp)}, NULL},
	/* Nothing was tried for want of a port: the errno is the proof. */
	{local_has_no_port, STATUS_BLOCKED, REASON_NO_SOURCE_PORT, ON_PROOF,
	 {AT(syn_sent_state), AT(connect_return)}, NULL},
	/*
	 * No neighbour can answer there, and no answer come in. Asked for only when something else
	 * is to be judged: never too early.
	 */
	{local_has_no_carrier, STATUS_BLOCKED, REASON_CARRIER_DOWN, ON_ABSENCE,
	 {AT(begun), AT(drop_out), AT(link)}, NULL},
	/* A SYN given up in the neighbour's queue. First: the kernel sends itself an ICMP error. */
	{is_neighbour_failed, STATUS_UNREACHABLE, REASON_NEIGHBOUR_FAILED, ON_ABSENCE,
	 {AT(silent_neighbour), AT(neighbour_failed), AT(error_report),
	  AT(closed_by_kernel)}, NULL},
	/*
	 * A rule that lets some SYNs pass and rejects others (a rate limit): its forged answer
	 * looks like the target's. Before closed and ICMP.
	 */
	{is_reset_forged_here, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, ON_PROOF,
	 {AT(drop_out), AT(reset)}, NULL},
	{is_icmp_forged_here, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, ON_PROOF,
	 {AT(drop_out), AT(icmp)}, NULL},
	/* A SYN left, and the socket accepted a RST with ack == ISN+1 that came in by a device. */
	{is_closed, STATUS_CLOSED, REASON_RESET, ON_PROOF,
	 {AT(syns), AT(reset), AT(reset_received)}, NULL},
	/* A router or the target quotes our SYN. The socket may stay in SYN_SENT. */
	{is_icmp_unreachable, STATUS_UNREACHABLE, REASON_COUNT, ON_PROOF,
	 {AT(syns), AT(icmp)}, reason_of_icmp},
	{is_icmp_filtered, STATUS_FILTERED, REASON_COUNT, ON_PROOF,
	 {AT(syns), AT(icmp)}, reason_of_icmp},
	/* bind() failed, and nothing was tried: its errno is the proof. */
	{local_has_bind_no_namespace, STATUS_BLOCKED, REASON_NO_NAMESPACE, ON_PROOF,
	 {AT(bind), AT(route)}, NULL},
	{local_has_bind_no_device, STATUS_BLOCKED, REASON_NO_DEVICE, ON_PROOF,
	 {AT(bind), AT(route)}, NULL},
	{local_has_bind_no_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, ON_PROOF,
	 {AT(bind)}, NULL},
	{local_has_bind_no_port, STATUS_BLOCKED, REASON_NO_SOURCE_PORT, ON_PROOF, {AT(bind)}, NULL},
	{local_has_bind_failed, STATUS_BLOCKED, REASON_CONNECT_FAILED, ON_PROOF, {AT(bind)}, NULL},
	/* Our SYN was dropped before any device, and yet the socket got an error: forged here. */
	{is_rejected_locally, STATUS_BLOCKED, REASON_REJECTED_LOCALLY, ON_ABSENCE,
	 {AT(drop_out), AT(reset_received), AT(error_report), AT(so_error)}, NULL},
	/* connect() failed without a state change: there are only errno and route. */
	{local_has_no_namespace, STATUS_BLOCKED, REASON_NO_NAMESPACE, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_has_no_device, STATUS_BLOCKED, REASON_NO_DEVICE, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_has_no_source, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS, ON_ABSENCE,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_is_bad_destination, STATUS_UNREACHABLE, REASON_BAD_DESTINATION, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_has_no_route, STATUS_UNREACHABLE, REASON_NO_ROUTE, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_is_route_unreachable, STATUS_UNREACHABLE, REASON_ROUTE_UNREACHABLE, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_is_route_blackhole, STATUS_UNREACHABLE, REASON_ROUTE_BLACKHOLE, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	{local_is_route_prohibit, STATUS_UNREACHABLE, REASON_ROUTE_PROHIBIT, ON_PROOF,
	 {AT(connect_return), AT(refusing_route)}, NULL},
	/* EPERM, or EACCES without a prohibit route: a cgroup program or a security module. */
	{local_is_policy, STATUS_BLOCKED, REASON_POLICY, ON_PROOF, {AT(connect_return)}, NULL},
	{local_has_connect_failed, STATUS_BLOCKED, REASON_CONNECT_FAILED, ON_ABSENCE,
	 {AT(connect_return)}, NULL},
	{0},
};
/* clang-format on */
