/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two programs at a preemptible tracepoint: the second one handles what the first one was skipped
 * for, and nothing else.
 */
#include <criterion/criterion.h>

#include "tests/unit/kernel_side_handover.h"

#define STACK	  0x10000ull
#define STACK_END 0x14000ull
#define INTERRUPT 0x70000ull /* of another stack */

/* A task's own, 0x100 bytes deeper with each `depth`. */
static struct handover_call own(unsigned task, unsigned cpu, unsigned depth)
{
	uint64_t stack = STACK + task * 0x8000ull;

	return (struct handover_call){.task = task,
				      .cpu = cpu,
				      .stack = stack,
				      .stack_end = stack + 0x4000,
				      .at = stack + 0x3f00 - depth * 0x100ull,
				      .object = 0x1000 + task,
				      .detail = 7};
}

/* An interrupt's, while the task is the current one of that CPU. */
static struct handover_call interrupt(unsigned task, unsigned cpu, unsigned depth)
{
	struct handover_call call = own(task, cpu, 0);

	call.at = INTERRUPT + cpu * 0x5000ull + 0x3f00 - depth * 0x100ull;
	call.object = 0x2000 + depth;
	return call;
}

static void expect_counts(uint64_t takeovers, uint64_t overwritten)
{
	struct handover_counts counts = handover_count();

	cr_expect_eq(counts.takeovers, takeovers, "%lu takeovers, not %lu", counts.takeovers,
		     takeovers);
	cr_expect_eq(counts.overwritten, overwritten, "%lu overwritten, not %lu",
		     counts.overwritten, overwritten);
}

/* With marks that tasks have with themselves, and with the others. */
#define HANDOVER(name)                                                                             \
	static void name(void);                                                                    \
	Test(handover, name)                                                                       \
	{                                                                                          \
		handover_reset(true, true);                                                        \
		name();                                                                            \
		handover_reset(false, true);                                                       \
		name();                                                                            \
	}                                                                                          \
	static void name(void)

HANDOVER(what_the_first_one_did_is_done)
{
	struct handover_call call = own(1, 0, 0);

	for (int i = 0; i < 3; i++) {
		handover_first(&call);
		cr_expect_not(handover_second(&call));
	}
	expect_counts(0, 0);
}

HANDOVER(what_the_first_one_was_skipped_for_is_taken_over)
{
	struct handover_call call = own(1, 0, 0);

	cr_expect(handover_second(&call));
	cr_expect(handover_second(&call));
	expect_counts(2, 0);
}

HANDOVER(a_task_finds_its_mark_on_another_cpu)
{
	struct handover_call before = own(1, 0, 0), after = own(1, 3, 0);

	handover_first(&before);
	cr_expect_not(handover_second(&after));
	expect_counts(0, 0);
}

HANDOVER(others_run_while_a_task_is_preempted_in_the_first_program)
{
	struct handover_call preempted = own(1, 0, 0);

	/*
	 * Its mark is there, or not yet: the others' first program is skipped, because it is
	 * running.
	 */
	for (unsigned task = 2; task < 6; task++) {
		struct handover_call other = own(task, 0, 0);

		cr_expect(handover_second(&other));
	}
	handover_first(&preempted);
	cr_expect_not(handover_second(&preempted));
	expect_counts(4, 0);
}

HANDOVER(others_run_while_a_task_is_preempted_in_the_second_program)
{
	struct handover_call preempted = own(1, 0, 0), other = own(2, 0, 0), again = own(2, 0, 2);

	handover_first(&preempted);
	handover_first(&other); /* its second program is skipped: a dead mark */
	cr_expect_not(handover_second(&preempted));
	again.object++;
	handover_first(&again); /* at another place of its stack */
	cr_expect_not(handover_second(&again));
	cr_expect(handover_second(&other), "its mark was found, which is dead");
	expect_counts(1, 0);
}

HANDOVER(a_dead_mark_of_another_call_at_the_same_place_is_none)
{
	struct handover_call dead = own(1, 0, 0), call = own(1, 0, 0);

	handover_first(&dead);
	call.detail++;
	cr_expect(handover_second(&call));
	cr_expect(handover_second(&dead), "it was not cleared");
	expect_counts(2, 0);
}

HANDOVER(an_interrupt_and_its_task_do_not_touch_each_other)
{
	struct handover_call task = own(1, 0, 0), softirq = interrupt(1, 0, 0);

	handover_first(&task);
	handover_first(&softirq);
	cr_expect_not(handover_second(&softirq));
	cr_expect(handover_second(&softirq), "skipped: the task's mark is none of it");
	cr_expect_not(handover_second(&task));
	expect_counts(1, 0);
}

HANDOVER(idle_tasks_are_one_on_each_cpu)
{
	struct handover_call one = interrupt(0, 0, 0), two = interrupt(0, 1, 0);

	handover_first(&one);
	handover_first(&two);
	cr_expect_not(handover_second(&one));
	cr_expect_not(handover_second(&two));
	expect_counts(0, 0);
}

/* Their second program is skipped, because it is running in the task. */
static void first_of_two(const struct handover_call *softirq)
{
	struct handover_call deeper = *softirq;

	deeper.at -= 0x80;
	deeper.object++;
	handover_first(softirq);
	handover_first(&deeper);
}

HANDOVER(what_interrupts_the_second_program_leaves_no_mark_behind)
{
	struct handover_call task = own(1, 0, 0), softirq = interrupt(1, 0, 0), deeper = softirq;

	deeper.at -= 0x80;
	deeper.object++;
	handover_first(&task);
	cr_expect_not(handover_second_interrupted(&task, first_of_two, &softirq));
	cr_expect(handover_second(&deeper), "its mark was found, which is dead");
	expect_counts(1, 0);
}

HANDOVER(a_dead_mark_of_an_interrupt_is_replaced)
{
	struct handover_call dead = interrupt(1, 1, 0), softirq = interrupt(1, 0, 2);

	handover_first(&dead);
	handover_first(&softirq);
	cr_expect_not(handover_second(&softirq));
	expect_counts(0, 0);
}

/* Then the second one handles it again, and the count makes up for that. */
Test(handover, a_mark_that_could_not_be_left_is_counted)
{
	struct handover_call call = own(1, 0, 0);

	handover_reset(false, false);
	handover_first(&call);
	cr_expect(handover_second(&call));
	expect_counts(1, 1);
}

/* No memory in the one call, and some in the next. */
Test(handover, a_mark_is_found_where_it_was_left)
{
	struct handover_call task = own(1, 0, 0), softirq = interrupt(1, 0, 0);

	handover_reset(false, true);
	handover_first(&task);
	handover_allow_storage();
	handover_first(&softirq);
	cr_expect_not(handover_second(&softirq));
	cr_expect_not(handover_second(&task));
	expect_counts(0, 0);
}
