/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of attempts when it is full, or large: constant work, memory that grows and stays where
 * it is, and room for whoever has little.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/story.h"
#include "user/core/correlate/attempt_table.h"

#define MANY 10000u
/*
 * a slot is on two pages at most: the eight that are looked at, a few of the same bucket,
 * the neighbours in a list
 */
#define FEW_PAGES  24
#define USER	   1000u
#define OTHER_USER 1001u

/* Another program's first event. */
static int begin(struct correlator *c, uint64_t cookie, uint32_t pid, uint32_t uid)
{
	struct event event = {.kind = EVENT_TASK,
			      .time_ns = STORY_BEGIN_NS + cookie,
			      .key = {cookie, 1},
			      .task = {.pid = pid, .tid = pid, .uid = uid, .comm = "test"}};

	return correlator_feed(c, &event);
}

/* Connected, and told so: it can be judged. */
static void connect_at_once(struct correlator *c, uint64_t cookie, uint32_t pid)
{
	struct story s = story_new(AF_INET);

	s.key.cookie = cookie;
	cr_assert_eq(begin(c, cookie, pid, USER), 0, "cookie %llu", (unsigned long long)cookie);
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	story_syn_ack(&s, 1, 0.1);
	story_established(&s, 1.1);
	story_return(&s, 1.2, 0);
	for (unsigned i = 0; i < s.count; i++)
		cr_assert_eq(correlator_feed(c, &s.events[i]), 0);
}

/* By a process of its own each. */
static struct correlator *filled(uint32_t capacity)
{
	struct correlator *c = correlator_new(capacity, WATCH_ON_NS);
	struct event event = {.kind = EVENT_APP, .app = {.call = APP_CONNECT, .phase = APP_ENTER}};

	for (uint64_t cookie = 1; cookie <= capacity; cookie++) {
		event.time_ns = STORY_BEGIN_NS + cookie;
		event.key = (struct attempt_key){cookie, 1};
		cr_assert_eq(correlator_feed(c, &event), 0);
	}
	cr_assert_not(correlator_has_room(c));
	return c;
}

static void drain(struct correlator *c, double at_ms)
{
	correlator_feed(c, &(struct event){.kind = EVENT_DRAINED, .time_ns = story_ns(at_ms)});
}

static void lose(struct correlator *c, double from_ms, double to_ms, uint64_t count)
{
	correlator_feed(c, &(struct event){.kind = EVENT_LOST,
					   .lost = {story_ns(from_ms), story_ns(to_ms), count}});
}

/* However long it has to look. */
static bool next(struct correlator *c, struct notice *ret_notice)
{
	for (unsigned looks = 0; looks < MANY; looks += CORRELATOR_LOOKS)
		if (correlator_next(c, ret_notice))
			return true;
	return false;
}

/* Take all there is, and return how many of that kind. */
static unsigned take(struct correlator *c, enum notice_kind kind)
{
	struct notice notice;
	unsigned count = 0;

	while (next(c, &notice))
		count += notice.kind == kind;
	return count;
}

/* Pages of the table are taken away, and given back one by one as they are touched. */
static unsigned pages_touched;
static uintptr_t page_bytes;

static void give_back(int signal, siginfo_t *info, void *context)
{
	void *page = (void *)((uintptr_t)info->si_addr & ~(page_bytes - 1));

	(void)context;
	pages_touched++;
	if (mprotect(page, page_bytes, PROT_READ | PROT_WRITE) < 0)
		_exit(128 + signal);
}

static void protect(const struct correlator *c, int protection)
{
	for (uint32_t at = 0; at < c->capacity; at += SLOTS_CHUNK) {
		uint32_t count = c->capacity - at < SLOTS_CHUNK ? c->capacity - at : SLOTS_CHUNK;
		uintptr_t from = (uintptr_t)slot_at(c, at) & ~(page_bytes - 1),
			  to = (uintptr_t)(slot_at(c, at) + count);

		cr_assert_eq(mprotect((void *)from, to - from, protection), 0);
	}
}

static void watch_pages(const struct correlator *c)
{
	const struct sigaction action = {.sa_sigaction = give_back, .sa_flags = SA_SIGINFO};

	page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGSEGV, &action, NULL);
	pages_touched = 0;
	protect(c, PROT_NONE);
}

static void expect_touched(const struct correlator *c, unsigned most, const char *by)
{
	cr_expect_leq(pages_touched, most, "%s touches %u pages of a table of %u attempts", by,
		      pages_touched, c->used);
	protect(c, PROT_READ | PROT_WRITE);
}

