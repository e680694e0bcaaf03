/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The TCP checksum that the kernel leaves to the device: until then the field has the sum of the
 * pseudo-header alone (CHECKSUM_PARTIAL, include/linux/skbuff.h), which readers of a recording
 * would take for damage.
 */
#ifndef IO_CHECKSUM_H
#define IO_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * bytes: a packet from its IP header on, all of it. Completes the checksum where it was left to the
 * device; any other one, a wrong one too, stays. Returns whether it was.
 */
bool checksum_complete(uint8_t *bytes, size_t count);

#endif
