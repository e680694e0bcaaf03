/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What probes are made from: namespaces that come and go, source ports that are taken. */
#ifndef APP_PORTS_H
#define APP_PORTS_H

#include "user/app/run/lane.h"

/*
 * Before a probe is made, and before one is judged by silence: a namespace (-N) that was deleted or
 * made anew is said to be, and left for the new one.
 */
void follow_origin(struct lane *lane, const struct origin *origin, uint64_t now_ns);

/* Its target's probes with a socket: one more, one less. */
void join_target(struct lane *lane, uint32_t number);
void close_probe(struct lane *lane, uint32_t number);
/*
 * The next of the source ports that no probe of this target speaks from. A connection that is only
 * held open gives its port up for it. Returns false when all are in use by probes without a
 * verdict.
 */
bool choose_port(struct lane *lane, struct target *target, uint16_t *ret_port);
/*
 * Another probe of ours that has the port, or, with ports of the kernel's choice, one of those that
 * are free for this destination: the same target may be there twice. Rather one that is only held
 * open, and of these the oldest. NO_PROBE: none.
 */
uint32_t find_rival(struct lane *lane, const struct probe *probe);
/* With -v, once a probe. */
void say_port_in_use(struct lane *lane, struct target *target);

#endif
