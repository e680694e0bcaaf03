// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events of any kind, in any order, for several attempts at once. Bytes that begin like a trace are
 * read as one; else the first byte is the room for attempts, and core_event.h makes events of the
 * others.
 */
#include <string.h>

#include "tests/fuzz/core_check.h"
#include "tests/fuzz/core_event.h"
#include "tests/fuzz/core_show.h"
#include "tests/fuzz/fuzz.h"
#include "user/io/files/trace.h"

#define CAPACITY_MAX 8
/* Of one attempt: a question, a verdict, every amendment, and that it is forgotten. */
#define NOTICES_MAX (3 + AMENDMENT_COUNT)

struct run {
	struct correlator *correlator;
	struct core_check check;
	struct core_show show;
	uint64_t lost;
};

static void run_begin(struct run *run, uint32_t capacity)
{
	memset(run, 0, sizeof(*run));
	run->correlator = correlator_new(capacity, WATCH_ON_NS);
	FUZZ_CHECK(run->correlator);
	core_show_begin(&run->show);
}

static void take(struct run *run, const struct notice *notice)
{
	core_check_notice(&run->check, notice);
	switch (notice->kind) {
	case NOTICE_QUERY:
		core_show_waiting(&run->show, notice->attempt);
		break;
	case NOTICE_VERDICT:
		core_show_verdict(&run->show, notice);
		break;
	case NOTICE_AMENDMENT:
		core_show_amendment(&run->show, notice);
		break;
	case NOTICE_RELEASED:
		break;
	}
}

static void feed(struct run *run, const struct event *event)
{
	const struct attempt *attempt;
	struct notice notice;
	unsigned count = 0;
	uint64_t lost;

	correlator_feed(run->correlator, event);
	lost = correlator_lost(run->correlator);
	FUZZ_CHECK(lost >= run->lost || event->kind == EVENT_LOST);
	run->lost = lost;
	attempt = correlator_find(run->correlator, event->key);
	if (attempt) {
		core_check_attempt(attempt);
		if (event->time_ns & 1)
			core_show_waiting(&run->show, attempt);
	}
	while (correlator_next(run->correlator, &notice)) {
		FUZZ_CHECK(++count <= NOTICES_MAX * CAPACITY_MAX);
		take(run, &notice);
	}
}

/*
 * Whatever is under way gets its verdict then, at the latest when what waits for the program has
 * waited long enough.
 */
static void run_end(struct run *run)
{
	struct event end = {.kind = EVENT_END, .time_ns = UINT64_MAX / 2},
		     drained = {.kind = EVENT_DRAINED, .time_ns = UINT64_MAX / 2};

	feed(run, &end);
	feed(run, &drained);
	core_show_end(&run->show, run->lost);
	correlator_free(run->correlator);
}

static void run_trace(const uint8_t *bytes, size_t count)
{
	struct trace_reader reader = {.in = fmemopen((void *)bytes, count, "r")};
	struct event event;
	struct run run;

	FUZZ_CHECK(reader.in);
	run_begin(&run, CAPACITY_MAX);
	while (trace_read(&reader, &event, NULL) > 0)
		feed(&run, &event);
	run_end(&run);
	fclose(reader.in);
}

static void run_events(struct bytes *bytes)
{
	uint64_t now_ns = 6422000000000;
	struct event event;
	struct run run;

	run_begin(&run, 1 + bytes_below(bytes, CAPACITY_MAX));
	while (bytes->left) {
		core_event_make(bytes, &now_ns, &event);
		feed(&run, &event);
	}
	run_end(&run);
}

void fuzz_core(const uint8_t *bytes, size_t count)
{
	struct bytes rest = {bytes, count};

	if (count && (*bytes == '#' || (*bytes >= '0' && *bytes <= '9')))
		run_trace(bytes, count);
	else
		run_events(&rest);
}
