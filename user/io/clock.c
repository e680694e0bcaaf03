// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* clock_gettime() in nanoseconds. */
#include "user/io/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "user/base/time.h"

/* The time namespace's share of the monotonic clock; 0 outside of one. Never changes. */
static int64_t namespace_shift_ns;
static pthread_once_t is_shift_known = PTHREAD_ONCE_INIT;

static void read_namespace_shift(void)
{
	FILE *file = fopen("/proc/self/timens_offsets", "re");
	char line[128];
	long long seconds, ns;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "monotonic %lld %lld", &seconds, &ns) == 2)
			namespace_shift_ns = seconds * (int64_t)SECOND_NS + ns;
	if (file)
		fclose(file);
}

static uint64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

uint64_t clock_now_ns(void)
{
	pthread_once(&is_shift_known, read_namespace_shift);
	return read_clock(CLOCK_MONOTONIC) - (uint64_t)namespace_shift_ns;
}

uint64_t clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}
