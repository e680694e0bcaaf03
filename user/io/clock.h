/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two clocks: everything is timed by the monotonic one, the wall clock is only printed. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdint.h>

/*
 * CLOCK_MONOTONIC as the kernel itself has it: in a time namespace the process's own clock is
 * shifted, and the kernel side's stamps are not. The shift is read once, at the first call.
 */
uint64_t clock_now_ns(void);
uint64_t clock_wall_ns(void); /* CLOCK_REALTIME */

#endif