Test(correlate_full, what_finds_no_room_touches_no_more_than_a_few)
{
	struct correlator *c = filled(MANY);

	for (uint64_t cookie = MANY + 1; cookie <= MANY + 100; cookie++) {
		watch_pages(c);
		cr_assert_eq(begin(c, cookie, 7, USER), -ENOBUFS);
		expect_touched(c, FEW_PAGES, "what finds no room");
	}
	correlator_free(c);
}

Test(correlate_full, a_loss_touches_none_and_is_told_to_each_when_that_is_judged)
{
	struct correlator *c = filled(MANY);
	struct notice notice;

	watch_pages(c);
	lose(c, 1, 2, 5);
	expect_touched(c, 0, "a loss");
	correlator_feed(c, &(struct event){.kind = EVENT_END, .time_ns = story_ns(4000)});
	drain(c, 4000);
	for (unsigned i = 0; i < MANY; i++) {
		cr_assert(next(c, &notice));
		cr_assert_eq(notice.attempt->lost_count, 5);
	}
	correlator_free(c);
}

/* Whoever reads on is not kept waiting until all have been looked at. */
Test(correlate_full, the_end_is_heeded_one_by_one)
{
	struct correlator *c = filled(MANY);
	struct notice notice;

	drain(c, 1);
	cr_expect_eq(take(c, NOTICE_VERDICT), 0);
	correlator_feed(c, &(struct event){.kind = EVENT_END, .time_ns = story_ns(4000)});
	watch_pages(c);
	drain(c, 4000);
	cr_expect(correlator_next(c, &notice));
	cr_expect(correlator_is_waiting(c));
	cr_expect_eq(correlator_under_way(c), MANY - (notice.kind == NOTICE_VERDICT));
	expect_touched(c, FEW_PAGES, "the end");
	correlator_free(c);
}

Test(correlate_full, what_is_young_is_not_looked_at_again_before_it_was_drained)
{
	struct correlator *c = filled(MANY);
	struct notice notice;

	drain(c, -1);
	cr_expect_not(next(c, &notice));
	watch_pages(c);
	cr_expect_not(next(c, &notice));
	cr_expect(correlator_is_waiting(c));
	expect_touched(c, 0, "nothing new");
	correlator_free(c);
}

Test(correlate_full, a_table_that_grows_leaves_everything_where_it_is)
{
	const uint32_t count = 2 * SLOTS_CHUNK + 100;
	struct correlator *c = correlator_new(4 * SLOTS_CHUNK, WATCH_ON_NS);
	const struct attempt *first, *middle;

	for (uint64_t cookie = 1; cookie <= count; cookie++)
		cr_assert_eq(begin(c, cookie, (uint32_t)cookie, (uint32_t)cookie), 0);
	first = correlator_find(c, (struct attempt_key){1, 1});
	middle = correlator_find(c, (struct attempt_key){SLOTS_CHUNK + 1, 1});
	for (uint64_t cookie = count + 1; cookie <= count + SLOTS_CHUNK; cookie++)
		cr_assert_eq(begin(c, cookie, (uint32_t)cookie, (uint32_t)cookie), 0);
	cr_expect_eq(correlator_find(c, (struct attempt_key){1, 1}), first);
	cr_expect_eq(correlator_find(c, (struct attempt_key){SLOTS_CHUNK + 1, 1}), middle);
	cr_expect_eq(first->pid, 1);
	cr_expect_eq(middle->pid, SLOTS_CHUNK + 1);
	cr_expect_eq(correlator_under_way(c), count + SLOTS_CHUNK);
	correlator_free(c);
}

Test(correlate_full, memory_bounds_the_room)
{
	cr_expect_geq(correlator_room(1u << 30), (1u << 30) / 2304,
		      "an attempt with all that belongs to it takes more than 2.25 KiB");
	cr_expect_leq(correlator_room(1u << 30), (1u << 30) / sizeof(struct attempt));
}

/*
 * Its first event found no room, which there is by now; without its beginning nothing could ever be
 * said of it.
 */
Test(correlate_full, an_attempt_that_found_no_room_does_not_begin_in_its_middle)
{
	struct correlator *c = filled(1);
	struct story s = story_new(AF_INET);

	s.key = (struct attempt_key){99, 1};
	cr_assert_eq(begin(c, 99, 7, USER), -ENOBUFS);
	correlator_feed(c, &(struct event){.kind = EVENT_END, .time_ns = story_ns(4000)});
	drain(c, 4000);
	take(c, NOTICE_VERDICT);
	drain(c, 9000);
	take(c, NOTICE_RELEASED);
	cr_assert(correlator_has_room(c));
	cr_expect_eq(correlator_feed(c, story_syn_sent(&s, 9001)), -ENOBUFS);
	cr_expect_null(correlator_find(c, s.key));
	cr_expect_eq(correlator_refused(c), 1);
	cr_expect_eq(correlator_lost(c), 2);
	cr_expect_eq(begin(c, 100, 7, USER), 0);
	correlator_free(c);
}

