// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this host itself refused, lacked or lost. */
#include <errno.h>

#include "user/core/verdict/rule.h"
#include "user/core/verdict/signs.h"

bool rule_cite(struct verdict *verdict, int index)
{
	for (unsigned i = 0; i < verdict->evidence_count; i++)
		if (verdict->evidence[i] == index)
			return true;
	if (index != NO_ENTRY && verdict->evidence_count < VERDICT_MAX_EVIDENCE)
		verdict->evidence[verdict->evidence_count++] = (int8_t)index;
	return true;
}

static bool is_route(const struct facts *f, enum route_kind kind)
{
	return f->route != NO_ENTRY && entry_at(f, f->route)->route.kind == kind;
}

static bool is_bind_error(const struct facts *f, int error)
{
	return f->bind != NO_ENTRY && entry_at(f, f->bind)->app.error == error;
}

bool rule_bind_no_device(const struct facts *f, struct verdict *v)
{
	return is_bind_error(f, ENODEV) && rule_cite(v, f->bind) && rule_cite(v, f->route);
}

bool rule_bind_no_source(const struct facts *f, struct verdict *v)
{
	return is_bind_error(f, EADDRNOTAVAIL) && rule_cite(v, f->bind);
}

bool rule_bind_no_port(const struct facts *f, struct verdict *v)
{
	return is_bind_error(f, EADDRINUSE) && rule_cite(v, f->bind);
}

bool rule_bind_failed(const struct facts *f, struct verdict *v)
{
	return f->bind != NO_ENTRY && rule_cite(v, f->bind);
}

/* CLOSE -> SYN_SENT -> CLOSE within connect(): the kernel looked for a port and found none. */
bool rule_no_port(const struct facts *f, struct verdict *v)
{
	return facts_connect_error(f) == EADDRNOTAVAIL && f->syn_sent_state != NO_ENTRY && !facts_has_left(f) &&
	       rule_cite(v, f->syn_sent_state) && rule_cite(v, f->connect_return);
}

/*
 * Of several look-ups, before connect() and after it, the one that found something wrong; else the last. That it is the source's fault is asked for afterwards
 * only, and explains what the route said before.
 */
static int route_of_refusal(const struct facts *f)
{
	if (f->route != NO_ENTRY && entry_at(f, f->route)->route.kind == ROUTE_NO_SOURCE)
		return f->route;
	for (int i = 0; i < f->attempt->entry_count; i++) {
		const struct entry *entry = entry_at(f, i);

		if (entry->kind == EVENT_ROUTE && entry->route.kind != ROUTE_UNICAST && entry->route.kind != ROUTE_LOCAL)
			return i;
	}
	return f->route;
}

static bool is_refusing_route(const struct facts *f, enum route_kind kind)
{
	int route = route_of_refusal(f);

	return route != NO_ENTRY && entry_at(f, route)->route.kind == kind;
}

/* Nothing is wrong with it: then a program of a cgroup may have chosen the errno. */
static bool is_route_good(const struct facts *f)
{
	return is_refusing_route(f, ROUTE_UNICAST) || is_refusing_route(f, ROUTE_LOCAL);
}

/* connect() failed before any state changed: nothing but its return says so, and the route that the kernel would take. */
static bool is_refused_by_connect(const struct facts *f, int error)
{
	return f->syn_sent_state == NO_ENTRY && facts_connect_error(f) == error;
}

static bool cite_connect(const struct facts *f, struct verdict *v)
{
	return rule_cite(v, f->connect_return) && rule_cite(v, route_of_refusal(f));
}

bool rule_no_device(const struct facts *f, struct verdict *v)
{
	bool is_gone = facts_connect_error(f) && f->syn_sent_state == NO_ENTRY && is_refusing_route(f, ROUTE_NO_DEVICE);

	return (is_refused_by_connect(f, ENODEV) || is_gone) && cite_connect(f, v);
}

