/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What one process and one user may take of the room, and that there is always some left for
 * others.
 */
#include <criterion/criterion.h>

#include "user/core/correlate/shares.h"

#define ROOM 1000u

/* Takes all that it can get, and returns how much that is. */
static uint32_t take_all(struct shares *shares, struct owner owner, uint32_t *left)
{
	uint32_t taken = 0;

	while (*left && shares_take(shares, owner, *left)) {
		--*left;
		taken++;
	}
	return taken;
}

Test(shares, one_process_gets_half)
{
	struct shares shares = {0};
	uint32_t left = ROOM;

	cr_expect_eq(take_all(&shares, (struct owner){1, 1}, &left), ROOM / 2);
}

Test(shares, the_processes_of_one_user_get_three_quarters)
{
	struct shares shares = {0};
	uint32_t left = ROOM;

	for (uint32_t pid = 1; pid <= 100; pid++)
		take_all(&shares, (struct owner){pid, 1}, &left);
	cr_expect_eq(left, ROOM / 4);
	cr_expect(shares_take(&shares, (struct owner){200, 2}, left),
		  "nothing is left for another user");
}

Test(shares, whoever_has_nothing_finds_room_beside_several_who_take_all)
{
	struct shares shares = {0};
	uint32_t left = ROOM;

	for (uint32_t uid = 1; uid <= 8; uid++)
		cr_expect_gt(take_all(&shares, (struct owner){uid, uid}, &left), 0,
			     "nothing for user %u", uid);
	cr_expect_gt(left, 0);
}

Test(shares, what_is_returned_can_be_taken_again)
{
	struct shares shares = {0};
	uint32_t left = ROOM;

	take_all(&shares, (struct owner){1, 1}, &left);
	cr_expect_not(shares_take(&shares, (struct owner){1, 1}, left));
	shares_return(&shares, (struct owner){1, 1});
	cr_expect(shares_take(&shares, (struct owner){1, 1}, left + 1));
}
