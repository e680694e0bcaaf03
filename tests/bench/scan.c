/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How fast is a scan, what does it cost, and is it right? ktcping, the plain connector, and what
 * else is installed, at five kinds of target.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/fleet.h"
#include "tests/bench/lib/processors.h"
#include "tests/bench/lib/scanner.h"
#include "user/base/error.h"

#define FAR_PORT    1
#define FAR_PORTS   20000
#define FAR_US	    20000
#define SILENT_PORT 30001
#define OPEN_PORT   80
#define HOSTS	    10000
#define ALL_HOSTS   60000
#define BACKLOG	    4096
#define FEW	    1000
#define MANY	    10000

/* The columns of one scanner at one target, a value a round. */
struct row {
	struct figures rate, scanning_rate, cpu_us, peak_mib, lost, wrong;
};

struct field {
	const char *title;
	unsigned rounds;
	/* for all but ktcping and the plain connectors, that would take too long; 0: all */
	unsigned patient_ports;
	bool has_records; /* what the records of -j cost is measured, too */
	struct scan_target target;
};

static const struct field fields[] = {
	{"A near host: 65,535 closed ports of a Linux, two veth pairs away",
	 5,
	 0,
	 true,
	 {.address = LAB_SERVER4,
	  .device = "eth0",
	  .status = "closed",
	  .first_port = 1,
	  .ports = 65535,
	  .timeout_ms = 4000}},
	{"60,000 hosts, one open port each, of a server on the same Linux",
	 5,
	 0,
	 true,
	 {.address = FLEET_FIRST4,
	  .device = "eth0",
	  .status = "open",
	  .first_port = OPEN_PORT,
	  .ports = 1,
	  .addresses = ALL_HOSTS,
	  .timeout_ms = 4000}},
	{"10,000 hosts, one closed port each, the same Linux",
	 3,
	 0,
	 false,
	 {.address = FLEET_FIRST4,
	  .device = "eth0",
	  .status = "closed",
	  .first_port = 9,
	  .ports = 1,
	  .addresses = HOSTS,
	  .timeout_ms = 4000}},
	{"A host 20 ms away: 20,000 open ports of the scripted peer, which needs a processor, too",
	 3,
	 0,
	 false,
	 {.address = LAB_PEER4,
	  .status = "open",
	  .first_port = FAR_PORT,
	  .ports = FAR_PORTS,
	  .timeout_ms = 4000}},
	{"A silent host: 10,000 ports, each waited for 4 s; nmap with its own timeouts, and 200 "
	 "ports only",
	 1,
	 200,
	 false,
	 {.address = LAB_PEER4,
	  .status = "filtered",
	  .first_port = SILENT_PORT,
	  .ports = MANY,
	  .timeout_ms = 4000}},
};

static int measure_once(struct lab *lab, enum scanner scanner, const struct scan_target *target,
			struct row *row, struct error *ret_error)
{
	struct scan_outcome outcome;
	int result = scanner_measure(lab, scanner, target, &outcome, ret_error);

	if (result < 0)
		return result;
	figures_add(&row->rate, outcome.probes / outcome.wall_s);
	if (outcome.scanning_s > 0)
		figures_add(&row->scanning_rate, outcome.probes / outcome.scanning_s);
	figures_add(&row->cpu_us, outcome.cpu_s * 1e6 / outcome.probes);
	figures_add(&row->peak_mib, outcome.peak_mib);
	figures_add(&row->lost, outcome.events_lost);
	figures_add(&row->wrong, outcome.wrong);
	return 0;
}

static double median(struct figures *figures)
{
	return figures_quantile(figures, 0.5);
}

static double ratio(struct figures *one, struct figures *other)
{
	return one->count && other->count ? median(one) / median(other) : 0;
}

static void print_row(const struct field *field, enum scanner scanner, struct row *row,
		      struct row *plain)
{
	const char *reason = scanner_lacks(scanner, &field->target);

