/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A run is put together, and taken apart. */
#ifndef APP_OPEN_H
#define APP_OPEN_H

#include "user/app/run/shared.h"

/*
 * Everything that takes privilege, memory or a name of the command line. Returns 0, or -errno with
 * the sentence; run_close() is due in either case.
 *
 * Its end is the border at which privileges can be dropped. Behind it there are threads, sockets,
 * maps and programs by descriptors that are open, and files that anyone may read (the resolver's,
 * the kernel's BTF, /proc/sys/net); and, with what has to be kept for it:
 *
 *	a socket of a namespace that is open (-N)	CAP_SYS_ADMIN there and here: setns()
 *	one of a name that was made anew		the same, and its file is opened
 *	-m, -I, --sport below 1024			CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE
 *	intervals over REST_NS				CAP_BPF, CAP_PERFMON: programs are attached again
 *	what may have dropped a SYN here		CAP_NET_ADMIN for xfrm's policies, root's files of
 *							/proc/net; without, they are taken for none
 */
int run_open(struct run *run, struct error *ret_error);
void run_close(struct run *run);

#endif
