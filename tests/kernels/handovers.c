/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Runs ktcping, and says on standard error how often its programs were skipped since they were all
 * attached, how often another one took over for them, and what that makes lost.
 *
 *	handovers ktcping -p 1-100 10.9.0.1
 *	skipped 31 · taken over 31 · lost 0
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/misses.h"

/* From the first program attached to the last one, where all is slow. */
#define ATTACHING_S 2

/*
 * Whoever is preempted between two programs has been skipped, and takes over later: what is lost is
 * the least of several readings.
 */
#define READINGS    8
#define INTERVAL_MS 100

struct counts {
	uint64_t skipped, taken_over;
	int64_t lost;
};

static struct counts read_counts(const struct misses *misses)
{
	uint64_t taken_over = misses_taken_over(misses), overwritten = misses_overwritten(misses);
	uint64_t skipped = misses_of_first_programs(misses);

	return (struct counts){skipped, taken_over, (int64_t)(skipped + overwritten - taken_over)};
}

static int64_t least_lost(const struct counts *readings, unsigned count)
{
	int64_t least = readings[0].lost;

	for (unsigned i = 1; i < count && i < READINGS; i++)
		least = readings[i].lost < least ? readings[i].lost : least;
	return least;
}

/*
 * Until the process ends, which takes off its second programs first: the last readings have more
 * that is lost, and so the least one matters.
 */
static int watch(const struct misses *misses, pid_t pid)
{
	struct counts first[READINGS], last[READINGS];
	unsigned count = 0;
	int status = 0;

	do {
		struct counts counts = read_counts(misses);

		last[count % READINGS] = counts;
		if (count < READINGS)
			first[count] = counts;
		count++;
		nanosleep(&(struct timespec){.tv_nsec = INTERVAL_MS * 1000000L}, NULL);
	} while (waitpid(pid, &status, WNOHANG) == 0);
	fprintf(stderr, "skipped %" PRIu64 " · taken over %" PRIu64 " · lost %" PRId64 "\n",
		last[(count - 1) % READINGS].skipped - first[0].skipped,
		last[(count - 1) % READINGS].taken_over - first[0].taken_over,
		least_lost(last, count) - least_lost(first, count));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **arguments)
{
	struct misses misses;
	pid_t pid;
	int status;

	if (count < 2) {
		fprintf(stderr, "usage: handovers COMMAND...\n");
		return 3;
	}
	pid = fork();
	if (pid == 0) {
		execvp(arguments[1], arguments + 1);
		perror(arguments[1]);
		_exit(127);
	}
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	misses_open(&misses, pid);
	misses_close(&misses);
	sleep(ATTACHING_S);
	misses_open(&misses, pid);
	status = watch(&misses, pid);
	misses_close(&misses);
	return status;
}