	if (!row->rate.count) {
		printf("%-24s not measured: %s\n", scanner_name(scanner),
		       reason ? reason : "it failed");
		return;
	}
	printf("%-24s %3zu %10.0f %8.2f ", scanner_name(scanner), row->rate.count,
	       median(&row->rate), ratio(&row->rate, &plain->rate));
	if (row->scanning_rate.count)
		printf("%10.0f %8.2f ", median(&row->scanning_rate),
		       ratio(&row->scanning_rate, &plain->scanning_rate));
	else
		printf("%10s %8s ", "-", "-");
	printf("%8.1f %8.2f %9.1f %6.0f %8.0f\n", median(&row->cpu_us),
	       ratio(&row->cpu_us, &plain->cpu_us), median(&row->peak_mib),
	       figures_quantile(&row->lost, 1), figures_quantile(&row->wrong, 1));
}

static void print_versus(struct row *rows, enum scanner one, enum scanner other)
{
	if (rows[one].rate.count && rows[other].rate.count)
		printf("%-24s / %-24s probes/s %7.2f   CPU a probe %7.2f\n", scanner_name(one),
		       scanner_name(other), ratio(&rows[one].rate, &rows[other].rate),
		       ratio(&rows[one].cpu_us, &rows[other].cpu_us));
}

/* Of the scan alone, as the start is the same. */
static void print_record_cost(struct row *rows, enum scanner scanner)
{
	struct row *quiet = &rows[SCANNER_KTCPING_ONE];

	printf("%-24s / %-24s scanning %7.2f   CPU a probe %+7.1f us\n", scanner_name(scanner),
	       scanner_name(SCANNER_KTCPING_ONE),
	       ratio(&rows[scanner].scanning_rate, &quiet->scanning_rate),
	       median(&rows[scanner].cpu_us) - median(&quiet->cpu_us));
}

static bool is_measured(const struct field *field, enum scanner scanner)
{
	return field->has_records || !scanner_has_records(scanner);
}

static void print_field(const struct field *field, struct row *rows)
{
	printf("\n%s\n\n%-24s %3s %10s %8s %10s %8s %8s %8s %9s %6s %8s\n%-24s %3s %10s %8s %10s "
	       "%8s %8s %8s %9s %6s %8s\n",
	       field->title, "", "", "probes/s", "ratio to", "probes/s", "ratio to", "CPU us",
	       "ratio to", "peak", "events", "wrong or", "medians", "n", "exec-exit", "plain 1",
	       "scanning", "plain 1", "a probe", "plain 1", "MiB", "lost", "missing");
	for (enum scanner scanner = 0; scanner < SCANNERS; scanner++)
		if (is_measured(field, scanner))
			print_row(field, scanner, &rows[scanner], &rows[SCANNER_PLAIN_ONE]);
	for (enum scanner other = SCANNER_NMAP_CONNECT; other < SCANNERS; other++) {
		print_versus(rows, SCANNER_KTCPING_ONE, other);
		print_versus(rows, SCANNER_KTCPING_ALL, other);
	}
	for (enum scanner scanner = 0; scanner < SCANNERS; scanner++)
		if (scanner_has_records(scanner) && rows[scanner].rate.count)
			print_record_cost(rows, scanner);
	fflush(stdout);
}

/* One that fails is named and left out; ktcping and the plain connector must not. */
static int measure_round(struct lab *lab, const struct field *field, struct row *rows,
			 struct error *ret_error)
{
	for (enum scanner scanner = 0; scanner < SCANNERS; scanner++) {
		struct scan_target target = field->target;
		int result;

		if (!is_measured(field, scanner) || scanner_lacks(scanner, &target))
			continue;
		if (scanner >= SCANNER_NMAP_CONNECT && field->patient_ports)
			target.ports = field->patient_ports;
		if (scanner < SCANNER_KTCPING_ONE)
			target.file = NULL;
		result = measure_once(lab, scanner, &target, &rows[scanner], ret_error);
		if (result < 0 && scanner < SCANNER_NMAP_CONNECT)
			return result;
		if (result < 0)
			fprintf(stderr, "scan: %s\n", ret_error->text);
	}
	return 0;
}

