/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * No flood of one kind of event pushes out another kind: with a hundred of them, wherever they
 * come, a verdict and an accusation are as with a few.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/story.h"
#include "user/core/attempt/attempt_add.h"
#include "user/core/verdict/amend.h"
#include "user/core/verdict/rules/decide.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define FEW  4
#define MANY 100

/* Another program's call. */
static struct event *call(struct story *s, double at_ms, enum app_call which, int result, int error)
{
	struct event *event = story_so_error(s, at_ms, result);

	event->app.call = which;
	event->app.phase = which == APP_CLOSE || which == APP_EPOLL_CTL ? APP_ENTER : APP_RETURN;
	event->app.error = error;
	event->app.is_ours = false;
	return event;
}

/* So many SYNs leave before anything else happens: they all have places of their own. */
static struct story begun(unsigned syns)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	for (unsigned i = 0; i < syns; i++)
		story_syn(&s, 0.1 + i * 0.01);
	call(&s, 0.5, APP_CONNECT, -1, EINPROGRESS);
	return s;
}

static void connect_to(struct story *s, double at_ms)
{
	story_syn_ack(s, at_ms, 0.1);
	story_established(s, at_ms + 0.1);
	call(s, at_ms + 1, APP_POLL, POLLOUT, 0);
	call(s, at_ms + 2, APP_SO_ERROR, 0, 0);
	call(s, at_ms + 3, APP_SEND, 78, 0);
	call(s, at_ms + 4, APP_RECEIVE, 116, 0);
}

static struct story tell_open(unsigned syns)
{
	struct story s = begun(syns);