Test(correlate_full, those_that_have_their_place_lose_nothing_by_those_that_find_none)
{
	struct correlator *c = filled(4);
	struct notice notice;

	for (uint64_t cookie = 10; cookie < 100; cookie++)
		cr_assert_eq(begin(c, cookie, 7, USER), -ENOBUFS);
	cr_expect_eq(correlator_lost(c), 90);
	correlator_feed(c, &(struct event){.kind = EVENT_END, .time_ns = story_ns(4000)});
	drain(c, 4000);
	cr_assert(next(c, &notice));
	cr_expect_eq(notice.attempt->lost_count, 0);
	correlator_free(c);
}

Test(correlate_full, a_crowd_of_one_process_leaves_room_for_others)
{
	struct correlator *c = correlator_new(MANY, WATCH_ON_NS);
	uint64_t cookie = 1;

	while (begin(c, cookie, 7, USER) == 0)
		cookie++;
	cr_expect_eq(cookie - 1, MANY / 2);
	cr_expect_eq(begin(c, cookie + 1, 8, USER), 0,
		     "nothing is left for another process of the user");
	for (uint32_t pid = 9; pid < 200; pid++)
		while (begin(c, ++cookie + 1, pid, USER) == 0)
			;
	cr_expect_eq(begin(c, cookie + 2, 300, OTHER_USER), 0, "nothing is left for another user");
	correlator_free(c);
}

/* What has its verdict gives its place up as others need it, so that it counts as room. */
Test(correlate_full, a_process_whose_connects_end_at_once_makes_as_many_as_it_likes)
{
	struct correlator *c = correlator_new(8, WATCH_ON_NS);

	for (uint64_t cookie = 1; cookie <= 1000; cookie++) {
		connect_at_once(c, cookie, 7);
		drain(c, 2 + (double)cookie / 1000);
		take(c, NOTICE_VERDICT);
	}
	cr_expect_eq(correlator_refused(c), 0);
	correlator_free(c);
}

Test(correlate_full, no_more_than_some_are_watched_on)
{
	const uint32_t count = CORRELATOR_WATCHED_ON + 100;
	struct correlator *c = correlator_new(4 * CORRELATOR_WATCHED_ON, WATCH_ON_NS);

	for (uint64_t cookie = 1; cookie <= count; cookie++)
		connect_at_once(c, cookie, 7);
	drain(c, 2);
	cr_expect_eq(take(c, NOTICE_RELEASED), 100);
	correlator_free(c);
}

/* Their ends may be among what was lost; by now they are over. */
Test(correlate_full, what_lost_evidence_and_should_be_over_makes_room)
{
	struct correlator *c = filled(MANY);

	lose(c, 1, 2, 1);
	drain(c, 131000);
	for (uint64_t cookie = MANY + 1; !correlator_has_room(c); cookie++) {
		cr_assert_leq(cookie, 2 * MANY, "there is no room yet");
		begin(c, cookie, 7, USER);
		take(c, NOTICE_VERDICT);
	}
	correlator_free(c);
}

/* The one that was not seen may have been the winner. */
Test(correlate_full, no_process_is_accused_when_a_connect_of_it_found_no_room)
{
	struct correlator *c = correlator_new(3, WATCH_ON_NS);
	struct story s = story_new(AF_INET);
	struct notice notice;

	s.key.cookie = 78;
	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01)->state.pid = 7;
	story_return(&s, 0.02, EINPROGRESS);
	story_syn(&s, 0.1);
	story_reset(&s, 5);
	story_reset_received(&s, 5);
	story_closed(&s, 5.1);
	story_poll(&s, 6, POLLOUT)->app.call = APP_SELECT;
	story_close(&s, 14);
	for (unsigned i = 0; i < s.count; i++)
		cr_assert_eq(correlator_feed(c, &s.events[i]), 0);
	cr_assert_eq(begin(c, 80, 7, USER), 0);
	cr_assert_eq(begin(c, 81, 7, USER), -ENOBUFS);
	drain(c, 15);
	cr_assert(next(c, &notice));
	cr_expect(notice.verdict.notes & NOTE_ERROR_UNREAD);
	cr_expect(notice.verdict.app_agrees);
	correlator_free(c);
}
