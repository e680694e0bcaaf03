/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does a probe start when it is due? Against a loop that does nothing but sleep until the same
 * moments.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

#include "tests/bench/lib/capture.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/subject.h"
#include "user/base/error.h"

#define PORT	    7000
#define PORT_TEXT   "7000"
#define COUNT	    100
#define COUNT_TEXT  "100"
#define INTERVAL_NS 1000000
#define TIME_MS	    15000
#define ROUNDS	    5

/*
 * How far each moment is from where the first one puts it, and the last one with its sign: drift.
 */
static void add_errors(const int64_t *times_ns, size_t count, struct figures *errors,
		       struct figures *drifts)
{
	for (size_t i = 1; i < count; i++)
		figures_add(errors,
			    fabs((double)(times_ns[i] - times_ns[0] - (int64_t)i * INTERVAL_NS)) /
				    1e3);
	if (count > 1)
		figures_add(drifts, (double)(times_ns[count - 1] - times_ns[0] -
					     (int64_t)(count - 1) * INTERVAL_NS) /
					    1e3);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void measure_sleep(struct figures *errors, struct figures *drifts)
{
	int64_t times_ns[COUNT], begin_ns = now_ns();

	prctl(PR_SET_TIMERSLACK, 1);
	for (int i = 0; i < COUNT; i++) {
		int64_t due_ns = begin_ns + (int64_t)i * INTERVAL_NS;
		struct timespec due = {due_ns / 1000000000, due_ns % 1000000000};

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
			;
		times_ns[i] = now_ns();
	}
	add_errors(times_ns, COUNT, errors, drifts);
}

static int measure_probes(struct lab *lab, struct capture *capture, struct figures *errors,
			  struct figures *drifts, struct error *ret_error)
{
	static const char *const arguments[] = {"-c", COUNT_TEXT, "-i",	     "1ms", "--hold",
						"0",  LAB_PEER4,  PORT_TEXT, NULL};
	int64_t times_ns[COUNT];
	size_t before = capture->count, count = 0;
	struct subject_run run;
	int result = subject_measure(lab, arguments, TIME_MS, &run, ret_error);

	if (result < 0)
		return result;
	capture_read(capture);
	for (size_t i = before; i < capture->count && count < COUNT; i++)
		times_ns[count++] = capture->exchanges[i].first_syn_ns;
	add_errors(times_ns, count, errors, drifts);
	subject_run_release(&run);
	return 0;
}

static void print_row(const char *name, struct figures *errors, struct figures *drifts)
{
	printf("%-46s n %4zu   median %7.1f us   p99 %7.1f us   max %7.1f us   drift %+7.1f us\n",
	       name, errors->count, figures_quantile(errors, 0.5), figures_quantile(errors, 0.99),
	       figures_quantile(errors, 1), figures_quantile(drifts, 0.5));
}

static int measure(struct lab *lab, struct capture *capture, struct error *ret_error)
{
	struct figures sleeps = {0}, sleep_drifts = {0}, probes = {0}, probe_drifts = {0};
	int result = 0;

	for (int i = 0; i < ROUNDS && result == 0; i++) {
		measure_sleep(&sleeps, &sleep_drifts);
		result = measure_probes(lab, capture, &probes, &probe_drifts, ret_error);
	}
	print_row("clock_nanosleep() alone:", &sleeps, &sleep_drifts);
	print_row("-c 100 -i 1ms, SYN at the device:", &probes, &probe_drifts);
	printf("%-46s %.1f\n", "ratio of the medians:",
	       figures_quantile(&probes, 0.5) / figures_quantile(&sleeps, 0.5));
	figures_release(&sleeps);
	figures_release(&sleep_drifts);
	figures_release(&probes);
	figures_release(&probe_drifts);
	return result;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	struct capture capture;
	int result = -1;

	if (lab && capture_open(lab, &capture, &error) == 0) {
		lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
		printf("\nAn interval of 1 ms, idle\n\n");
		result = measure(lab, &capture, &error);
		capture_close(&capture);
	}
	if (result < 0)
		fprintf(stderr, "interval: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
