/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What holds of a probe whatever path its packets take, and the tools that lay such a path. */
#ifndef SCENARIOS_PATHS_H
#define SCENARIOS_PATHS_H

#include "tests/scenarios/scenario.h"

#define PATHS_PORT	  7000
#define PATHS_CLOSED_PORT 7001

/* Run a tool in the host; its failure fails the test. */
#define paths_tool(lab, host, ...) paths_run_tool(lab, host, (const char *const[]){__VA_ARGS__, NULL})
void paths_run_tool(struct lab *lab, enum lab_host host, const char *const *argv);

/* A program of tests/lab/paths.bpf.c where packets leave the host by eth0 ("egress") or come in by it ("ingress"). */
void paths_classify(struct lab *lab, enum lab_host host, const char *direction, const char *section);

/* The file of the programs in tests/lab/paths.bpf.c; $PATHS_OBJECT, else where make puts it. */
const char *paths_object(void);

/* One SYN left by that device, and it was answered: timed, complete, and nothing counted twice. */
void expect_once(const json_t *record, const char *interface);

/* Listens at PATHS_PORT of the host, and probes that port and PATHS_CLOSED_PORT, where nobody does. */
void expect_open_and_closed(struct lab *lab, enum lab_host host, int family, const char *target, const char *interface);

#endif
