// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What this host refused, lacked or lost, in a sentence. */
#include "user/words/explain_local.h"

#include <errno.h>

#include "user/core/verdict/facts.h"

static const char *name_of(int error)
{
	const char *name = error_name(error);

	return name ? name : "an error";
}

/* What failed by itself: the call, and why. */
static struct sentence *say_failed(struct sentence *s, const char *call, const struct verdict *verdict)
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
	return sentence_add(s, " left %s and nothing came back, but ", device ? device : "this host");
}

static const char *route_words(enum reason reason, bool is_lost)
{
	switch (reason) {
	case REASON_ROUTE_UNREACHABLE:
		return is_lost ? "by now the route to it is of type unreachable"
			       : "the route to it is of type unreachable, or its gateway is";
	case REASON_ROUTE_BLACKHOLE:
		return is_lost ? "by now the route to it is a blackhole" : "the route to it is a blackhole";
	case REASON_ROUTE_PROHIBIT:
		return is_lost ? "by now the route to it prohibits it" : "the route to it prohibits it";
	default:
		return is_lost ? "there is no route any more, or its device is down" : "there is no route, or its device is down";
	}
}

static void say_route(struct sentence *s, const struct judgement *j, bool is_lost)
{
	if (is_lost)
		say_until_then(s, j);
	else
		say_failed(s, "connect()", j->verdict);
	sentence_add(s, "%s", route_words(j->verdict->reason, is_lost));
}

/* The only fault that an address of this host can have: it speaks to this host alone (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3). */
static bool say_loopback(struct sentence *s, const struct judgement *j)
{
	if (j->verdict->app_error != EINVAL && (!address_is_loopback(&j->attempt->source) || j->facts->syn_sent_state == NO_ENTRY))
		return false;
	if (j->facts->syn_sent_state == NO_ENTRY)
		say_failed(s, "connect()", j->verdict);
	else
		say_until_then(s, j);
	sentence_add(s, "a loopback address cannot speak to another host");
	return true;
}

static void say_no_source(struct sentence *s, const struct judgement *j)
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
		sentence_add(say_failed(s, "connect()", j->verdict), "this host has no address to speak from");
	} else {
		say_source(say_failed(s, "connect()", j->verdict), j->attempt);
		sentence_add(s, " is not this host's (any more)");
	}
}

static void say_no_device(struct sentence *s, const struct judgement *j)
{
	if (j->facts->bind != NO_ENTRY)
		sentence_add(say_failed(s, "binding the socket to its device", j->verdict), "there is no such device");
	else if (j->facts->syn_sent_state != NO_ENTRY)
		sentence_add(say_until_then(s, j), "the device that the socket is bound to is not there any more");
	else
		sentence_add(say_failed(s, "connect()", j->verdict), "the device that the socket is bound to is not there any more");
}

static void say_no_port(struct sentence *s, const struct judgement *j)
{
	unsigned port = j->attempt->source.port;

	if (j->facts->bind != NO_ENTRY && port)
		sentence_add(say_failed(s, "bind()", j->verdict), "the source port %u is in use on this host", port);
	else if (j->facts->bind != NO_ENTRY)
		sentence_add(say_failed(s, "bind()", j->verdict), "the source port is in use on this host");
	else if (port)
		sentence_add(say_failed(s, "connect()", j->verdict),
			     "the source port %u is in use for another connection to this destination", port);
	else
		sentence_add(say_failed(s, "connect()", j->verdict), "no free source port to this destination");
}

static void say_carrier(struct sentence *s, const struct judgement *j)
{
	const char *device = attempt_device_name(j->attempt, j->attempt->entries[j->facts->link].ifindex);

	say_until_then(s, j);
	sentence_add(s, "%s has no carrier", device ? device : "the device");
}

static void say_closed_early(struct sentence *s, const struct judgement *j)
{
	uint64_t began_ns = j->attempt->entries[j->facts->connect_enter].time_ns;

	sentence_add(s,
		     j->attempt->entries[j->facts->close].app.result & APP_CLOSE_BY_EXIT ? "the program ended " : "it closed the socket ");
	sentence_seconds(s, j->attempt->entries[j->facts->close].time_ns - began_ns);
	sentence_add(s, " after connect(), when ");
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " had left and nothing had come back");
}

static void say_given_up(struct sentence *s, const struct judgement *j)
{
	switch (j->facts->abandon != NO_ENTRY ? j->facts->attempt->entries[j->facts->abandon].app.result : 0) {
	case 1:
		sentence_add(s, "the run's deadline (-w) came before there was a verdict; ");
		break;
	case 2:
		sentence_add(s, "another probe of this target showed what was waited for (--until); ");
		break;
	default:
		sentence_add(s, "interrupted before there was a verdict; ");
		break;
	}
	sentence_syns(s, j->verdict->syn_sent);
	sentence_add(s, " had been sent");
}

void explain_local(struct sentence *s, const struct judgement *j)
{

	switch (j->verdict->reason) {
	case REASON_BAD_DESTINATION:
		sentence_add(say_failed(s, "connect()", j->verdict), "TCP cannot connect to a broadcast or multicast address");
		return;
	case REASON_POLICY:
		sentence_add(say_failed(s, "connect()", j->verdict), "a policy of this host (cgroup program, security module) forbids it");
		return;
	case REASON_CONNECT_FAILED:
		sentence_add(say_failed(s, j->facts->bind != NO_ENTRY ? "binding the socket to its source" : "connect()", j->verdict),
			     "no SYN was sent");
		return;
	case REASON_NO_SOURCE_PORT:
		say_no_port(s, j);
		return;
	case REASON_NO_SOURCE_ADDRESS:
		say_no_source(s, j);
		return;
	case REASON_NO_DEVICE:
		say_no_device(s, j);
		return;
	case REASON_CLOSED_EARLY:
		say_closed_early(s, j);
		return;
	case REASON_DEFERRED_FASTOPEN:
		sentence_add(s, "connect() said 0, but no SYN has been sent: it waits for the first data (TCP_FASTOPEN_CONNECT)");
		return;
	case REASON_CARRIER_DOWN:
		say_carrier(s, j);
		return;
	case REASON_INTERRUPTED:
		say_given_up(s, j);
		return;
	default:
		say_route(s, j, j->facts->syn_sent_state != NO_ENTRY);
	}
}
