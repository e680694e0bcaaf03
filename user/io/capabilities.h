/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this process may do. */
#ifndef IO_CAPABILITIES_H
#define IO_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

/* The effective set, 1 << CAP_*; asked from the kernel itself, so that it needs no /proc. */
uint64_t capabilities_effective(void);

/*
 * The kernel numbers its first namespaces so; those made later begin at 0xf0000000
 * (include/linux/proc_ns.h, uapi/linux/nsfs.h).
 */
#define FIRST_USER_NAMESPACE 0xeffffffdu

/*
 * Is this a user namespace other than the kernel's first? BPF does not count capabilities held
 * there. false when it cannot be told.
 */
bool capabilities_are_nested(void);

#endif
