/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How do time and memory of a scan grow with its targets, given as a network and as a file; and
 * does a full-rate scan ever lose an event?
 */
#include <stdio.h>

#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/fleet.h"
#include "tests/bench/lib/scanner.h"
#include "user/base/error.h"

#define FIRST_PORT 1
#define TIMEOUT_MS 4000
#define FULL_RUNS  10
#define FULL_PORTS 65535

/* 10^n probes are 2^n addresses by 5^n ports. */
static const struct size {
	const char *network;
	unsigned addresses, ports, rounds;
} sizes[] = {
	{FLEET_PREFIX "0.0/30", 4, 25, 3},     {FLEET_PREFIX "0.0/29", 8, 125, 3},
	{FLEET_PREFIX "0.0/28", 16, 625, 3},   {FLEET_PREFIX "0.0/27", 32, 3125, 3},
	{FLEET_PREFIX "0.0/26", 64, 15625, 1},
};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

struct row {
	struct figures wall_s, peak_mib, lost, wrong;
};

static int measure(struct lab *lab, const struct scan_target *target, struct row *row,
		   struct error *ret_error)
{
	struct scan_outcome outcome;
	int result = scanner_measure(lab, SCANNER_KTCPING_ALL, target, &outcome, ret_error);

	if (result < 0)
		return result;
	figures_add(&row->wall_s, outcome.wall_s);
	figures_add(&row->peak_mib, outcome.peak_mib);
	figures_add(&row->lost, outcome.events_lost);
	figures_add(&row->wrong, outcome.wrong);
	return 0;
}

static int measure_network(struct lab *lab, const struct size *size, struct row *row,
			   struct error *ret_error)
{
	struct scan_target target = {.address = size->network,
				     .status = "closed",
				     .first_port = FIRST_PORT,
				     .ports = size->ports,
				     .addresses = size->addresses,
				     .timeout_ms = TIMEOUT_MS};

	return measure(lab, &target, row, ret_error);
}

static int measure_file(struct lab *lab, const struct size *size, struct row *row,
			struct error *ret_error)
{
	unsigned count = size->addresses * size->ports;
	char *file = fleet_file_new(count, FIRST_PORT, ret_error);
	struct scan_target target = {
		.file = file, .status = "closed", .addresses = count, .timeout_ms = TIMEOUT_MS};
	int result = file ? measure(lab, &target, row, ret_error) : -1;

	fleet_file_remove(file);
	return result;
}

static void release(struct row *row)
{
	figures_release(&row->wall_s);
	figures_release(&row->peak_mib);
	figures_release(&row->lost);
	figures_release(&row->wrong);
}

/* Ten times the targets: how many times the seconds and the memory of the row above. */
static void print_row(double probes, struct row *row, struct row *before)
{
	double wall_s = figures_quantile(&row->wall_s, 0.5),
	       peak_mib = figures_quantile(&row->peak_mib, 0.5);

	printf("%9.0f %3zu %9.3f %7.2f %10.0f %9.1f %7.2f %7.0f %8.0f\n", probes, row->wall_s.count,
	       wall_s, before ? wall_s / figures_quantile(&before->wall_s, 0.5) : 1,
	       probes / wall_s, peak_mib,
	       before ? peak_mib / figures_quantile(&before->peak_mib, 0.5) : 1,
	       figures_quantile(&row->lost, 1), figures_quantile(&row->wrong, 1));
}

static void print_table(const char *title, struct row *rows)
{
	printf("\n%s\n\n%9s %3s %9s %7s %10s %9s %7s %7s %8s\n%9s %3s %9s %7s %10s %9s %7s %7s "
	       "%8s\n",
	       title, "", "", "seconds", "ratio to", "", "peak", "ratio to", "events", "wrong or",
	       "probes", "n", "exec-exit", "above", "probes/s", "MiB", "above", "lost", "missing");
	for (size_t i = 0; i < SIZES; i++)
		print_row(sizes[i].addresses * (double)sizes[i].ports, &rows[i],
			  i ? &rows[i - 1] : NULL);
	fflush(stdout);
}

static int measure_growth(struct lab *lab, struct error *ret_error)
{
	struct row networks[SIZES] = {0}, files[SIZES] = {0};
	int result = 0;

	for (size_t i = 0; i < SIZES && result == 0; i++) {
		for (unsigned round = 0; round < sizes[i].rounds && result == 0; round++) {
			result = measure_network(lab, &sizes[i], &networks[i], ret_error);
			if (result == 0)
				result = measure_file(lab, &sizes[i], &files[i], ret_error);
		}
	}
	if (result == 0) {
		print_table("Growth: closed ports of a Linux two veth pairs away, targets as a "
			    "network and a range of ports",
			    networks);
		print_table("The same, targets as a file of one a line", files);
	}
	for (size_t i = 0; i < SIZES; i++) {
		release(&networks[i]);
		release(&files[i]);
	}
	return result;
}

static int measure_losses(struct lab *lab, struct error *ret_error)
{
	struct scan_target target = {.address = LAB_SERVER4,
				     .status = "closed",
				     .first_port = FIRST_PORT,
				     .ports = FULL_PORTS,
				     .timeout_ms = TIMEOUT_MS};
	struct row row = {0};
	int result = 0;

	printf("\n%d runs of %d ports at full rate; events lost / wrong or missing answers in "
	       "each:",
	       FULL_RUNS, FULL_PORTS);
	for (unsigned i = 0; i < FULL_RUNS && result == 0; i++) {
		result = measure(lab, &target, &row, ret_error);
		if (result == 0)
			printf(" %.0f/%.0f", row.lost.values[i], row.wrong.values[i]);
		fflush(stdout);
	}
	printf("\n");
	release(&row);
	return result;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result = lab ? fleet_open(lab, &error) : -1;

	if (result == 0)
		result = measure_growth(lab, &error);
	if (result == 0)
		result = measure_losses(lab, &error);
	if (result < 0)
		fprintf(stderr, "growth: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
