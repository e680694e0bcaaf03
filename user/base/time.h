/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Spans in nanoseconds, the unit of all times here. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#define MICROSECOND_NS 1000ull
#define MILLISECOND_NS 1000000ull
#define SECOND_NS      1000000000ull
#define DAY_NS	       (86400 * SECOND_NS)

#endif