static void release(struct row *row)
{
	figures_release(&row->rate);
	figures_release(&row->scanning_rate);
	figures_release(&row->cpu_us);
	figures_release(&row->peak_mib);
	figures_release(&row->lost);
	figures_release(&row->wrong);
}

static int measure_rounds(struct lab *lab, const struct field *field, struct error *ret_error)
{
	struct row rows[SCANNERS] = {0};
	int result = 0;

	for (unsigned round = 0; round < field->rounds && result == 0; round++)
		result = measure_round(lab, field, rows, ret_error);
	if (result == 0)
		print_field(field, rows);
	for (enum scanner scanner = 0; scanner < SCANNERS; scanner++)
		release(&rows[scanner]);
	return result;
}

static int measure_field(struct lab *lab, const struct field *field, struct error *ret_error)
{
	unsigned addresses = field->target.addresses;
	char *file = addresses ? fleet_file_new(addresses, 0, ret_error) : NULL;
	struct field with_file = *field;
	int result = -1;

	with_file.target.file = file;
	if (file || !addresses)
		result = measure_rounds(lab, &with_file, ret_error);
	fleet_file_remove(file);
	return result;
}

/* On one processor, so that both have one ring. */
static int measure_memory(struct lab *lab, struct error *ret_error)
{
	static const unsigned counts[] = {FEW, MANY};
	double peaks_mib[2];

	for (int i = 0; i < 2; i++) {
		struct scan_target target = {.address = LAB_PEER4,
					     .status = "filtered",
					     .first_port = SILENT_PORT,
					     .ports = counts[i],
					     .timeout_ms = 1500};
		struct scan_outcome outcome;
		int result;

		target.inflight = counts[i];
		result = scanner_measure(lab, SCANNER_KTCPING_ONE, &target, &outcome, ret_error);
		if (result < 0)
			return result;
		peaks_mib[i] = outcome.peak_mib;
	}
	printf("\nMemory of ktcping, peak, all in flight at once at a silent host: %d: %.1f MiB, "
	       "%d: %.1f MiB; for each one more: %.2f "
	       "KiB\n",
	       FEW, peaks_mib[0], MANY, peaks_mib[1],
	       (peaks_mib[1] - peaks_mib[0]) * 1024 / (MANY - FEW));
	return 0;
}

/* only: its number from 1, or 0 for all, and the memory. */
static int measure_all(struct lab *lab, unsigned only, struct error *ret_error)
{
	int result = fleet_open(lab, ret_error);

	if (result == 0)
		result = lab_ip(lab, LAB_CLIENT, "route add default via " LAB_ROUTER4 "\n",
				ret_error); /* masscan asks for its router */
	if (result == 0)
		result = lab_listen(lab, LAB_SERVER, AF_INET, OPEN_PORT, BACKLOG, LISTENER_RESETS,
				    ret_error);
	if (result == 0)
		processors_prefer(lab->listeners[0]); /* its queue may not fill */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && result == 0; i++)
		if (!only || only == i + 1)
			result = measure_field(lab, &fields[i], ret_error);
	return result < 0 || only ? result : measure_memory(lab, ret_error);
}

int main(int argc, char **argv)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result = -1;

	if (lab) {
		processors_prefer(lab->peer_process);
		for (unsigned i = 0; i < FAR_PORTS; i++)
			lab_peer_rule(
				lab, (uint16_t)(FAR_PORT + i),
				(struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = FAR_US});
		result = measure_all(lab, argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0,
				     &error);
	}
	if (result < 0)
		fprintf(stderr, "scan: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
