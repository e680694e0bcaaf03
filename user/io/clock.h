/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The two clocks. Everything is timed by the monotonic one, which is the kernel side's too; the wall clock is only printed. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdint.h>

uint64_t clock_now_ns(void);  /* CLOCK_MONOTONIC */
uint64_t clock_wall_ns(void); /* CLOCK_REALTIME */

#endif