/* Bound to an address that has gone since, or that speaks to this host only (EINVAL: __mkroute_output()); or not bound, and (IPv6) there is none to choose. */
bool rule_no_source(const struct facts *f, struct verdict *v)
{
	bool is_gone = (is_refused_by_connect(f, ENETUNREACH) || is_refused_by_connect(f, EINVAL)) && is_refusing_route(f, ROUTE_NO_SOURCE);

	return (is_refused_by_connect(f, EADDRNOTAVAIL) || is_gone) && cite_connect(f, v);
}

bool rule_bad_destination(const struct facts *f, struct verdict *v)
{
	const struct address *requested = &f->attempt->requested;
	bool is_bad = is_refusing_route(f, ROUTE_BROADCAST) || is_refusing_route(f, ROUTE_MULTICAST) || address_is_multicast(requested) ||
		      address_is_limited_broadcast(requested);

	return is_refused_by_connect(f, ENETUNREACH) && is_bad && cite_connect(f, v);
}

bool rule_no_route(const struct facts *f, struct verdict *v)
{
	return is_refused_by_connect(f, ENETUNREACH) && !is_route_good(f) && cite_connect(f, v);
}

bool rule_route_unreachable(const struct facts *f, struct verdict *v)
{
	return is_refused_by_connect(f, EHOSTUNREACH) && !is_route_good(f) && cite_connect(f, v);
}

bool rule_route_blackhole(const struct facts *f, struct verdict *v)
{
	return is_refused_by_connect(f, EINVAL) && is_refusing_route(f, ROUTE_BLACKHOLE) && cite_connect(f, v);
}

bool rule_route_prohibit(const struct facts *f, struct verdict *v)
{
	return is_refused_by_connect(f, EACCES) && is_refusing_route(f, ROUTE_PROHIBIT) && cite_connect(f, v);
}

bool rule_policy(const struct facts *f, struct verdict *v)
{
	return (is_refused_by_connect(f, EPERM) || is_refused_by_connect(f, EACCES)) && rule_cite(v, f->connect_return);
}

/* One that waited was told of something that came to pass meanwhile. */
static bool is_at_once(const struct facts *f)
{
	return f->connect_enter == NO_ENTRY ||
	       entry_at(f, f->connect_return)->time_ns - entry_at(f, f->connect_enter)->time_ns < FACTS_EARLY_NS;
}

/* Something that came told the socket, though no SYN was seen to leave: then one did, on a way that no hook sees. */
static bool is_told_by_answer(const struct facts *f)
{
	bool is_told = f->error_report != NO_ENTRY && f->error_report < f->connect_return;

	return f->reset_received != NO_ENTRY || f->answer_count || is_told;
}

bool rule_connect_failed(const struct facts *f, struct verdict *v)
{
	return facts_connect_error(f) && !facts_has_left(f) && is_at_once(f) && !is_told_by_answer(f) && rule_cite(v, f->connect_return);
}

/*
 * Silence from then on proves nothing about the target. An answer of any kind, or a rule that dropped our SYN, is another story; SYNs that
 * only waited for the next hop's address are thrown away with the device.
 */
static bool is_way_lost(const struct facts *f)
{
	bool is_dropped = f->drop_out != NO_ENTRY && !facts_has_left(f) && !facts_is_neighbour_drop(f, f->drop_out);

	return f->route_lost != NO_ENTRY && f->syn_sent_state != NO_ENTRY && !f->answer_count && !is_dropped && f->drop_self == NO_ENTRY &&
	       f->drop_in == NO_ENTRY && !facts_is_redirected(f);
}

static bool cite_lost(const struct facts *f, struct verdict *v)
{
	return rule_cite(v, facts_has_left(f) ? f->syns[0] : f->syn_sent_state) && rule_cite(v, f->drop_out) &&
	       rule_cite(v, f->unroutable) && rule_cite(v, f->route_lost);
}