	connect_to(&s, 5);
	call(&s, 30, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_intercepted(unsigned syns)
{
	struct story s = begun(0);

	story_device(&s, "lo", 1, true);
	for (unsigned i = 0; i < syns; i++)
		story_syn(&s, 0.1 + i * 0.01);
	connect_to(&s, 5);
	story_local_accept(&s, 5.5);
	call(&s, 30, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_refused(unsigned syns)
{
	struct story s = begun(syns);

	story_reset(&s, 5);
	story_reset_received(&s, 5);
	story_closed(&s, 5.1);
	call(&s, 6, APP_SELECT, POLLOUT, 0);
	call(&s, 30, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_silent(unsigned syns)
{
	struct story s = begun(syns);

	story_syn(&s, 1000);
	story_syn(&s, 3000);
	call(&s, 3100, APP_SO_ERROR, 0, 0);
	call(&s, 3500, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_never_asked(unsigned syns)
{
	struct story s = begun(syns);

	story_syn(&s, 1000);
	call(&s, 1500, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_misled(unsigned syns)
{
	struct story s = begun(syns);

	call(&s, 3, APP_PEERNAME, 0, 0);
	story_syn(&s, 1000);
	call(&s, 1500, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_dropped(unsigned syns)
{
	struct story s = begun(syns);

	story_drop_in(&s, 5, "NETFILTER_DROP", "nft_do_chain");
	story_syn(&s, 1000);
	call(&s, 1500, APP_CLOSE, 0, 0);
	return s;
}

static struct story tell_prohibited(unsigned syns)
{
	struct story s = begun(syns);

	story_icmp(&s, 5, 3, 13);
	story_error(&s, 5.1, EHOSTUNREACH);
	story_closed(&s, 5.2);
	call(&s, 6, APP_SO_ERROR, EHOSTUNREACH, 0);
	call(&s, 30, APP_CLOSE, 0, 0);
	return s;
}

/* The last that it was told is to wait. */
static struct story tell_waiting(unsigned syns)
{
	struct story s = begun(syns);

	call(&s, 10, APP_POLL, 0, 0);
	call(&s, 20, APP_SO_ERROR, 0, 0);
	call(&s, 30, APP_SELECT, 0, 0);
	story_syn(&s, 1000);
	call(&s, 1400, APP_POLL, 0, 0);
	call(&s, 1500, APP_CLOSE, 0, 0);
	return s;
}

/* Twice: that is a way to wait. */
static struct story tell_idle(unsigned syns)
{
	struct story s = begun(syns);

	call(&s, 10, APP_SEND, APP_RESULT_NOTHING, EAGAIN);
	story_syn(&s, 1000);
	call(&s, 1400, APP_RECEIVE, APP_RESULT_NOTHING, EAGAIN);
	call(&s, 1500, APP_CLOSE, 0, 0);
	return s;
}

/* Two SYN-ACKs are dropped here, and the third one is taken. */
static struct story tell_refused_twice(unsigned syns)
{
	struct story s = begun(syns);

	for (int i = 0; i < 2; i++) {
		story_syn_ack(&s, 5 + i, 0.1);
		story_drop_in(&s, 5.1 + i, "NETFILTER_DROP", "nft_do_chain");
	}
	connect_to(&s, 8);
	call(&s, 30, APP_CLOSE, 0, 0);
	return s;
}

/* The peer repeats its SYN-ACK, others speak for it, and it resets. */
static struct story tell_amended(unsigned syns)
{
	struct story s = begun(syns);

	connect_to(&s, 5);
	call(&s, 30, APP_CLOSE, 0, 0);
	story_receive(&s, 40, ACK, s.isn + 1)->packet.packet.ttl = 3;
	story_syn_ack(&s, 1100, 0.1);
	story_device(&s, "lo", 1, true);
	story_receive(&s, 2000, RST, 0);
	story_reset_received(&s, 2000.1);
	return s;
}

static struct story tell_neighbour_failed(unsigned syns)
{
	struct story s = begun(0);

	for (unsigned i = 0; i < syns; i++) /* none of them got any further */
		story_queued(&s, 0.1 + i * 0.01);
	story_drop_out(&s, 1000, "OTHER", "f");
	story_drop_out(&s, 3000, "NEIGH_FAILED", "arp_error_report");
	story_error(&s, 3000.1, EHOSTUNREACH);
	story_closed(&s, 3000.2);
	call(&s, 3001, APP_SO_ERROR, EHOSTUNREACH, 0);
	call(&s, 3002, APP_CLOSE, 0, 0);
	return s;
}

static struct story (*const tellers[])(unsigned syns) = {
	tell_open,
	tell_intercepted,
	tell_refused,
	tell_silent,
	tell_never_asked,
	tell_misled,
	tell_dropped,
	tell_idle,
	tell_prohibited,
	tell_waiting,
	tell_refused_twice,
	tell_amended,
	tell_neighbour_failed,
};

static const char *reason_of(unsigned i)
{
	static char reasons[MANY][8];

	snprintf(reasons[i], sizeof(reasons[i]), "R%u", i);
	return reasons[i];
}

/* Each is like the one before, and a little different. */
static struct event *wrong_ack(struct story *s, unsigned i)
{
	return story_receive(s, 0, SYN | ACK, 7000 + i);
}

static struct event *wrong_flags(struct story *s, unsigned i)
{
	return story_receive(s, 0, (uint8_t)i, 1);
}

static struct event *answer(struct story *s, unsigned i)
{
	struct event *event = story_syn_ack(s, 0, 0.1);

	event->packet.packet.tcp.seq = i;
	return event;
}

static struct event *data(struct story *s, unsigned i)
{
	return story_receive(s, 0, ACK | TCP_FLAG_PSH, s->isn + 2 + i);
}

static struct event *data_out(struct story *s, unsigned i)
{
	struct event *event = story_sent(s, 0, ACK | TCP_FLAG_PSH);

	event->packet.packet.tcp.seq += 1 + i;
	return event;
}

static struct event *other_icmp(struct story *s, unsigned i)
{
	struct event *event = story_icmp(s, 0, 3, i % 16);

	event->packet.packet.tcp.seq = s->isn + 1 + i;
	return event;
}

static struct event *drop_in(struct story *s, unsigned i)
{
	return story_drop_in(s, 0, reason_of(i), "f");
}

static struct event *drop_out(struct story *s, unsigned i)
{
	return story_drop_out(s, 0, reason_of(i), "f");
}

static struct event *error(struct story *s, unsigned i)
{
	return story_error(s, 0, 1 + (int)i);
}

static struct event *failed_retransmit(struct story *s, unsigned i)
{
	return story_retransmit(s, 0, -1 - (int)i);
}

static struct event *hop(struct story *s, unsigned i)
{
	story_syn(s, 0.1);
	return story_hop(s, 0, "veth", 1 + i, i % 2);
}

static struct event *poll_of_changing_result(struct story *s, unsigned i)
{
	return call(s, 0, APP_POLL, (int)(i + 1) << 6, 0);
}

static struct event *zero_in_a_loop(struct story *s, unsigned i)
{
	return i % 2 ? call(s, 0, APP_SO_ERROR, 0, 0) : call(s, 0, APP_POLL, 0, 0);
}

static struct event *transfer(struct story *s, unsigned i)
{
	return call(s, 0, i % 2 ? APP_SEND : APP_RECEIVE, 1 + (int)i, 0);
}

static struct event *idle_transfer(struct story *s, unsigned i)
{
	return call(s, 0, i % 2 ? APP_SEND : APP_RECEIVE, APP_RESULT_NOTHING, EAGAIN);
}

static struct event *failing_transfer(struct story *s, unsigned i)
{
	return call(s, 0, APP_SEND, -1, EPIPE + (int)i % 2 * (ECONNRESET - EPIPE));
}

static const struct {
	const char *name;
	struct event *(*tell)(struct story *s, unsigned i);
} floods[] = {
	{"drops outbound", drop_out}, /* before what is wrong or right only when a SYN is known */
	{"wrong acks", wrong_ack},
	{"wrong flags", wrong_flags},
	{"answers", answer},
	{"data", data},
	{"data that leaves", data_out},
	{"ICMP about others", other_icmp},
	{"drops inbound", drop_in},
	{"errors", error},
	{"failed retransmits", failed_retransmit},
	{"hops", hop},
	{"polls", poll_of_changing_result},
	{"a loop of two calls", zero_in_a_loop},
	{"transfers", transfer},
	{"idle transfers", idle_transfer},
	{"failing transfers", failing_transfer},
};

/* As the correlator does: one address for each name. */
static const char *intern(const struct story *s, const char *name)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->events[i].kind == EVENT_DROP && !strcmp(s->events[i].packet.reason, name))
			return s->events[i].packet.reason;
	return name;
}

static void add(struct attempt *attempt, const struct event *event, const char *reason)
{
	attempt_add(attempt, event,
		    &(struct entry_names){reason, event->packet.function, event->packet.device});
}

#define FLOODS	     (sizeof(floods) / sizeof(floods[0]))
#define ALL_AT_ONCE  FLOODS
#define FEW_AT_ONCE  FLOODS
#define MANY_AT_ONCE (12 * FLOODS)

/* A story with so many SYNs, a flood, and the event behind which it comes. */
struct trial {
	size_t teller;
	unsigned syns;
	size_t flood;
	unsigned behind;
};

static struct event *tell_flood(const struct trial *trial, struct story *s, unsigned i)
{
	s->count = 0;
	if (trial->flood == ALL_AT_ONCE)
		return floods[i % FLOODS].tell(s, 1 + i / (unsigned)FLOODS);
	return floods[trial->flood].tell(s, i);
}

struct outcome {
	struct verdict verdict;
	uint32_t amendments; /* 1 << enum amendment_kind */
	uint32_t overflow_count;
};

static struct outcome outcome_of(const struct trial *trial, unsigned count)
{
	static struct story s, more;
	struct amendment amendment;
	struct outcome outcome = {0};
	struct attempt attempt;

	s = more = tellers[trial->teller](trial->syns);
	attempt_init(&attempt, s.key);
	for (unsigned i = 0; i < s.count; i++) {
		add(&attempt, &s.events[i], intern(&s, s.events[i].packet.reason));
		for (unsigned k = 0; i == trial->behind && k < count; k++) {
			struct event *event = tell_flood(trial, &more, k);

			event->time_ns = s.events[i].time_ns + k + 1;
			add(&attempt, event, reason_of(k % MANY));
		}
	}
	cr_assert(verdict_decide(story_facts(&attempt, story_ns(10000)), &outcome.verdict));
	while (amend_find(story_facts(&attempt, UINT64_MAX), &outcome.verdict, outcome.amendments,
			  &amendment))
		outcome.amendments |= 1u << amendment.kind;
	outcome.overflow_count = attempt.overflow_count;
	return outcome;
}

/* A flood takes nanoseconds, and the answer that was taken may be one of it. */
static bool is_same_time(uint64_t a_ns, uint64_t b_ns)
{
	return (a_ns == TIME_UNKNOWN_NS) == (b_ns == TIME_UNKNOWN_NS) &&
	       (a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns) < 1000;
}

static bool is_same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->status == b->status && a->reason == b->reason &&
	       a->is_complete == b->is_complete && a->notes == b->notes &&
	       is_same_time(a->rtt_ns, b->rtt_ns) && a->syn_sent == b->syn_sent &&
	       a->app_result == b->app_result && a->app_error == b->app_error &&
	       a->app_agrees == b->app_agrees;
}

static void expect_no_difference(const struct trial *trial)
{
	bool is_all = trial->flood == ALL_AT_ONCE;
	const char *name = is_all ? "all at once" : floods[trial->flood].name;
	struct outcome few = outcome_of(trial, is_all ? FEW_AT_ONCE : FEW);
	struct outcome many = outcome_of(trial, is_all ? MANY_AT_ONCE : MANY);

	cr_expect(is_same_verdict(&few.verdict, &many.verdict),
		  "%s behind event %u of story %zu: %s/%s %s, of few %s/%s %s", name, trial->behind,
		  trial->teller, status_name(many.verdict.status), reason_name(many.verdict.reason),
		  many.verdict.app_agrees ? "" : "contradicted", status_name(few.verdict.status),
		  reason_name(few.verdict.reason), few.verdict.app_agrees ? "" : "contradicted");
	cr_expect_eq(many.amendments, few.amendments,
		     "%s behind event %u of story %zu: amendments 0x%x, of few 0x%x", name,
		     trial->behind, trial->teller, many.amendments, few.amendments);
	cr_expect_eq(many.overflow_count, 0, "%s behind event %u of story %zu", name, trial->behind,
		     trial->teller);
}

static void expect_no_difference_anywhere(unsigned syns, size_t flood_count)
{
	struct trial trial = {.syns = syns};

	for (; trial.teller < sizeof(tellers) / sizeof(tellers[0]); trial.teller++)
		for (trial.flood = 0; trial.flood < flood_count; trial.flood++)
			for (trial.behind = 0; trial.behind < tellers[trial.teller](syns).count;
			     trial.behind++)
				expect_no_difference(&trial);
}

Test(room, no_flood_changes_what_is_concluded)
{
	expect_no_difference_anywhere(1, FLOODS + 1);
}

Test(room, nor_when_syns_have_half_the_places)
{
	expect_no_difference_anywhere(ATTEMPT_MAX_SYNS, FLOODS);
}

static unsigned count_syns(const struct attempt *attempt, unsigned *ret_sent)
{
	unsigned count = 0;

	*ret_sent = 0;
	for (unsigned i = 0; i < attempt->entry_count; i++)
		if (attempt->entries[i].kind == EVENT_XMIT) {
			*ret_sent += attempt->entries[i].count;
			count++;
		}
	return count;
}

/* Our own calls all decide: SYNs are counted then, and when they left is given up. */
Test(room, syns_are_the_last_to_give_way_before_evidence_is_lost)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	unsigned sent;

	for (unsigned i = 0; i < ATTEMPT_MAX_SYNS; i++)
		story_syn(&s, 1 + i);
	for (unsigned i = 0; i < 20; i++)
		story_poll(&s, 100 + i, 0);
	story_deadline(&s, 4000);
	cr_assert(story_judge(&s, 4001, &verdict));
	cr_expect_eq(verdict.status, STATUS_FILTERED);
	cr_expect(verdict.is_complete);
	cr_expect_eq(verdict.syn_sent, ATTEMPT_MAX_SYNS);
	cr_expect_lt(count_syns(&s.attempt, &sent), ATTEMPT_MAX_SYNS);
	cr_expect_eq(sent, ATTEMPT_MAX_SYNS);
	cr_expect_eq(s.attempt.overflow_count, 0);
}

/* At the bridge and at its port: one and the same SYN. */
Test(room, a_syn_gives_way_at_each_of_its_devices)
{
	struct story s = story_connect(AF_INET);
	struct verdict verdict;
	unsigned sent;

	for (unsigned i = 0; i < ATTEMPT_MAX_SYNS / 2; i++) {
		struct event *port;

		story_device(&s, "br0", 8, false);
		story_syn(&s, 1 + i * 100);
		port = story_sent(&s, 1.002 + i * 100, SYN);
		port->packet.packet = port[-1].packet.packet;
		port->packet.ifindex = 2;
	}
	for (unsigned i = 0; i < 20; i++)
		story_poll(&s, 1000 + i, 0);
	story_deadline(&s, 4000);
	cr_assert(story_judge(&s, 4001, &verdict));
	cr_expect(verdict.is_complete);
	cr_expect_eq(verdict.syn_sent, ATTEMPT_MAX_SYNS / 2);
	cr_expect_lt(count_syns(&s.attempt, &sent), ATTEMPT_MAX_SYNS);
	cr_expect_eq(sent, ATTEMPT_MAX_SYNS);
	cr_expect_eq(s.attempt.overflow_count, 0);
}
