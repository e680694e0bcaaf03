/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* On which processors a bench and what it starts may run. */
#include "tests/bench/lib/processors.h"

#include <sched.h>
#include <sys/resource.h>

/* The first look is what the process was given; nothing here changes it before that. */
static const cpu_set_t *given(void)
{
	static cpu_set_t set;

	if (!CPU_COUNT(&set))
		sched_getaffinity(0, sizeof(set), &set);
	return &set;
}

unsigned processors_count(void)
{
	return (unsigned)CPU_COUNT(given());
}

void processors_use(int number)
{
	cpu_set_t set = *given();
	int last = -1;

	for (int i = 0; number >= 0 && i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, given()) && number-- >= 0)
			last = i;
	}
	if (last >= 0) {
		CPU_ZERO(&set);
		CPU_SET(last, &set);
	}
	sched_setaffinity(0, sizeof(set), &set);
}

void processors_prefer(pid_t pid)
{
	setpriority(PRIO_PROCESS, (id_t)pid, -20);
}
