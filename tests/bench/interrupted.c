/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What interrupts cost in evidence: a mixed scan where they come anywhere, as from a network card,
 * and where they do not.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/lib/load.h"
#include "tests/bench/lib/tool.h"
#include "tests/lab/child.h"
#include "tests/lab/mixture.h"
#include "user/base/error.h"

#define ROUNDS	     2 /* by IPv4 and by IPv6 in turn */
#define LOAD_SECONDS 3600

static const struct condition {
	const char *name;
	enum lab_receive receive;
	bool has_one_processor;
	unsigned loops; /* busy ones */
} conditions[] = {
	{"within the sender's call, one core", LAB_RECEIVE_IN_CALL, true, 0},
	{"by interrupt, one core", LAB_RECEIVE_INTERRUPTS, true, 0},
	{"by interrupt, all cores", LAB_RECEIVE_INTERRUPTS, false, 0},
	{"by interrupt, one core, 64 busy loops", LAB_RECEIVE_INTERRUPTS, true, 64},
	{"by NAPI thread, one core", LAB_RECEIVE_THREADS, true, 0},
};

/* Of all rounds. */
struct row {
	double probes, wrong, incomplete, asked_again, partial, lost, misses, takeovers;
};

static void add(struct row *row, const struct mixture_scan *scan)
{
	row->probes += (double)scan->audit.records;
	row->wrong += (double)scan->audit.wrong;
	row->incomplete += (double)scan->audit.incomplete;
	row->asked_again += (double)scan->audit.asked_again;
	row->partial += (double)scan->audit.partial;
	row->lost += scan->audit.events_lost;
	row->misses += (double)scan->misses;
	row->takeovers += (double)scan->takeovers;
}

/*
 * In a session of their own: as a group they then have half of each processor. Else a scan would
 * take a quarter of an hour.
 */
static pid_t start_loops(unsigned count)
{
	pid_t pid = count ? child_fork("ktcping-loads", SIGKILL, -1) : 0;
	struct load load;

	if (!count || pid)
		return pid;
	setsid();
	load_start(&load, count, LOAD_SECONDS);
	for (;;)
		pause();
}

static int measure_round(const struct condition *condition, int family, struct row *row,
			 struct error *ret_error)
{
	struct lab *lab = lab_new_receiving(condition->receive, ret_error);
	struct mixture_scan scan;
	pid_t loops;
	int processor, result = lab ? mixture_set(lab, family, ret_error) : -1;

	if (result == 0) {
		processor = condition->has_one_processor ? (int)lab->near_processor
							 : MIXTURE_ANY_PROCESSOR;
		loops = start_loops(condition->loops);
		result = mixture_scan(lab, family, tool_ktcping(), MIXTURE_ALL_PORTS, processor,
				      &scan, ret_error);
		child_stop(loops, SIGKILL);
	}
	if (result == 0)
		add(row, &scan);
	lab_free(lab);
	return result;
}

static void print_row(const char *name, const struct row *row)
{
	double each = 100000 / row->probes;

	printf("%-38s %8.0f %7.1f %12.1f %9.1f %9.1f %8.1f %9.1f %10.1f\n", name, row->probes,
	       row->wrong * each, row->incomplete * each, row->asked_again * each,
	       row->partial * each, row->lost * each, row->misses * each, row->takeovers * each);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS;
	struct error error = {"out of memory"};

	printf("\nInterrupted: %d ports of a Linux and %d of the scripted peer, mixed; of each "
	       "100,000 probes\n\n"
	       "%-38s %8s %7s %12s %9s %9s %8s %9s %10s\n%-38s %8s %7s %12s %9s %9s %8s %9s %10s\n",
	       MIXTURE_ALL_PORTS, MIXTURE_PEER_PORTS, "", "", "", "", "asked", "complete", "events",
	       "programs", "", "packets are received", "probes", "wrong", "incomplete", "again",
	       "in part", "lost", "skipped", "taken over");
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		struct row row = {0};

		for (int round = 0; round < rounds; round++) {
			if (measure_round(&conditions[i], round % 2 ? AF_INET6 : AF_INET, &row,
					  &error) < 0) {
				fprintf(stderr, "interrupted: %s\n", error.text);
				return 1;
			}
		}
		print_row(conditions[i].name, &row);
	}
	return 0;
}
