/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A lab whose client runs programs in a cgroup of its own. */
#ifndef SCENARIOS_CGROUP_FIXTURE_H
#define SCENARIOS_CGROUP_FIXTURE_H

#include "tests/scenarios/scenario.h"

/*
 * With that program of tests/lab/cgroup.bpf.c at work on its sockets, unless NULL. Where there is
 * no such cgroup the test is skipped and says so.
 */
struct lab *cgroup_fixture(const char *program);

/* The cgroup's directory, from cgroup_fixture() on. */
const char *cgroup_fixture_path(void);

#endif
