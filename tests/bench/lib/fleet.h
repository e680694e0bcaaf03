/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hosts in any number: a /16 whose every address is answered by the lab server's own stack, two
 * veth pairs away. All its ports are closed.
 */
#ifndef BENCH_FLEET_H
#define BENCH_FLEET_H

#include "tests/lab/lab.h"

#define FLEET_FIRST4 "10.4.0.1"
#define FLEET_PREFIX "10.4." /* two numbers follow */

/* Returns 0, or -errno with the sentence. */
int fleet_open(struct lab *lab, struct error *ret_error);

/*
 * A file of hosts, one a line: "10.4.0.1", or with a port "10.4.0.1:9", and when all addresses have
 * been, again with the next port. Returns its path, for fleet_file_remove(), or NULL with the
 * sentence.
 */
char *fleet_file_new(unsigned count, unsigned port, struct error *ret_error);
void fleet_file_remove(char *path);

#endif
