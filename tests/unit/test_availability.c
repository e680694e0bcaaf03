/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Up and down, from probes told of in any order. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/run/availability.h"

#define SECOND_NS 1000000000ull

/* One probe a second, as letters: U up, D down, ? unknown, '.' none. */
static enum presence presence_of(char letter)
{
	return letter == 'U' ? PRESENCE_UP : letter == 'D' ? PRESENCE_DOWN : PRESENCE_UNKNOWN;
}

static void add(struct availability *availability, const char *probes, size_t index)
{
	if (probes[index] != '.')
		availability_add(availability, presence_of(probes[index]),
				 (index + 100) * SECOND_NS);
}

struct availability_case {
	const char *probes;
	uint64_t up_s, down_s, longest_s, outages;
	bool is_known;
};

static const struct availability_case cases[] = {
	{"", 0, 0, 0, 0, false},
	{"U", 0, 0, 0, 0, false},
	{"D", 0, 0, 0, 1, false},
	{"U?", 1, 0, 0, 0, false}, /* one probe that says something is not two */
	{"??", 0, 0, 0, 0, false},
	{"UU", 1, 0, 0, 0, true},
	{"UUUUU", 4, 0, 0, 0, true},
	{"DD", 0, 1, 1, 1, true},
	{"DU", 0, 1, 1, 1, true},
	{"UD", 1, 0, 0, 1, true}, /* what the last one shows has not lasted yet */
	{"UUDU", 2, 1, 1, 1, true},
	{"UUDDDUU", 3, 3, 3, 1, true},
	{"DDUDUDDDUUDD", 4, 7, 3, 4, true},
	{"UDDDUDU", 2, 4, 3, 2, true},
	{"U..U", 3, 0, 0, 0, true}, /* the time is what counts, not the probes */
	{"U.D....U", 2, 5, 5, 1, true},
	{"U?U", 1, 0, 0, 0, true},
	{"U?D", 1, 0, 0, 1, true},
	{"D?D", 0, 1, 1, 1,
	 true}, /* nobody saw it up: the same outage, of which a second is known */
	{"DD??DDU", 0, 4, 4, 1, true},
	{"D?UD", 1, 1, 1, 2, true},
};

#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static void expect_case(const struct availability *availability,
			const struct availability_case *expected, const char *order)
{
	struct availability_summary summary;

	availability_summarise(availability, &summary);
	cr_expect_eq(availability_is_known(availability), expected->is_known, "%s, %s",
		     expected->probes, order);
	cr_expect_eq(summary.up_ns, expected->up_s * SECOND_NS, "%s, %s: up %lu", expected->probes,
		     order, summary.up_ns);
	cr_expect_eq(summary.down_ns, expected->down_s * SECOND_NS, "%s, %s: down %lu",
		     expected->probes, order, summary.down_ns);
	cr_expect_eq(summary.longest_outage_ns, expected->longest_s * SECOND_NS,
		     "%s, %s: longest %lu", expected->probes, order, summary.longest_outage_ns);
	cr_expect_eq(summary.outages, expected->outages, "%s, %s: %lu outages", expected->probes,
		     order, summary.outages);
}

Test(availability, a_span_counts_for_the_probe_at_its_begin)
{
	for (size_t i = 0; i < CASE_COUNT; i++) {
		struct availability availability = {0};

		for (size_t n = 0; n < strlen(cases[i].probes); n++)
			add(&availability, cases[i].probes, n);
		expect_case(&availability, &cases[i], "in order");
		availability_release(&availability);
	}
}

/*
 * A silent probe's verdict comes seconds late: here every one that shows DOWN comes after all
 * others, and the latest first.
 */
Test(availability, late_verdicts_find_their_place)
{
	for (size_t i = 0; i < CASE_COUNT; i++) {
		struct availability availability = {0};

		for (size_t n = 0; n < strlen(cases[i].probes); n++)
			if (cases[i].probes[n] != 'D')
				add(&availability, cases[i].probes, n);
		for (size_t n = strlen(cases[i].probes); n > 0; n--)
			if (cases[i].probes[n - 1] == 'D')
				add(&availability, cases[i].probes, n - 1);
		expect_case(&availability, &cases[i], "late");
		availability_release(&availability);
	}
}

