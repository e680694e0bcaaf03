// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this host refused, lacked or lost, in a sentence. */
#include "user/words/explain_local.h"

#include <errno.h>
#include <sys/socket.h>

static const char *name_of(int error)
{
	const char *name = error_name(error);

	return name ? name : "an error";
}

/* What failed by itself: the call, and why. */
static struct sentence *say_failed(struct sentence *s, const char *call,
				   const struct verdict *verdict)
{
	return sentence_add(s, "%s failed at once with %s: ", call, name_of(verdict->app_error));
}

static struct sentence *say_source(struct sentence *s, const struct attempt *attempt)
{
	sentence_add(s, "the source address");
	if (address_is_set(&attempt->source) && !address_is_unspecified(&attempt->source))
		sentence_host(sentence_add(s, " "), &attempt->source);
	return s;
}

/* What was there when connect() was called and is gone now: how far it came until then. */
static struct sentence *say_until_then(struct sentence *s, const struct judgement *j)
{
	const char *device = attempt_device_name(j->attempt, j->verdict->ifindex);

	if (!j->verdict->syn_sent)
		return sentence_add(s, "no SYN has left this host: ");
	sentence_syns(s, j->verdict->syn_sent);
	return sentence_add(s, " left %s and nothing came back, but ",
			    device ? device : "this host");
}

/* words: of a route that is so, and of one that was another when connect() was called. */
static void say_route(struct sentence *s, const struct judgement *j, const char *words,
		      const char *words_by_now)
{
	if (j->facts->syn_sent_state == NO_ENTRY)
		sentence_add(say_failed(s, "connect()", j->verdict), "%s", words);
	else
		sentence_add(say_until_then(s, j), "%s", words_by_now);
}

void explain_no_route(struct sentence *s, const struct judgement *j)
{
	say_route(s, j, "there is no route, or its device is down",
		  "there is no route any more, or its device is down");
}

void explain_route_unreachable(struct sentence *s, const struct judgement *j)
{
	if (facts_is_by_rule(j->facts))
		say_route(s, j, "a routing rule of this host (ip rule) says unreachable",
			  "by now a routing rule of this host (ip rule) says unreachable");
	else
		say_route(s, j, "the route to it is of type unreachable, or its gateway is",
			  "by now the route to it is of type unreachable");
}

void explain_route_blackhole(struct sentence *s, const struct judgement *j)
{
	if (facts_is_by_rule(j->facts))
		say_route(s, j, "a routing rule of this host (ip rule) is a blackhole for it",
			  "by now a routing rule of this host (ip rule) is a blackhole for it");
	else
		say_route(s, j, "the route to it is a blackhole",
			  "by now the route to it is a blackhole");
}

void explain_route_prohibit(struct sentence *s, const struct judgement *j)
{
	if (facts_is_by_rule(j->facts))
		say_route(s, j, "a routing rule of this host (ip rule) prohibits it",
			  "by now a routing rule of this host (ip rule) prohibits it");
	else
		say_route(s, j, "the route to it prohibits it",
			  "by now the route to it prohibits it");
}

void explain_bad_destination(struct sentence *s, const struct judgement *j)
{
	sentence_add(say_failed(s, "connect()", j->verdict),
		     "TCP cannot connect to a broadcast or multicast address");
}

void explain_policy(struct sentence *s, const struct judgement *j)
{
	sentence_add(say_failed(s, "connect()", j->verdict),
		     "a policy of this host (cgroup program, security module) forbids it");
}

void explain_connect_failed(struct sentence *s, const struct judgement *j)
{
	const char *call =
		j->facts->bind != NO_ENTRY ? "binding the socket to its source" : "connect()";

	sentence_add(say_failed(s, call, j->verdict), "no SYN was sent");
}

