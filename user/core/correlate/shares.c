// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two arrays of counts. */
#include "user/core/correlate/shares.h"

#define USER_TIMES 3ull

bool shares_take(struct shares *shares, struct owner owner, uint32_t room)
{
	uint32_t *process = &shares->processes[owner.pid % SHARES_PLACES],
		 *user = &shares->users[owner.uid % SHARES_PLACES];

	if (*process >= room || *user >= USER_TIMES * room)
		return false;
	++*process;
	++*user;
	return true;
}

void shares_return(struct shares *shares, struct owner owner)
{
	shares->processes[owner.pid % SHARES_PLACES]--;
	shares->users[owner.uid % SHARES_PLACES]--;
}