Test(availability, a_summary_in_between_changes_nothing)
{
	for (size_t i = 0; i < CASE_COUNT; i++) {
		struct availability availability = {0};
		struct availability_summary summary;

		for (size_t n = 0; n < strlen(cases[i].probes); n++) {
			add(&availability, cases[i].probes, n);
			availability_summarise(&availability, &summary);
		}
		expect_case(&availability, &cases[i], "with summaries");
		availability_release(&availability);
	}
}

Test(availability, a_long_run_is_settled_without_losing_or_doubling_a_span)
{
	enum { PROBES = AVAILABILITY_WINDOW * 10 };
	struct availability availability = {0};
	struct availability_summary summary;

	/* One of eight is down, and its verdict comes four probes late. */
	for (uint64_t n = 0; n < PROBES + 4; n++) {
		if (n < PROBES && n % 8 != 5)
			availability_add(&availability, PRESENCE_UP, n * SECOND_NS);
		if (n >= 4 && (n - 4) % 8 == 5)
			availability_add(&availability, PRESENCE_DOWN, (n - 4) * SECOND_NS);
		cr_assert_leq(availability.recent_count, AVAILABILITY_WINDOW);
	}
	availability_summarise(&availability, &summary);
	cr_expect_eq(summary.outages, PROBES / 8);
	cr_expect_eq(summary.down_ns, PROBES / 8 * SECOND_NS);
	cr_expect_eq(summary.up_ns, (PROBES - 1 - PROBES / 8) * SECOND_NS);
	cr_expect_eq(summary.longest_outage_ns, SECOND_NS);
	availability_release(&availability);
}

Test(availability, what_comes_later_than_the_window_is_left_out)
{
	struct availability availability = {0};
	struct availability_summary summary;

	for (uint64_t n = 1; n <= AVAILABILITY_WINDOW * 2; n++)
		availability_add(&availability, PRESENCE_UP, n * SECOND_NS);
	availability_add(&availability, PRESENCE_DOWN, SECOND_NS + SECOND_NS / 2);
	availability_summarise(&availability, &summary);
	cr_expect_eq(summary.up_ns, (AVAILABILITY_WINDOW * 2 - 1) * SECOND_NS);
	cr_expect_eq(summary.down_ns, 0);
	cr_expect_eq(summary.outages, 0);
	availability_release(&availability);
}

Test(availability, whether_it_was_ever_up_and_whether_an_outage_is_still_on_is_told)
{
	static const struct {
		const char *probes;
		bool was_up, is_down;
	} ends[] = {{"", false, false},	   {"U", true, false},	{"DD", false, true},
		    {"UD", true, true},	   {"DU", true, false}, {"UD?", true, true},
		    {"UDU?", true, false}, {"??", false, false}};
	struct availability_summary summary;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct availability availability = {0};

		for (size_t n = 0; n < strlen(ends[i].probes); n++)
			add(&availability, ends[i].probes, n);
		availability_summarise(&availability, &summary);
		cr_expect_eq(summary.was_up, ends[i].was_up, "%s", ends[i].probes);
		cr_expect_eq(summary.is_down, ends[i].is_down, "%s", ends[i].probes);
		availability_release(&availability);
	}
}

Test(availability, probes_of_one_instant_are_not_two)
{
	struct availability availability = {0};
	struct availability_summary summary;

	availability_add(&availability, PRESENCE_UP, SECOND_NS);
	availability_add(&availability, PRESENCE_UP, SECOND_NS);
	cr_expect_not(availability_is_known(&availability));
	availability_add(&availability, PRESENCE_UP, SECOND_NS - 1);
	cr_expect(availability_is_known(&availability));
	availability_summarise(&availability, &summary);
	cr_expect_eq(summary.up_ns, 1);
	availability_release(&availability);
	cr_expect_not(availability_is_known(&availability), "released, it knows nothing");
}
