/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A program run in the lab's client from exec to exit, and what it took. */
#include "tests/bench/lib/tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/lib/processors.h"
#include "user/base/error.h"

bool tool_is_installed(const char *name)
{
	const char *directory = getenv("PATH");
	char path[512];

	for (; directory && *directory;
	     directory += strcspn(directory, ":"), directory += *directory == ':') {
		snprintf(path, sizeof(path), "%.*s/%s", (int)strcspn(directory, ":"), directory,
			 name);
		if (access(path, X_OK) == 0)
			return true;
	}
	snprintf(path, sizeof(path), "/usr/sbin/%s", name);
	return access(path, X_OK) == 0;
}

const char *tool_ktcping(void)
{
	return getenv("KTCPING") ? getenv("KTCPING") : "./ktcping";
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int tool_measure(struct lab *lab, int processor, const char *const *argv, unsigned timeout_ms,
		 struct tool_run *ret_run, struct error *ret_error)
{
	struct tool_run run = {0};
	double began_s = now_s();
	int result;

	processors_use(processor);
	result = lab_run(lab, LAB_CLIENT, argv, timeout_ms, &run.result, ret_error);
	processors_use(PROCESSORS_ALL);
	if (result < 0)
		return result;
	run.wall_s = now_s() - began_s;
	run.cpu_s = seconds(run.result.usage.ru_utime) + seconds(run.result.usage.ru_stime);
	run.peak_mib = (double)run.result.usage.ru_maxrss / 1024;
	if (run.result.has_timed_out) {
		result = error_set(ret_error, -ETIMEDOUT, "%s did not end within %u ms", argv[0],
				   timeout_ms);
		tool_run_release(&run);
		return result;
	}
	*ret_run = run;
	return 0;
}

void tool_run_release(struct tool_run *run)
{
	command_result_release(&run->result);
	*run = (struct tool_run){0};
}

unsigned tool_count(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		count++;
	return count;
}

double tool_number_after(const char *text, const char *word)
{
	const char *found = strstr(text, word);

	return found ? strtod(found + strlen(word), NULL) : 0;
}
