/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the names mean that the kernel gives a drop: its reason and its function. */
#ifndef CORE_DROP_H
#define CORE_DROP_H

#include "user/core/attempt/attempt.h"

/* It was not whole, or its checksum was wrong: IP's, TCP's or ICMP's. */
bool drop_is_damage(const struct drop_entry *drop);
/* It came from outside with a source that no other host can have. */
bool drop_is_martian(const struct drop_entry *drop, const struct address *source);
/* Damage: its checksum was wrong. */
bool drop_is_bad_checksum(const struct drop_entry *drop);
/* The kernel's functions for neighbours begin so; kernels before 5.18 have no reason for it. */
bool drop_is_by_neighbour(const char *function);
/* It waited for the next hop's link-layer address, which was given up. */
bool drop_is_neighbour_failure(const struct drop_entry *drop);

#endif