/* An address of this host may speak to this host alone (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
static bool say_loopback(struct sentence *s, const struct judgement *j)
{
	if (j->verdict->app_error != EINVAL &&
	    (!address_is_loopback(&j->attempt->source) || j->facts->syn_sent_state == NO_ENTRY))
		return false;
	if (j->facts->syn_sent_state == NO_ENTRY)
		say_failed(s, "connect()", j->verdict);
	else
		say_until_then(s, j);
	sentence_add(s, "a loopback address cannot speak to another host");
	return true;
}

void explain_no_source(struct sentence *s, const struct judgement *j)
{
	if (j->facts->bind == NO_ENTRY && say_loopback(s, j))
		return;
	if (j->facts->bind != NO_ENTRY) {
		say_source(say_failed(s, "bind()", j->verdict), j->attempt);
		sentence_add(s, " is not this host's");
	} else if (j->facts->syn_sent_state != NO_ENTRY) {
		say_source(say_until_then(s, j), j->attempt);
		sentence_add(s, " is not this host's (any more), so no answer can come in");
	} else if (j->verdict->app_error == EADDRNOTAVAIL) {
		sentence_add(say_failed(s, "connect()", j->verdict),
			     "this host has no address to speak from");
	} else {
		say_source(say_failed(s, "connect()", j->verdict), j->attempt);
		sentence_add(s, " is not this host's (any more)");
	}
}

void explain_no_namespace(struct sentence *s, const struct judgement *j)
{
	if (j->facts->bind != NO_ENTRY)
		sentence_add(s, "no SYN was sent: there is no such network namespace any more");
	else if (j->facts->syn_sent_state != NO_ENTRY)
		sentence_add(say_until_then(s, j),
			     "the network namespace of the socket was deleted");
	else
		sentence_add(say_failed(s, "connect()", j->verdict),
			     "the network namespace of the socket was deleted");
}

void explain_no_device(struct sentence *s, const struct judgement *j)
{
	if (j->facts->bind != NO_ENTRY)
		sentence_add(say_failed(s, "binding the socket to its device", j->verdict),
			     "there is no such device");
	else if (j->facts->syn_sent_state != NO_ENTRY)
		sentence_add(say_until_then(s, j),
			     "the device that the socket is bound to is not there any more");
	else
		sentence_add(say_failed(s, "connect()", j->verdict),
			     "the device that the socket is bound to is not there any more");
}

void explain_no_port(struct sentence *s, const struct judgement *j)
{
	unsigned port = j->attempt->source.port;

	if (j->facts->bind != NO_ENTRY && port)
		sentence_add(say_failed(s, "bind()", j->verdict),
			     "the source port %u is in use on this host", port);
	else if (j->facts->bind != NO_ENTRY)
		sentence_add(say_failed(s, "bind()", j->verdict),
			     "the source port is in use on this host");
	else if (port)
		sentence_add(
			say_failed(s, "connect()", j->verdict),
			"the source port %u is in use for another connection to this destination",
			port);
	else
		sentence_add(say_failed(s, "connect()", j->verdict),
			     "no free source port to this destination");
}

void explain_carrier_down(struct sentence *s, const struct judgement *j)
{
	const char *device =
		attempt_device_name(j->attempt, j->attempt->entries[j->facts->link].ifindex);

	say_until_then(s, j);
	sentence_add(s, "%s has no carrier", device ? device : "the device");
}

void explain_closed_early(struct sentence *s, const struct judgement *j)
{
	uint64_t began_ns = j->attempt->entries[j->facts->connect_enter].time_ns;

	sentence_add(s, j->attempt->entries[j->facts->close].app.result & APP_CLOSE_BY_EXIT
				? "the program ended "
				: "it closed the socket ");
	sentence_seconds(s, j->attempt->entries[j->facts->close].time_ns - began_ns);
	sentence_add(s, " after connect(), when ");
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " had left and nothing had come back");
}

void explain_interrupted(struct sentence *s, const struct judgement *j)
{
	switch (j->facts->abandon != NO_ENTRY
			? j->facts->attempt->entries[j->facts->abandon].app.result
			: 0) {
	case 1:
		sentence_add(s, "the run's deadline (-w) came before there was a verdict; ");
		break;
	case 2:
		sentence_add(s,
			     "another probe of this target showed what was waited for (--until); ");
		break;
	default:
		sentence_add(s, "interrupted before there was a verdict; ");
		break;
	}
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " had been sent");
}

void explain_deferred(struct sentence *s, const struct judgement *j)
{
	(void)j;
	sentence_add(s, "connect() said 0, but no SYN has been sent: it waits for the first data "
			"(TCP_FASTOPEN_CONNECT)");
}

static const struct entry *last_of(const struct attempt *attempt, enum event_kind kind)
{
	for (int i = attempt->entry_count; i-- > 0;)
		if (attempt->entries[i].kind == kind)
			return &attempt->entries[i];
	return NULL;
}

/* No more than is proven: not even the family of an address that is not known. */
static void say_neighbour(struct sentence *s, const struct judgement *j, const char *what)
{
	const struct entry *neighbour;
	struct address address;
	const char *device;

	neighbour = j->facts->silent_neighbour == NO_ENTRY
			    ? NULL
			    : entry_at(j->facts, j->facts->silent_neighbour);
	device = attempt_device_name(j->attempt,
				     neighbour ? neighbour->ifindex : j->verdict->drop.ifindex);
	if (neighbour) {
		address =
			address_make(neighbour->neighbour.family, neighbour->neighbour.address, 0);
		sentence_add(s, "%s for the next hop ",
			     address.family == AF_INET ? "ARP" : "neighbour discovery");
		sentence_address(s, &address);
	} else {
		sentence_add(s, "%s for the next hop",
			     j->attempt->requested.family == AF_INET ? "ARP"
								     : "neighbour discovery");
	}
	if (device)
		sentence_add(s, " on %s", device);
	sentence_add(s, " %s", what);
	if (!j->verdict->syn_sent)
		sentence_add(s, "; no SYN has left this host");
	else
		sentence_add(sentence_syns(sentence_add(s, "; "), j->verdict->syn_sent),
			     " had left before");
}

void explain_neighbour_failed(struct sentence *s, const struct judgement *j)
{
	say_neighbour(s, j, "failed");
}

void explain_neighbour_unresolved(struct sentence *s, const struct judgement *j)
{
	say_neighbour(s, j, "has no answer yet");
}

/* It is in the queue that had it, if nothing was dropped; else EBUSY is all there may be. */
void explain_not_sent(struct sentence *s, const struct judgement *j)
{
	const struct entry *repeat = last_of(j->attempt, EVENT_RETRANSMIT);

	if (j->facts->first_queued != NO_ENTRY) {
		sentence_seconds(sentence_add(s, "the SYN has waited "),
				 j->facts->until_ns -
					 entry_at(j->facts, j->facts->first_queued)->time_ns);
		sentence_add(s, " in this host's own queue (%s)",
			     attempt_device_or(j->attempt,
					       entry_at(j->facts, j->facts->first_queued)->ifindex,
					       "its device is not known"));
		return;
	}
	sentence_add(s, "no SYN has left this host, and nothing tells where it stays");
	if (repeat && repeat->error.error == -EBUSY)
		sentence_add(s, ": the kernel still has it (EBUSY), but no device's queue does");
}

void explain_aborted(struct sentence *s, const struct judgement *j)
{
	const struct entry *report = last_of(j->attempt, EVENT_ERROR_REPORT);
	const char *error = report ? error_name(report->error.error) : NULL;

	sentence_add(s, "the attempt was aborted on this host (%s)",
		     error ? error : "ECONNABORTED");
}
