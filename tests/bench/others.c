/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What does somebody else's TCP connection on the same host lose while ktcping is loaded, and while
 * it scans?
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/lib/connector.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/fleet.h"
#include "tests/bench/lib/flow.h"
#include "tests/bench/lib/tool.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define SMALL_PORT 8001
#define BULK_PORT  8002
#define PAIRS	   11
#define SLICE_MS   200
#define SETTLE_MS  250	/* a ktcping is loaded, and whatever runs is under way */
#define IDLE_MS	   6000 /* and nobody waits any more for what may come after its one attempt */
#define SCAN_PORT  20000
#define SCAN_PORTS 40000

enum company {
	COMPANY_IDLE,
	COMPANY_SCAN,
	COMPANY_FULL_SCAN,
	COMPANY_PLAIN,
	COMPANIES,
};

/* The scans are of closed ports, and longer than they are wanted. */
static const struct {
	const char *name;
	const char *argv
		[12]; /* after ktcping; none: plain connectors, as many as ktcping has threads on two processors */
} companies[COMPANIES] = {
	[COMPANY_IDLE] = {"ktcping, loaded and idle",
			  {"-q", "-c", "0", "-i", "3600s", LAB_SERVER4, "9", NULL}},
	[COMPANY_SCAN] = {"ktcping, scanning, default rate",
			  {"-q", "--yes", "-p", "20000-59999", FLEET_PREFIX "0.0/24", NULL}},
	[COMPANY_FULL_SCAN] = {"ktcping, scanning, --rate 0",
			       {"-q", "--yes", "--rate", "0", "-p", "20000-59999",
				FLEET_PREFIX "0.0/24", NULL}},
	[COMPANY_PLAIN] = {"plain epoll connectors, two", {NULL}},
};

struct running {
	struct command_process process; /* of ktcping */
	pid_t plain[2];
};

struct flows {
	struct flow small, bulk;
};

/* In the order of their pairs. */
struct row {
	struct figures small_without, small_with, small_ratio; /* messages a second */
	struct figures bulk_without, bulk_with, bulk_ratio;    /* bytes a second */
};

static int start(struct lab *lab, enum company company, struct running *ret_running,
		 struct error *ret_error)
{
	static const struct connector_job job = {FLEET_FIRST4, SCAN_PORT, 250, SCAN_PORTS,
						 1024,	       4000,	  1,   0};
	const char *argv[16] = {tool_ktcping()};

	*ret_running = (struct running){.process = {.pid = -1}};
	for (int i = 0; i < 2 && company == COMPANY_PLAIN; i++) {
		ret_running->plain[i] = connector_start_endless(lab, &job, ret_error);
		if (ret_running->plain[i] < 0)
			return ret_running->plain[i];
	}
	if (company == COMPANY_PLAIN)
		return 0;
	memcpy(argv + 1, companies[company].argv, sizeof(companies[company].argv));
	return lab_start(lab, LAB_CLIENT, argv, &ret_running->process, ret_error);
}

/* Returns 0, or -errno with the sentence when it had already ended. */
static int stop(enum company company, struct running *running, struct error *ret_error)
{
	struct command_result result;
	int status = 0;

	for (int i = 0; i < 2; i++)
		child_stop(running->plain[i], SIGKILL);
	if (company == COMPANY_PLAIN)
		return 0;
	command_finish(&running->process, 1, &result);
	if (!result.has_timed_out)
		status = error_set(ret_error, -1, "%s ended too early: %s", companies[company].name,
				   result.errors.bytes);
	command_result_release(&result);
	return status;
}

static int measure_slices(struct flows *flows, struct figures *small, struct figures *bulk,
			  struct error *ret_error)
{
	double messages = flow_exchange(&flows->small, SLICE_MS),
	       bytes = flow_push(&flows->bulk, SLICE_MS);

	if (messages < 0 || bytes < 0)
		return error_set(ret_error, -1, "the connection broke");
	figures_add(small, messages);
	figures_add(bulk, bytes);
	return 0;
}

