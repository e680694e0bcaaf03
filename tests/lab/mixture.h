/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Ports of the server and of the peer, of every common kind, mixed: open, closed and silent ones,
 * and at the peer those that answer the second or the third SYN only.
 */
#ifndef LAB_MIXTURE_H
#define LAB_MIXTURE_H

#include "tests/lab/audit.h"
#include "tests/lab/lab.h"
#include "tests/lab/misses.h"

#define MIXTURE_ALL_PORTS     65535 /* of the server */
#define MIXTURE_PEER_PORTS    4096
#define MIXTURE_ANY_PROCESSOR (-1)

/* For one family. Returns 0, or -errno with the sentence. */
int mixture_set(struct lab *lab, int family, struct error *ret_error);

struct mixture_scan {
	struct audit audit;
	uint64_t misses, takeovers; /* of the program's tracing programs */
	int status;		    /* as exited */
};

/*
 * Have the program scan so many of the server's ports, and the peer's, from the client, on the
 * processor of that number. Returns 0, or -errno with the sentence.
 */
int mixture_scan(struct lab *lab, int family, const char *program, unsigned server_ports,
		 int processor, struct mixture_scan *ret_scan, struct error *ret_error);

#endif
