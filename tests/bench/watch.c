/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What does a program lose that `ktcping watch' looks at, are its connects all seen, and what does
 * a program lose that is not looked at?
 *
 * The program that is watched is this one, called again with "connect": the plain epoll loop of
 * lib/connector.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/lib/connector.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/fleet.h"
#include "tests/bench/lib/flow.h"
#include "tests/bench/lib/hooked.h"
#include "tests/bench/lib/processors.h"
#include "tests/bench/lib/tool.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define FLOW_PORT    8001
#define FIRST_PORT   20000
#define ADDRESSES    200
#define INFLIGHT     256
#define TIMEOUT_MS   60000
#define ROUNDS	     11
#define SLICE_MS     200
#define SETTLE_MS    250 /* a ktcping is loaded, and whatever runs is under way */
#define OTHERS_RATE  1000
#define CONNECT_WORD "connect"

/* What the watched program does: so many connects, to closed ports of the fleet. */
static const struct load {
	const char *name;
	unsigned per_second, connects; /* 0 a second: as fast as it can */
} loads[] = {
	{"20,000 connects/s", 20000, 40000},
	{"as fast as it can", 0, 60000},
};
#define LOADS (sizeof(loads) / sizeof(loads[0]))

struct load_row {
	struct figures without, with, ratio; /* connects a second */
	double lost, unseen;		     /* the worst round's */
};

/* Called again: connect, and print the rate. */
static int be_watched(unsigned per_second, unsigned connects)
{
	const struct connector_job job = {FLEET_FIRST4, FIRST_PORT, ADDRESSES, connects / ADDRESSES,
					  INFLIGHT,	4000,	    1,	       per_second};
	struct connector_run run;

	if (!connector_run_here(&job, &run))
		return 1;
	printf("rate %.1f closed %llu\n", (double)connects / run.elapsed_s,
	       (unsigned long long)run.closed);
	return run.closed != connects;
}

/* What its last record says of the whole: the worst round's. */
static void take_watch(const char *said, const struct load *load, struct load_row *row)
{
	const char *record = strstr(said, "\"type\":\"watch\"");
	double lost = record ? tool_number_after(record, "\"events_lost\":") : 0;
	double unseen = load->connects - (record ? tool_number_after(record, "\"connects\":") : 0);

	row->lost = lost > row->lost ? lost : row->lost;
	row->unseen = unseen > row->unseen ? unseen : row->unseen;
}

static int run_load(struct lab *lab, const struct load *load, bool is_watched, struct load_row *row,
		    struct error *ret_error)
{
	char per_second[16], connects[16], self[512] = "";
	const char *argv[] = {tool_ktcping(), "watch",	    "-q",	"-j",	  "--",
			      self,	      CONNECT_WORD, per_second, connects, NULL};
	struct tool_run run;
	int result;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return error_set(ret_error, -errno, "no /proc: %s", strerror(errno));
	snprintf(per_second, sizeof(per_second), "%u", load->per_second);
	snprintf(connects, sizeof(connects), "%u", load->connects);
	result = tool_measure(lab, PROCESSORS_ALL, is_watched ? argv : argv + 5, TIMEOUT_MS, &run,
			      ret_error);
	if (result < 0)
		return result;
	if (run.result.status == 0) {
		figures_add(is_watched ? &row->with : &row->without,
			    tool_number_after(run.result.output.bytes, "rate "));
		if (is_watched)
			take_watch(run.result.errors.bytes, load, row);
	} else {
		result = error_set(ret_error, -EIO, "status %d: %s", run.result.status,
				   run.result.errors.bytes);
	}
	tool_run_release(&run);
	return result;
}

static int measure_load(struct lab *lab, const struct load *load, struct load_row *row,
			bool is_with_first, struct error *ret_error)
{
	int result = run_load(lab, load, is_with_first, row, ret_error);

	if (result == 0)
		result = run_load(lab, load, !is_with_first, row, ret_error);
	if (result == 0)
		figures_add(&row->ratio, row->with.values[row->with.count - 1] /
						 row->without.values[row->without.count - 1]);
	return result;
}

static int measure_loads(struct lab *lab, struct error *ret_error)
{
	struct load_row rows[LOADS] = {0};
	int result = 0;

	for (unsigned round = 0; round < ROUNDS && result == 0; round++)
		for (size_t i = 0; i < LOADS && result == 0; i++)
			result = measure_load(lab, &loads[i], &rows[i], round % 2, ret_error);
	if (result == 0)
		printf("\nA program that connects, connects/s\n\n%-32s %3s %10s %10s %8s %19s %12s "
		       "%8s\n",
		       "", "n", "alone", "watched", "ratio", "quartiles of ratio", "events lost",
		       "unseen");
	for (size_t i = 0; i < LOADS; i++) {
		struct load_row *row = &rows[i];

		if (result == 0)
			printf("%-32s %3zu %10.0f %10.0f %8.3f %9.3f %9.3f %12.0f %8.0f\n",
			       loads[i].name, row->ratio.count,
			       figures_quantile(&row->without, 0.5),
			       figures_quantile(&row->with, 0.5),
			       figures_quantile(&row->ratio, 0.5),
			       figures_quantile(&row->ratio, 0.25),
			       figures_quantile(&row->ratio, 0.75), row->lost, row->unseen);
		figures_release(&row->without);
		figures_release(&row->with);
		figures_release(&row->ratio);
	}
	return result;
}

/*
 * While another process of the host is watched, which sleeps or connects; it does so with and
 * without being watched. Or while programs that do nothing are attached.
 */
struct flow_row {
	const char *name;
	unsigned per_second; /* 0: it sleeps */
	bool is_empty;	     /* nobody is watched */
	struct figures without, with, ratio;
};

static pid_t start_other(struct lab *lab, const struct flow_row *row, struct error *ret_error)
{
	const struct connector_job job = {FLEET_FIRST4, FIRST_PORT, ADDRESSES, 300,
					  INFLIGHT,	4000,	    1,	       row->per_second};
	pid_t pid;

	if (row->per_second)
		return connector_start_endless(lab, &job, ret_error);
	pid = child_fork("ktcping-sleep", SIGKILL, -1);
	while (pid == 0)
		pause();
	return pid < 0 ? error_set(ret_error, -errno, "cannot start a process: %s", strerror(errno))
		       : pid;
}

static int exchange(struct flow *flow, struct figures *figures, struct error *ret_error)
{
	double messages = flow_exchange(flow, SLICE_MS);

	if (messages < 0)
		return error_set(ret_error, -EIO, "the connection broke");
	figures_add(figures, messages);
	return 0;
}

static int exchange_watched(struct lab *lab, struct flow *flow, pid_t other,
			    struct figures *figures, struct error *ret_error)
{
	char pid[16];
	const char *const argv[] = {tool_ktcping(), "watch", "-q", "-p", pid, NULL};
	struct command_process process;
	struct command_result ended;
	int result;

	snprintf(pid, sizeof(pid), "%d", other);
	result = lab_start(lab, LAB_CLIENT, argv, &process, ret_error);
	if (result < 0)
		return result;
	usleep(SETTLE_MS * 1000);
	result = exchange(flow, figures, ret_error);
	command_finish(&process, 1, &ended);
	if (result == 0 && !ended.has_timed_out)
		result = error_set(ret_error, -EIO, "ktcping watch ended too early: %s",
				   ended.errors.bytes);
	command_result_release(&ended);
	return result;
}

static int exchange_hooked(struct flow *flow, struct figures *figures, struct error *ret_error)
{
	struct bpf_object *object = hooked_attach(true, ret_error);
	int result;

	if (!object)
		return -1;
	usleep(SETTLE_MS * 1000);
	result = exchange(flow, figures, ret_error);
	hooked_detach(object);
	return result;
}

static int exchange_with(struct lab *lab, struct flow *flow, pid_t other, struct flow_row *row,
			 struct error *ret_error)
{
	return row->is_empty ? exchange_hooked(flow, &row->with, ret_error)
			     : exchange_watched(lab, flow, other, &row->with, ret_error);
}

static int measure_flow(struct lab *lab, struct flow *flow, struct flow_row *row,
			bool is_with_first, struct error *ret_error)
{
	pid_t other = start_other(lab, row, ret_error);
	int result = other < 0 ? other : 0;

	if (result == 0 && is_with_first)
		result = exchange_with(lab, flow, other, row, ret_error);
	usleep(SETTLE_MS * 1000);
	if (result == 0)
		result = exchange(flow, &row->without, ret_error);
	if (result == 0 && !is_with_first)
		result = exchange_with(lab, flow, other, row, ret_error);
	child_stop(other, SIGKILL);
	if (result == 0)
		figures_add(&row->ratio, row->with.values[row->with.count - 1] /
						 row->without.values[row->without.count - 1]);
	return result;
}

static int measure_flows(struct lab *lab, const char *where, struct flow *flow,
			 struct error *ret_error)
{
	struct flow_row rows[] = {{.name = "watch -p, of one that sleeps"},
				  {.name = "watch -p, 1,000 connects/s", .per_second = OTHERS_RATE},
				  {.name = "empty programs", .is_empty = true}};
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	int result = 0;

	for (unsigned round = 0; round < ROUNDS && result == 0; round++)
		for (size_t i = 0; i < count && result == 0; i++)
			result = measure_flow(lab, flow, &rows[i], round % 2, ret_error);
	if (result == 0)
		printf("\nA program that is not watched, 64 bytes there and back %s, thousands a "
		       "second\n\n%-32s %3s %10s %10s %8s %19s\n",
		       where, "", "n", "without", "with", "ratio", "quartiles of ratio");
	for (size_t i = 0; i < count; i++) {
		struct flow_row *row = &rows[i];

		if (result == 0)
			printf("%-32s %3zu %10.1f %10.1f %8.3f %9.3f %9.3f\n", row->name,
			       row->ratio.count, figures_quantile(&row->without, 0.5) / 1e3,
			       figures_quantile(&row->with, 0.5) / 1e3,
			       figures_quantile(&row->ratio, 0.5),
			       figures_quantile(&row->ratio, 0.25),
			       figures_quantile(&row->ratio, 0.75));
		figures_release(&row->without);
		figures_release(&row->with);
		figures_release(&row->ratio);
	}
	return result;
}

/*
 * Two hosts of the lab are one kernel: what goes from one to the other meets the hooks on both, and
 * on the router.
 */
static int measure_all_flows(struct lab *lab, struct error *ret_error)
{
	static const struct {
		enum lab_host server;
		const char *where;
	} ways[] = {{LAB_CLIENT, "over loopback"}, {LAB_SERVER, "over two veth pairs"}};
	int result = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && result == 0; i++) {
		struct flow flow = {.fd = -1};

		result = flow_open(lab, ways[i].server, FLOW_PORT, false, &flow, ret_error);
		if (result == 0)
			result = measure_flows(lab, ways[i].where, &flow, ret_error);
		flow_close(&flow);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct error error = {"out of memory"};
	struct lab *lab;
	int result;

	if (argc == 4 && strcmp(argv[1], CONNECT_WORD) == 0)
		return be_watched((unsigned)strtoul(argv[2], NULL, 10),
				  (unsigned)strtoul(argv[3], NULL, 10));
	lab = lab_new(&error);
	result = lab ? fleet_open(lab, &error) : -1;
	if (result == 0)
		result = measure_all_flows(lab, &error);
	if (result == 0)
		result = measure_loads(lab, &error);
	if (result < 0)
		fprintf(stderr, "watch: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
