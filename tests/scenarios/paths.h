/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What holds of a probe whatever path its packets take, and the tools that lay such a path. */
#ifndef SCENARIOS_PATHS_H
#define SCENARIOS_PATHS_H

#include "tests/scenarios/scenario.h"

#define PATHS_PORT	  7000
#define PATHS_CLOSED_PORT 7001

/* For the client, as text for ip: a bridge over eth0 has its addresses and routes. */
#define PATHS_OWN_BRIDGE                                                                           \
	"link add br0 type bridge\n"                                                               \
	"address flush dev eth0 scope global\n"                                                    \
	"link set eth0 master br0\n"                                                               \
	"link set br0 up\n"                                                                        \
	"address add " LAB_CLIENT4 "/24 dev br0\n"                                                 \
	"address add " LAB_CLIENT6 "/64 dev br0 nodad\n"                                           \
	"route replace 10.2.0.0/24 via " LAB_ROUTER4 "\n"                                          \
	"route replace fd00:2::/64 via " LAB_ROUTER6 "\n"

/* Run a tool in the host; its failure fails the test. */
#define paths_tool(lab, host, ...)                                                                 \
	paths_run_tool(lab, host, (const char *const[]){__VA_ARGS__, NULL})
void paths_run_tool(struct lab *lab, enum lab_host host, const char *const *argv);

/*
 * A program of tests/lab/paths.bpf.c where packets leave the host by eth0 ("egress") or come in by
 * it ("ingress").
 */
void paths_classify(struct lab *lab, enum lab_host host, const char *direction,
		    const char *section);

/* The file of the programs in tests/lab/paths.bpf.c; $PATHS_OBJECT, else where make puts it. */
const char *paths_object(void);

/* One SYN left by that device, and it was answered: timed, complete, and nothing counted twice. */
void expect_once(const json_t *record, const char *interface);

/*
 * Listens at PATHS_PORT of the host, and probes that port and PATHS_CLOSED_PORT, where nobody does.
 */
void expect_open_and_closed(struct lab *lab, enum lab_host host, int family, const char *target,
			    const char *interface);

#endif
