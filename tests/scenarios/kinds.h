/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ports of the peer of every kind, mixed, and the verdict that each must get. */
#ifndef SCENARIOS_KINDS_H
#define SCENARIOS_KINDS_H

#include "tests/lab/audit.h"
#include "tests/scenarios/scenario.h"

#define KINDS	      12
#define KINDS_REPEATS 20
/* The kind of a port is its distance from the first one modulo KINDS. */
#define KINDS_FIRST 7000
#define KINDS_PORTS (KINDS * KINDS_REPEATS)
#define KINDS_LIST  "7000-7239"
#define KINDS_ONCE  "7000-7011" /* each kind once */

void kinds_set(struct lab *lab, int family);

struct audit_verdict kind_verdict(const char *address, unsigned port);
void expect_kind(const json_t *record);

#endif
