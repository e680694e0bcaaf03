/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this process may do. */
#ifndef IO_CAPABILITIES_H
#define IO_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

/* The effective set, 1 << CAP_*; asked from the kernel itself, so that it needs no /proc. */
uint64_t capabilities_effective(void);

/* The kernel's first namespaces; later ones begin at 0xf0000000 (include/linux/proc_ns.h). */
#define FIRST_USER_NAMESPACE 0xeffffffdu

/* Not the kernel's first user namespace, whose capabilities alone count for BPF. false: unknown. */
bool capabilities_are_nested(void);

#endif
