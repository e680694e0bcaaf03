/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Everything that can scan: how each is called, and how what it says is read. */
#ifndef BENCH_SCANNER_H
#define BENCH_SCANNER_H

#include "tests/lab/lab.h"

enum scanner {
	SCANNER_PLAIN_ONE,    /* the plain connector, on one processor */
	SCANNER_PLAIN_TWO,    /* two of them, on two */
	SCANNER_PLAIN_HOOKED, /* the first again, with empty programs at ktcping's tracepoints */
	SCANNER_KTCPING_ONE,
	SCANNER_KTCPING_ALL,
	SCANNER_KTCPING_FILE, /* on one processor, a record a probe; the file is in memory */
	SCANNER_KTCPING_PIPE, /* the same; this process reads it, on the others if there are any */
	SCANNER_NMAP_CONNECT,
	SCANNER_NMAP_SYN,
	SCANNER_MASSCAN,
	SCANNERS,
};

/* All ports of all its addresses answer the same way. */
struct scan_target {
	const char *address; /* the first one; for ktcping it may be a network */
	const char *file;    /* of all addresses; NULL: address is all there is */
	/* the Ethernet device towards it; NULL: there is none, so that masscan can do nothing */
	const char *device;
	const char *status; /* "open", "closed" or "filtered" */
	uint16_t first_port;
	unsigned ports;	    /* 0: what the file says */
	unsigned addresses; /* in the file */
	unsigned inflight;  /* for ktcping and the plain connectors; 0: ktcping's own choice */
	unsigned timeout_ms;
};

struct scan_outcome {
	double probes;
	double wall_s;	   /* from before fork() to the end of the process */
	double scanning_s; /* by its own clock; 0: it has none */
	double cpu_s;
	double peak_mib;
	double events_lost;
	double wrong; /* probes without the right status */
};

const char *scanner_name(enum scanner scanner);
/* ktcping, with what -q leaves out. */
bool scanner_has_records(enum scanner scanner);
/* Why it cannot be used here at that target; NULL when it can. */
const char *scanner_lacks(enum scanner scanner, const struct scan_target *target);

/* Returns 0, or -errno with the sentence. */
int scanner_measure(struct lab *lab, enum scanner scanner, const struct scan_target *target,
		    struct scan_outcome *ret_outcome, struct error *ret_error);

#endif
