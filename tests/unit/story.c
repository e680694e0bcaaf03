/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ordinary events, one function each, and the judgement of all of them. */
#include "tests/unit/story.h"

#include <string.h>

#include "user/core/attempt/attempt_add.h"
#include "user/core/verdict/facts_read.h"
#include "user/core/verdict/rules/decide.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

uint64_t story_ns(double at_ms)
{
	return STORY_BEGIN_NS + (uint64_t)(at_ms * 1e6 + 0.5);
}

static struct address place(const char *text, uint16_t port)
{
	struct address address;

	cr_assert_eq(address_parse(text, &address), 0);
	address.port = port;
	return address;
}

struct story story_new(int family)
{
	bool is_v4 = family == AF_INET;

	return (struct story){
		.key = {77, 1},
		.client = place(is_v4 ? "10.1.0.2" : "2001:db8::2", STORY_CLIENT_PORT),
		.target = place(is_v4 ? "10.2.0.2" : "2001:db8:2::2", STORY_TARGET_PORT),
		.wire_target = place(is_v4 ? "10.2.0.2" : "2001:db8:2::2", STORY_TARGET_PORT),
		.router = place(is_v4 ? "10.1.0.1" : "2001:db8::1", 0),
		.isn = 5000,
		.has_timestamps = true,
		.next_ip_id = 100,
		.device = "eth0",
		.ifindex = 2,
	};
}

struct story story_connect(int family)
{
	struct story s = story_new(family);

	story_route(&s, -0.1, ROUTE_UNICAST);
	story_enter(&s, 0);
	story_syn_sent(&s, 0.01);
	story_return(&s, 0.5, EINPROGRESS);
	return s;
}

struct event *story_event(struct story *s, double at_ms, enum event_kind kind)
{
	struct event *event = &s->events[s->count++];

	cr_assert_leq(s->count, STORY_MAX_EVENTS);
	memset(event, 0, sizeof(*event)); /* a story that is told anew uses them again */
	/* Only the route is asked for before connect(). */
	event->time_ns = at_ms < 0 ? STORY_BEGIN_NS - (uint64_t)(-at_ms * 1e6) : story_ns(at_ms);
	event->kind = kind;
	event->key = s->key;
	return event;
}

static struct event *app(struct story *s, double at_ms, enum app_call call, enum app_phase phase)
{
	struct event *event = story_event(s, at_ms, EVENT_APP);

	event->app = (struct app_event){.call = call, .phase = phase, .is_ours = true};
	return event;
}

struct event *story_enter(struct story *s, double at_ms)
{
	struct event *event = app(s, at_ms, APP_CONNECT, APP_ENTER);

	event->app.address = s->target;
	return event;
}

struct event *story_return(struct story *s, double at_ms, int error)
{
	struct event *event = app(s, at_ms, APP_CONNECT, APP_RETURN);

	event->app.error = error;
	event->app.result = error ? -1 : 0;
	return event;
}

struct event *story_bind(struct story *s, double at_ms, int error)
{
	struct event *event = app(s, at_ms, APP_BIND, APP_RETURN);

	event->app.address = s->client;
	event->app.error = error;
	event->app.result = -1;
	return event;
}

struct event *story_poll(struct story *s, double at_ms, int revents)
{
	struct event *event = app(s, at_ms, APP_POLL, APP_RETURN);

	event->app.result = revents;
	return event;
}

struct event *story_so_error(struct story *s, double at_ms, int error)
{
	struct event *event = app(s, at_ms, APP_SO_ERROR, APP_RETURN);

	event->app.result = error;
	return event;
}

struct event *story_close(struct story *s, double at_ms)
{
	return app(s, at_ms, APP_CLOSE, APP_ENTER);
}

struct event *story_abandon(struct story *s, double at_ms)
{
	return app(s, at_ms, APP_ABANDON, APP_ENTER);
}

struct event *story_deadline(struct story *s, double at_ms)
{
	return story_event(s, at_ms, EVENT_DEADLINE);
}

struct event *story_route(struct story *s, double at_ms, enum route_kind kind)
{
	struct event *event = story_event(s, at_ms, EVENT_ROUTE);

	event->route.kind = kind;
	if (kind != ROUTE_UNICAST)
		return event;
	event->route.gateway = s->router;
	event->route.ifindex = s->ifindex;
	strcpy(event->route.device, s->device);
	return event;
}

struct event *story_neighbour(struct story *s, double at_ms, enum neighbour_state state)
{
	struct event *event = story_event(s, at_ms, EVENT_NEIGHBOUR);

	event->neighbour = (struct neighbour_event){
		.state = state, .address = s->router, .ifindex = s->ifindex};
	return event;
}

struct event *story_link(struct story *s, double at_ms, bool has_carrier, bool has_xdp)
{
	struct event *event = story_event(s, at_ms, EVENT_LINK);

	event->link = (struct link_event){
		.ifindex = s->ifindex, .has_carrier = has_carrier, .has_xdp = has_xdp};
	strcpy(event->link.device, s->device);
	return event;
}

