/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a person waits for: from exec to the first SYN on the wire, from an answer's arrival to its
 * line; and how much memory it takes.
 */
#include <stdio.h>

#include "tests/bench/lib/capture.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/subject.h"
#include "user/base/error.h"
#include "user/io/clock.h"
#include "user/io/kernel/observer.h"

#define PORT	  7000
#define PORT_TEXT "7000"
#define STARTS	  21
#define TIME_MS	  15000

/* The first SYN sent after the moment; NULL when there is none. */
static const struct exchange *first_after(const struct capture *capture, int64_t time_ns)
{
	for (size_t i = 0; i < capture->count; i++)
		if (capture->exchanges[i].first_syn_ns > time_ns)
			return &capture->exchanges[i];
	return NULL;
}

static int measure_starts(struct lab *lab, struct capture *capture, struct error *ret_error)
{
	static const char *const arguments[] = {"-c",	   "1",	      "--hold", "20ms",
						LAB_PEER4, PORT_TEXT, NULL};
	struct figures starts = {0}, peaks = {0};
	int result = 0;

	for (int i = 0; i < STARTS && result == 0; i++) {
		const struct exchange *first;
		struct subject_run run;

		result = subject_measure(lab, arguments, TIME_MS, &run, ret_error);
		if (result < 0)
			break;
		capture_read(capture);
		first = first_after(capture, run.began_ns);
		if (first)
			figures_add(&starts, (double)(first->first_syn_ns - run.began_ns) / 1e6);
		figures_add(&peaks, (double)run.peak_kib / 1024);
		subject_run_release(&run);
	}
	if (result == 0)
		printf("%-46s n %3zu   median %8.2f ms    max %8.2f ms\n%-46s n %3zu   median "
		       "%8.1f MiB   max %8.1f MiB\n",
		       "from before fork() and exec() to the first SYN:", starts.count,
		       figures_quantile(&starts, 0.5), figures_quantile(&starts, 1),
		       "resident memory (VmHWM):", peaks.count, figures_quantile(&peaks, 0.5),
		       figures_quantile(&peaks, 1));
	figures_release(&starts);
	figures_release(&peaks);
	return result;
}

/* As a run with one target has it; leaving is not in it. */
static int measure_loads(struct error *ret_error)
{
	const struct observer_config config = {.ring_bytes = 1u << 20, .rings = 1, .attempts = 64};
	struct figures loads = {0};
	int result = 0;

	for (int i = 0; i < STARTS && result == 0; i++) {
		uint64_t began_ns = clock_now_ns();
		struct observer *observer = observer_new(&config, ret_error);

		if (observer)
			figures_add(&loads, (double)(clock_now_ns() - began_ns) / 1e6);
		else
			result = -1;
		observer_free(observer);
	}
	if (result == 0)
		printf("%-46s n %3zu   median %8.2f ms    max %8.2f ms\n",
		       "of that, the kernel programs loaded, attached:", loads.count,
		       figures_quantile(&loads, 0.5), figures_quantile(&loads, 1));
	figures_release(&loads);
	return result;
}

static int measure_lines(struct lab *lab, struct capture *capture, struct error *ret_error)
{
	static const char *const arguments[] = {"-c", "100",	 "-i",	    "50ms", "--hold",
						"0",  LAB_PEER4, PORT_TEXT, NULL};
	struct figures late = {0};
	struct subject_run run;
	int result = subject_measure(lab, arguments, TIME_MS, &run, ret_error);

	if (result < 0)
		return result;
	capture_read(capture);
	for (size_t i = 0; i < run.count; i++) {
		const struct exchange *exchange =
			capture_find(capture, run.samples[i].client_port, run.samples[i].port);

		if (exchange && exchange->answer_ns)
			figures_add(&late,
				    (double)(run.samples[i].read_ns - exchange->answer_ns) / 1e6);
	}
	printf("%-46s n %3zu   median %8.2f ms    max %8.2f ms\n",
	       "from an answer's arrival to its line:", late.count, figures_quantile(&late, 0.5),
	       figures_quantile(&late, 1));
	figures_release(&late);
	subject_run_release(&run);
	return 0;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	struct capture capture;
	int result = -1;

	if (lab && capture_open(lab, &capture, &error) == 0) {
		lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
		printf("\nOne target, idle\n\n");
		result = measure_starts(lab, &capture, &error);
		if (result == 0)
			result = measure_loads(&error);
		if (result == 0)
			result = measure_lines(lab, &capture, &error);
		capture_close(&capture);
	}
	if (result < 0)
		fprintf(stderr, "startup: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
