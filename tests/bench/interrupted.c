/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What interrupts cost in evidence: a mixed scan where they come anywhere, as from a network card, and where they do not. */
#include <stdio.h>
#include <sys/socket.h>

#include "tests/bench/lib/tool.h"
#include "tests/lab/mixture.h"
#include "user/base/error.h"

#define ROUNDS 2 /* one by IPv4, one by IPv6 */

static const struct condition {
	const char *name;
	enum lab_receive receive;
	bool has_one_processor;
} conditions[] = {
	{"within the sender's call, one core", LAB_RECEIVE_IN_CALL, true},
	{"by interrupt, one core", LAB_RECEIVE_INTERRUPTS, true},
	{"by interrupt, all cores", LAB_RECEIVE_INTERRUPTS, false},
	{"by NAPI thread, one core", LAB_RECEIVE_THREADS, true},
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

static int measure_round(const struct condition *condition, int family, struct row *row, struct error *ret_error)
{
	struct lab *lab = lab_new_receiving(condition->receive, ret_error);
	struct mixture_scan scan;
	int processor, result = lab ? mixture_set(lab, family, ret_error) : -1;

	if (result == 0) {
		processor = condition->has_one_processor ? (int)lab->near_processor : MIXTURE_ANY_PROCESSOR;
		result = mixture_scan(lab, family, tool_ktcping(), MIXTURE_ALL_PORTS, processor, &scan, ret_error);
	}
	if (result == 0)
		add(row, &scan);
	lab_free(lab);
	return result;
}

static void print_row(const char *name, const struct row *row)
{
	double each = 100000 / row->probes;

	printf("%-36s %8.0f %7.1f %12.1f %9.1f %9.1f %8.1f %9.1f %10.1f\n", name, row->probes, row->wrong * each, row->incomplete * each,
	       row->asked_again * each, row->partial * each, row->lost * each, row->misses * each, row->takeovers * each);
	fflush(stdout);
}

int main(void)
{
	struct error error = {"out of memory"};

	printf("\nInterrupted: %d ports of a Linux and %d of the scripted peer, mixed; of each 100,000 probes\n\n"
	       "%-36s %8s %7s %12s %9s %9s %8s %9s %10s\n%-36s %8s %7s %12s %9s %9s %8s %9s %10s\n",
	       MIXTURE_ALL_PORTS, MIXTURE_PEER_PORTS, "", "", "", "", "asked", "complete", "events", "programs", "", "packets are received",
	       "probes", "wrong", "incomplete", "again", "in part", "lost", "skipped", "taken over");
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		struct row row = {0};

		for (int round = 0; round < ROUNDS; round++) {
			if (measure_round(&conditions[i], round ? AF_INET6 : AF_INET, &row, &error) < 0) {
				fprintf(stderr, "interrupted: %s\n", error.text);
				return 1;
			}
		}
		print_row(conditions[i].name, &row);
	}
	return 0;
}
