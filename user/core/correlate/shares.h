/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who may take the room that is left: neither a process nor a user can take all of it from the
 * others.
 *
 * A process may have no more than there is room left, and a user no more than three times that. So
 * a process alone gets half of all room, the processes of one user three quarters, and a newcomer
 * finds some.
 */
#ifndef CORE_SHARES_H
#define CORE_SHARES_H

#include <stdbool.h>
#include <stdint.h>

/* By number: of two with the same remainder each has what both have. */
#define SHARES_PLACES 4096

/* A zeroed one: all of it is free. */
struct shares {
	uint32_t processes[SHARES_PLACES];
	uint32_t users[SHARES_PLACES];
};

struct owner {
	uint32_t pid;
	uint32_t uid;
};

/* Takes one, unless that is more than the owner may have. */
bool shares_take(struct shares *shares, struct owner owner, uint32_t room);
void shares_return(struct shares *shares, struct owner owner);

#endif