static int measure_with(struct lab *lab, struct flows *flows, enum company company, struct row *row,
			struct error *ret_error)
{
	struct running running;
	int result = start(lab, company, &running, ret_error), stopped;

	if (result < 0)
		return result;
	usleep((company == COMPANY_IDLE ? IDLE_MS : SETTLE_MS) * 1000);
	result = measure_slices(flows, &row->small_with, &row->bulk_with, ret_error);
	stopped = stop(company, &running, ret_error);
	return result < 0 ? result : stopped;
}

/* Without and with, or the other way round. */
static int measure_pair(struct lab *lab, struct flows *flows, enum company company,
			bool is_with_first, struct row *row, struct error *ret_error)
{
	size_t last = row->small_ratio.count;
	int result = is_with_first ? measure_with(lab, flows, company, row, ret_error) : 0;

	usleep(SETTLE_MS * 1000);
	if (result == 0)
		result = measure_slices(flows, &row->small_without, &row->bulk_without, ret_error);
	if (result == 0 && !is_with_first)
		result = measure_with(lab, flows, company, row, ret_error);
	if (result < 0)
		return result;
	figures_add(&row->small_ratio,
		    row->small_with.values[last] / row->small_without.values[last]);
	figures_add(&row->bulk_ratio, row->bulk_with.values[last] / row->bulk_without.values[last]);
	return 0;
}

static void print_part(const char *name, double unit, struct figures *without, struct figures *with,
		       struct figures *ratios)
{
	printf("%-32s %3zu %10.1f %10.1f %8.3f %9.3f %9.3f\n", name, ratios->count,
	       figures_quantile(without, 0.5) / unit, figures_quantile(with, 0.5) / unit,
	       figures_quantile(ratios, 0.5), figures_quantile(ratios, 0.25),
	       figures_quantile(ratios, 0.75));
}

static void print_rows(struct row *rows)
{
	static const char head[] = "\n%s\n\n%-32s %3s %10s %10s %8s %19s\n";

	printf(head, "64 bytes there and back, thousands a second", "", "n", "without", "with",
	       "ratio", "quartiles of ratio");
	for (enum company i = 0; i < COMPANIES; i++)
		print_part(companies[i].name, 1e3, &rows[i].small_without, &rows[i].small_with,
			   &rows[i].small_ratio);
	printf(head, "Bulk, MB a second", "", "n", "without", "with", "ratio",
	       "quartiles of ratio");
	for (enum company i = 0; i < COMPANIES; i++)
		print_part(companies[i].name, 1e6, &rows[i].bulk_without, &rows[i].bulk_with,
			   &rows[i].bulk_ratio);
}

static void release(struct row *row)
{
	figures_release(&row->small_without);
	figures_release(&row->small_with);
	figures_release(&row->small_ratio);
	figures_release(&row->bulk_without);
	figures_release(&row->bulk_with);
	figures_release(&row->bulk_ratio);
}

static int measure_all(struct lab *lab, struct flows *flows, struct error *ret_error)
{
	struct row rows[COMPANIES] = {0};
	int result = 0;

	for (unsigned pair = 0; pair < PAIRS && result == 0; pair++)
		for (enum company i = 0; i < COMPANIES && result == 0; i++)
			result = measure_pair(lab, flows, i, pair % 2, &rows[i], ret_error);
	if (result == 0)
		print_rows(rows);
	for (enum company i = 0; i < COMPANIES; i++)
		release(&rows[i]);
	return result;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	struct flows flows = {{.fd = -1}, {.fd = -1}};
	int result = lab ? fleet_open(lab, &error) : -1;

	if (result == 0)
		result = flow_open(lab, LAB_SERVER, SMALL_PORT, false, &flows.small, &error);
	if (result == 0)
		result = flow_open(lab, LAB_SERVER, BULK_PORT, true, &flows.bulk, &error);
	if (result == 0)
		result = measure_all(lab, &flows, &error);
	if (result < 0)
		fprintf(stderr, "others: %s\n", error.text);
	flow_close(&flows.small);
	flow_close(&flows.bulk);
	lab_free(lab);
	return result < 0;
}