bool rule_lost_device(const struct facts *f, struct verdict *v)
{
	return is_way_lost(f) && is_route(f, ROUTE_NO_DEVICE) && cite_lost(f, v);
}

bool rule_lost_source(const struct facts *f, struct verdict *v)
{
	return is_way_lost(f) && is_route(f, ROUTE_NO_SOURCE) && cite_lost(f, v);
}

static enum reason reason_of_route(uint8_t kind)
{
	switch (kind) {
	case ROUTE_UNREACHABLE:
		return REASON_ROUTE_UNREACHABLE;
	case ROUTE_BLACKHOLE:
		return REASON_ROUTE_BLACKHOLE;
	case ROUTE_PROHIBIT:
		return REASON_ROUTE_PROHIBIT;
	}
	return REASON_NO_ROUTE;
}

bool rule_lost_route(const struct facts *f, struct verdict *v)
{
	if (!is_way_lost(f))
		return false;
	v->reason = reason_of_route(entry_at(f, f->route_lost)->route.kind);
	return cite_lost(f, v);
}

/* Another device may have taken over since: what left by that one had a carrier. */
static bool is_way_out(const struct facts *f, int link)
{
	unsigned count = f->syn_count < FACTS_MAX_SYNS ? f->syn_count : FACTS_MAX_SYNS;

	return !count || entry_at(f, f->syns[count - 1])->ifindex == entry_at(f, link)->ifindex;
}

/*
 * Without a carrier nothing passes the device, in either direction. While a SYN that did not leave waits for a neighbour, that one is sought in vain: the
 * kernel gives up in the end, and has as little to say about the target. Where the neighbour is known, the device's queue is one that drops everything (noop).
 */
bool rule_carrier_down(const struct facts *f, struct verdict *v)
{
	bool is_dropped = f->drop_out != NO_ENTRY && !facts_has_left(f) && !facts_is_neighbour_drop(f, f->drop_out) &&
			  !facts_is_queue_drop(f, f->drop_out);

	return f->link != NO_ENTRY && !entry_at(f, f->link)->link.has_carrier && is_way_out(f, f->link) && f->syn_sent_state != NO_ENTRY &&
	       !f->answer_count && f->established == NO_ENTRY && f->reset_received == NO_ENTRY && !is_dropped && !facts_is_redirected(f) &&
	       rule_cite(v, facts_has_left(f) ? f->syns[0] : f->syn_sent_state) && rule_cite(v, f->drop_out) && rule_cite(v, f->link);
}

/* tcp_v4_connect() defers the SYN to the first data when the socket asks for Fast Open and has a cookie. */
bool rule_deferred(const struct facts *f, struct verdict *v)
{
	bool is_told = f->connect_return != NO_ENTRY && !entry_at(f, f->connect_return)->app.error;

	return !f->attempt->is_ours && is_told && f->syn_sent_state != NO_ENTRY && f->established == NO_ENTRY && !facts_has_left(f) &&
	       f->first_queued == NO_ENTRY && f->drop_out == NO_ENTRY && rule_cite(v, f->connect_return) && rule_cite(v, f->syn_sent_state);
}

bool rule_closed_early(const struct facts *f, struct verdict *v)
{
	uint64_t began_ns = f->connect_enter != NO_ENTRY ? entry_at(f, f->connect_enter)->time_ns : 0;

	if (f->closed_by_kernel != NO_ENTRY && f->close != NO_ENTRY && f->closed_by_kernel < f->close) /* it had its outcome by then */
		return false;
	return !f->attempt->is_ours && f->close != NO_ENTRY && f->connect_enter != NO_ENTRY && f->syn_count + f->syn_repeats <= 1 &&
	       !f->answer_count && entry_at(f, f->close)->time_ns - began_ns < FACTS_EARLY_NS && rule_cite(v, f->close) &&
	       rule_cite(v, facts_has_left(f) ? f->syns[0] : f->syn_sent_state);
}
