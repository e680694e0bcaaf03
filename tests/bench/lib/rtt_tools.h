/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Other programs that say how long a SYN's answer took: how each is called, and what it says. */
#ifndef BENCH_RTT_TOOLS_H
#define BENCH_RTT_TOOLS_H

#include "tests/lab/lab.h"

enum rtt_tool {
	RTT_NMAP_CONNECT, /* nmap tells one time for all it did: one port a run */
	RTT_NMAP_SYN,
	RTT_HPING3, /* tells tenths of a millisecond */
	RTT_MTR,
	RTT_TOOLS,
};

struct rtt_sample {
	uint16_t client_port; /* 0: not told; then its SYN is the one that left between these: */
	int64_t began_ns, ended_ns; /* CLOCK_REALTIME */
	double rtt_us;
};

#define RTT_SAMPLES_MAX 64

const char *rtt_tool_name(enum rtt_tool tool);
bool rtt_tool_is_installed(enum rtt_tool tool);

/*
 * Probe the port of LAB_PEER4 for about time_ms. Returns how many samples there are; 0: it said
 * nothing.
 */
size_t rtt_tool_measure(struct lab *lab, enum rtt_tool tool, uint16_t port, unsigned time_ms,
			struct rtt_sample *ret_samples);

#endif
