// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Want of a port or a carrier, and calls that failed by themselves: errno and route. */
#include "user/core/verdict/rules/rules_local.h"

#include <errno.h>

/* CLOSE -> SYN_SENT -> CLOSE within connect(): the kernel looked for a port and found none. */
bool local_has_no_port(const struct facts *f)
{
	return facts_connect_error(f) == EADDRNOTAVAIL && f->syn_sent_state != NO_ENTRY &&
	       !facts_has_left(f);
}

/* Another device may have taken over since: what left by that one had a carrier. */
static bool is_way_out(const struct facts *f, int link)
{
	unsigned count = f->syn_count < FACTS_MAX_SYNS ? f->syn_count : FACTS_MAX_SYNS;

	return !count || entry_at(f, f->syns[count - 1])->ifindex == entry_at(f, link)->ifindex;
}

/*
 * Without a carrier nothing passes the device, in either direction. While a SYN that did not leave
 * waits for a neighbour, that one is sought in vain: the kernel gives up in the end, and has as
 * little to say about the target. Where the neighbour is known, the device's queue is one that
 * drops everything (noop).
 */
bool local_has_no_carrier(const struct facts *f)
{
	bool is_dropped = f->drop_out != NO_ENTRY && !facts_has_left(f) &&
			  !facts_is_neighbour_drop(f, f->drop_out) &&
			  !facts_is_queue_drop(f, f->drop_out);

	return f->link != NO_ENTRY && !entry_at(f, f->link)->link.has_carrier &&
	       is_way_out(f, f->link) && f->syn_sent_state != NO_ENTRY && !f->answer_count &&
	       f->established == NO_ENTRY && f->reset_received == NO_ENTRY && !is_dropped &&
	       !facts_is_redirected(f);
}

static bool is_bind_error(const struct facts *f, int error)
{
	return f->bind != NO_ENTRY && entry_at(f, f->bind)->app.error == error;
}

/* No call of a socket fails with that: it is the name of the namespace that led nowhere. */
bool local_has_bind_no_namespace(const struct facts *f)
{
	return is_bind_error(f, ENOENT);
}

bool local_has_bind_no_device(const struct facts *f)
{
	return is_bind_error(f, ENODEV);
}

bool local_has_bind_no_source(const struct facts *f)
{
	return is_bind_error(f, EADDRNOTAVAIL);
}

bool local_has_bind_no_port(const struct facts *f)
{
	return is_bind_error(f, EADDRINUSE);
}

bool local_has_bind_failed(const struct facts *f)
{
	return f->bind != NO_ENTRY;
}

static bool is_refusing_route(const struct facts *f, enum route_kind kind)
{
	return f->refusing_route != NO_ENTRY && entry_at(f, f->refusing_route)->route.kind == kind;
}

/* Nothing is wrong with it: then a program of a cgroup may have chosen the errno. */
static bool is_route_good(const struct facts *f)
{
	return is_refusing_route(f, ROUTE_UNICAST) || is_refusing_route(f, ROUTE_LOCAL);
}

/* connect() failed before any state changed: only its return and the route say so. */
static bool is_refused_by_connect(const struct facts *f, int error)
{
	return f->syn_sent_state == NO_ENTRY && facts_connect_error(f) == error;
}

static bool is_refused_without(const struct facts *f, enum route_kind what_is_gone)
{
	return facts_connect_error(f) && f->syn_sent_state == NO_ENTRY &&
	       is_refusing_route(f, what_is_gone);
}

bool local_has_no_namespace(const struct facts *f)
{
	return is_refused_without(f, ROUTE_NO_NAMESPACE);
}

bool local_has_no_device(const struct facts *f)
{
	return is_refused_by_connect(f, ENODEV) || is_refused_without(f, ROUTE_NO_DEVICE);
}

/*
 * Bound to an address that has gone since, or that speaks to this host only (EINVAL:
 * __mkroute_output()); or not bound, and (IPv6) there is none to choose.
 */
bool local_has_no_source(const struct facts *f)
{
	bool is_gone =
		(is_refused_by_connect(f, ENETUNREACH) || is_refused_by_connect(f, EINVAL)) &&
		is_refusing_route(f, ROUTE_NO_SOURCE);

	return is_refused_by_connect(f, EADDRNOTAVAIL) || is_gone;
}

bool local_is_bad_destination(const struct facts *f)
{
	const struct address *requested = &f->attempt->requested;
	bool is_bad = is_refusing_route(f, ROUTE_BROADCAST) ||
		      is_refusing_route(f, ROUTE_MULTICAST) || address_is_multicast(requested) ||
		      address_is_limited_broadcast(requested);

	return is_refused_by_connect(f, ENETUNREACH) && is_bad;
}

/* A routing rule of that type says ENETUNREACH where a route of it says EHOSTUNREACH. */
static bool is_rule_unreachable(const struct facts *f)
{
	return is_refused_by_connect(f, ENETUNREACH) && is_refusing_route(f, ROUTE_UNREACHABLE) &&
	       entry_at(f, f->refusing_route)->route.is_by_rule;
}

bool local_has_no_route(const struct facts *f)
{
	return is_refused_by_connect(f, ENETUNREACH) && !is_route_good(f) &&
	       !is_rule_unreachable(f);
}

bool local_is_route_unreachable(const struct facts *f)
{
	return (is_refused_by_connect(f, EHOSTUNREACH) && !is_route_good(f)) ||
	       is_rule_unreachable(f);
}

bool local_is_route_blackhole(const struct facts *f)
{
	return is_refused_by_connect(f, EINVAL) && is_refusing_route(f, ROUTE_BLACKHOLE);
}

bool local_is_route_prohibit(const struct facts *f)
{
	return is_refused_by_connect(f, EACCES) && is_refusing_route(f, ROUTE_PROHIBIT);
}

bool local_is_policy(const struct facts *f)
{
	return is_refused_by_connect(f, EPERM) || is_refused_by_connect(f, EACCES);
}

/* One that waited was told of something that came to pass meanwhile. */
static bool is_at_once(const struct facts *f)
{
	return f->connect_enter == NO_ENTRY ||
	       entry_at(f, f->connect_return)->time_ns - entry_at(f, f->connect_enter)->time_ns <
		       REPEAT_EARLIEST_NS;
}

/* An answer reached the socket, so a SYN did leave, on a way that no hook sees. */
static bool is_told_by_answer(const struct facts *f)
{
	bool is_told = f->error_report != NO_ENTRY && f->error_report < f->connect_return;

	return f->reset_received != NO_ENTRY || f->answer_count || is_told;
}

bool local_has_connect_failed(const struct facts *f)
{
	return facts_connect_error(f) && !facts_has_left(f) && is_at_once(f) &&
	       !is_told_by_answer(f);
}