static struct event *state(struct story *s, double at_ms, uint8_t old_state, uint8_t new_state)
{
	struct event *event = story_event(s, at_ms, EVENT_STATE);

	event->netns = STORY_NETNS;
	event->state = (struct state_event){.source = s->client,
					    .destination = s->target,
					    .old_state = old_state,
					    .new_state = new_state};
	return event;
}

/* The kernel chooses the source port later. */
struct event *story_syn_sent(struct story *s, double at_ms)
{
	struct event *event = state(s, at_ms, 7, 2);

	event->state.source.port = 0;
	event->state.pid = 4711;
	strcpy(event->state.comm, "ktcping");
	return event;
}

struct event *story_established(struct story *s, double at_ms)
{
	return state(s, at_ms, 2, 1);
}

struct event *story_syn_received(struct story *s, double at_ms)
{
	return state(s, at_ms, 2, 3);
}

struct event *story_closed(struct story *s, double at_ms)
{
	struct event *event = state(s, at_ms, 2, 7);

	event->state.source.port = 0;
	return event;
}

struct event *story_reset_received(struct story *s, double at_ms)
{
	return story_event(s, at_ms, EVENT_RESET_RECEIVED);
}

struct event *story_error(struct story *s, double at_ms, int error)
{
	struct event *event = story_event(s, at_ms, EVENT_ERROR_REPORT);

	event->error.error = error;
	return event;
}

struct event *story_retransmit(struct story *s, double at_ms, int error)
{
	struct event *event = story_event(s, at_ms, EVENT_RETRANSMIT);

	event->error.error = error;
	return event;
}

struct event *story_local_accept(struct story *s, double at_ms)
{
	return story_event(s, at_ms, EVENT_LOCAL_ACCEPT);
}

struct event *story_lost(struct story *s, double from_ms, double to_ms, uint64_t count)
{
	struct event *event = story_event(s, to_ms, EVENT_LOST);

	event->key = (struct attempt_key){0, 0};
	event->lost = (struct lost_event){story_ns(from_ms), story_ns(to_ms), count};
	return event;
}

struct event *story_drained(struct story *s, double at_ms)
{
	struct event *event = story_event(s, at_ms, EVENT_DRAINED);

	event->key = (struct attempt_key){0, 0};
	return event;
}

/* As the correlator does: one address for each name. */
static const char *intern(const struct story *s, size_t offset, const struct event *event)
{
	const char *name = (const char *)event + offset;

	for (unsigned i = 0; i < s->count; i++)
		if (s->events[i].kind == EVENT_DROP &&
		    !strcmp((const char *)&s->events[i] + offset, name))
			return (const char *)&s->events[i] + offset;
	return name;
}

const struct facts *story_facts(const struct attempt *attempt, uint64_t until_ns)
{
	static struct facts facts;

	facts_read(attempt, until_ns, &facts);
	return &facts;
}

const struct judgement *story_judgement(const struct attempt *attempt,
					const struct verdict *verdict)
{
	static struct judgement judgement;

	judgement = (struct judgement){.attempt = attempt,
				       .facts = story_facts(attempt, verdict->time_ns),
				       .verdict = verdict};
	return &judgement;
}

const struct judgement *story_amended(const struct attempt *attempt,
				      const struct amendment *amendment)
{
	static struct judgement judgement;

	judgement = (struct judgement){.attempt = attempt,
				       .facts = story_facts(attempt, UINT64_MAX),
				       .amendment = amendment};
	return &judgement;
}

bool story_judge(struct story *s, double at_ms, struct verdict *ret_verdict)
{
	attempt_init(&s->attempt, s->key);
	for (unsigned i = 0; i < s->count; i++) {
		const struct event *event = &s->events[i];

		if (event->kind == EVENT_LOST)
			s->attempt.lost_count += event->lost.count;
		else if (event->kind != EVENT_DRAINED)
			attempt_add(
				&s->attempt, event,
				&(struct entry_names){
					.reason = intern(s, offsetof(struct event, packet.reason),
							 event),
					.function = intern(
						s, offsetof(struct event, packet.function), event),
					.device = event->packet.device});
	}
	return verdict_decide(story_facts(&s->attempt, story_ns(at_ms)), ret_verdict);
}

struct verdict story_expect(struct story *s, double at_ms, enum status status, enum reason reason,
			    const char *file, int line)
{
	struct verdict verdict = {.answer_entry = NO_ENTRY};

	cr_assert(story_judge(s, at_ms, &verdict), "%s:%d: no verdict, %s/%s expected", file, line,
		  status_name(status), reason_name(reason));
	cr_assert(verdict.status == status && verdict.reason == reason,
		  "%s:%d: %s/%s, %s/%s expected", file, line, status_name(verdict.status),
		  reason_name(verdict.reason), status_name(status), reason_name(reason));
	cr_assert_gt(verdict.evidence_count, 0, "%s:%d: no evidence", file, line);
	cr_assert(reason_comes_with(reason, status), "%s:%d: the vocabulary knows no %s/%s", file,
		  line, status_name(status), reason_name(reason));
	return verdict;
}
