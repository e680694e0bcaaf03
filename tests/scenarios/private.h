/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs with files of their own: /mnt is empty, and neither it nor /etc/hosts are anybody else's.
 * All of it is gone with the run.
 *
 *	private_run(lab, "printf '192.0.2.1 80' > /mnt/t; exec \"$0\" -f /mnt/t");
 */
#ifndef SCENARIOS_PRIVATE_H
#define SCENARIOS_PRIVATE_H

#include "tests/scenarios/cli.h"

/* Scripts for sh in the client; $0 is the program. */
struct command_process private_start(struct lab *lab, const char *script);
struct command_result private_run(struct lab *lab, const char *script);

/*
 * What /etc/hosts has at first, to begin a script with (as printf's format); and what it has from
 * now on.
 */
#define PRIVATE_HOSTS(text) "printf '" text "' > /etc/hosts; "
void private_set_hosts(const struct command_process *process, const char *text);

#endif
