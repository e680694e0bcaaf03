/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How far are the RTTs of ktcping, of connect() timers and of other programs from what a packet
 * capture on the same device says?
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/lib/capture.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/load.h"
#include "tests/bench/lib/processors.h"
#include "tests/bench/lib/rtt_tools.h"
#include "tests/bench/lib/subject.h"
#include "tests/bench/lib/timer.h"
#include "user/base/error.h"

/*
 * One at a time: ktcping and both timers beside each other, each at ports of its own; then one
 * program after the other.
 */
#define DELAY_US      20000
#define PORTS	      10
#define KTCPING_PORT  7000 /* the first of its ports */
#define EPOLL_PORT    7100
#define BLOCKING_PORT 7200
#define TOOL_PORT     7300 /* of the first program; each has one */
#define ROUNDS	      "20"
#define SAMPLES	      200
#define PERIOD_NS     25000000
#define TOOL_MS	      4000
/* All at once: the answers come so late that all SYNs have left by then. */
#define CROWD_US	 500000
#define CROWD		 10000
#define CROWD_TEXT	 "10000"
#define CROWD_PORT	 10000
#define CROWD_PORTS_TEXT "10000-19999"
#define CROWD_TIMER_PORT 20000

#define TIME_MS	     60000
#define LOAD_SECONDS 150

enum prober {
	PROBER_KTCPING,
	PROBER_BLOCKING,
	PROBER_EPOLL,
	PROBER_TCP_INFO,
	PROBER_FIRST_TOOL,
	PROBERS = PROBER_FIRST_TOOL + RTT_TOOLS,
};

struct outcome {
	struct figures errors[PROBERS]; /* in µs */
	struct figures late;		/* µs from the answer to ktcping's line */
	size_t unclaimed;		/* probes without an RTT of which ktcping is certain */
	size_t unmatched;		/* by the capture */
	size_t crowd, timer_crowd;	/* at once, at most */
	unsigned capture_drops;
	double events_lost;
};

static const unsigned loads[] = {0, 8, 64};

static const char *name_of(enum prober prober)
{
	switch (prober) {
	case PROBER_KTCPING:
		return "ktcping";
	case PROBER_BLOCKING:
		return "connect(), blocking";
	case PROBER_EPOLL:
		return "connect(), epoll";
	case PROBER_TCP_INFO:
		return "TCP_INFO tcpi_rtt";
	default:
		return rtt_tool_name(prober - PROBER_FIRST_TOOL);
	}
}

static void add_error(struct figures *errors, double rtt_us, const struct exchange *exchange)
{
	if (exchange && exchange->answer_ns && rtt_us > 0)
		figures_add(errors,
			    fabs(rtt_us - (double)(exchange->answer_ns - exchange->syn_ns) / 1e3));
}

static void judge_ktcping(const struct capture *capture, const struct subject_run *run,
			  struct outcome *outcome)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct subject_sample *sample = &run->samples[i];
		const struct exchange *exchange =
			capture_find(capture, sample->client_port, sample->port);

		if (!exchange || !exchange->answer_ns) {
			outcome->unmatched++;
			continue;
		}
		figures_add(&outcome->late, (double)(sample->read_ns - exchange->answer_ns) / 1e3);
		outcome->unclaimed += sample->rtt_us < 0;
		add_error(&outcome->errors[PROBER_KTCPING], sample->rtt_us, exchange);
	}
	outcome->events_lost = run->events_lost;
}

static void judge_timer(const struct capture *capture, const struct timer *timer,
			struct figures *errors, struct figures *tcp_info_errors)
{
	for (size_t i = 0; i < timer->count; i++) {
		const struct timer_sample *sample = &timer->samples[i];
		const struct exchange *exchange =
			capture_find(capture, sample->client_port, sample->port);

		add_error(errors, sample->elapsed_us, exchange);
		if (tcp_info_errors)
			add_error(tcp_info_errors, sample->tcp_info_us, exchange);
	}
}

static int wait_for(struct timer *timer, struct error *ret_error)
{
	return timer_wait(timer) < 0 ? error_set(ret_error, -1, "the connect() timer failed") : 0;
}

/* ktcping and both timers at the same time. */
static int run_singles(struct lab *lab, struct capture *capture, struct outcome *outcome,
		       struct error *ret_error)
{
	static const char *const arguments[] = {"-c", ROUNDS,	   "-i",      "250ms",
						"-W", "2s",	   "--hold",  "0",
						"-p", "7000-7009", LAB_PEER4, NULL};
	static const struct timer_plan epoll = {SAMPLES, PERIOD_NS, EPOLL_PORT, PORTS, false};
	static const struct timer_plan blocking = {SAMPLES, PERIOD_NS, BLOCKING_PORT, PORTS, true};
	struct timer epoll_timer = {0}, blocking_timer = {0};
	struct subject_run run = {0};
	int result = timer_start(lab, &epoll, &epoll_timer, ret_error);

	if (result == 0)
		result = timer_start(lab, &blocking, &blocking_timer, ret_error);
	if (result == 0)
		result = subject_measure(lab, arguments, TIME_MS, &run, ret_error);
	if (result == 0)
		result = wait_for(&epoll_timer, ret_error);
	if (result == 0)
		result = wait_for(&blocking_timer, ret_error);
	outcome->capture_drops += capture_read(capture);
	if (result == 0) {
		judge_ktcping(capture, &run, outcome);
		judge_timer(capture, &epoll_timer, &outcome->errors[PROBER_EPOLL],
			    &outcome->errors[PROBER_TCP_INFO]);
		judge_timer(capture, &blocking_timer, &outcome->errors[PROBER_BLOCKING], NULL);
	}
	subject_run_release(&run);
	timer_release(&epoll_timer);
	timer_release(&blocking_timer);
	return result;
}

static void run_tools(struct lab *lab, struct capture *capture, struct outcome *outcome)
{
	struct rtt_sample samples[RTT_SAMPLES_MAX];

	for (enum rtt_tool tool = 0; tool < RTT_TOOLS; tool++) {
		uint16_t port = (uint16_t)(TOOL_PORT + tool);
		size_t count = rtt_tool_is_installed(tool)
				       ? rtt_tool_measure(lab, tool, port, TOOL_MS, samples)
				       : 0;

		outcome->capture_drops += capture_read(capture);
		for (size_t i = 0; i < count; i++)
			add_error(&outcome->errors[PROBER_FIRST_TOOL + tool], samples[i].rtt_us,
				  samples[i].client_port
					  ? capture_find(capture, samples[i].client_port, port)
					  : capture_find_between(capture, port, samples[i].began_ns,
								 samples[i].ended_ns));
	}
}

/* First ktcping, then the epoll timer: together they would be twice as many. */
static int run_crowds(struct lab *lab, struct capture *capture, struct outcome *outcome,
		      struct error *ret_error)
{
	static const char *const arguments[] = {"--rate", "0",	"--inflight",	  CROWD_TEXT, "-W",
						"20s",	  "-p", CROWD_PORTS_TEXT, LAB_PEER4,  NULL};
	static const struct timer_plan epoll = {CROWD, 0, CROWD_TIMER_PORT, CROWD, false};
	struct subject_run run = {0};
	struct timer timer = {0};
	int result = subject_measure(lab, arguments, TIME_MS, &run, ret_error);

	outcome->capture_drops += capture_read(capture);
	if (result == 0)
		result = timer_start(lab, &epoll, &timer, ret_error);
	if (result == 0)
		result = wait_for(&timer, ret_error);
	outcome->capture_drops += capture_read(capture);
	if (result == 0) {
		judge_ktcping(capture, &run, outcome);
		judge_timer(capture, &timer, &outcome->errors[PROBER_EPOLL],
			    &outcome->errors[PROBER_TCP_INFO]);
		outcome->crowd = capture_most_at_once(capture, CROWD_PORT, CROWD);
		outcome->timer_crowd = capture_most_at_once(capture, CROWD_TIMER_PORT, CROWD);
	}
	subject_run_release(&run);
	timer_release(&timer);
	return result;
}

static void print_row(enum prober prober, struct figures *errors, struct figures *subject)
{
	double median = figures_quantile(errors, 0.5), p99 = figures_quantile(errors, 0.99);

	printf("%-22s %6zu %12.3f %12.3f %12.3f %10.0f %10.0f\n", name_of(prober), errors->count,
	       median, p99, figures_quantile(errors, 1), median / figures_quantile(subject, 0.5),
	       p99 / figures_quantile(subject, 0.99));
}

static void print_outcome(unsigned load, const char *in_flight, struct outcome *outcome,
			  bool has_tools)
{
	printf("\n%u busy loops, %s in flight\n%-22s %6s %12s %12s %12s %10s %10s\n", load,
	       in_flight, "", "n", "median", "p99", "max", "x median", "x p99");
	for (enum prober prober = 0; prober < PROBERS; prober++) {
		if (outcome->errors[prober].count)
			print_row(prober, &outcome->errors[prober],
				  &outcome->errors[PROBER_KTCPING]);
		else if (has_tools)
			printf("%-22s not measured: %s\n", name_of(prober),
			       prober >= PROBER_FIRST_TOOL &&
					       !rtt_tool_is_installed(prober - PROBER_FIRST_TOOL)
				       ? "it is not installed"
				       : "it told nothing");
	}
	printf("ktcping: without a certain RTT %zu, events lost %.0f; from an answer to its line: "
	       "median %.2f ms, max %.2f ms; not in the "
	       "capture "
	       "%zu; capture drops %u\n",
	       outcome->unclaimed, outcome->events_lost,
	       figures_quantile(&outcome->late, 0.5) / 1e3,
	       figures_quantile(&outcome->late, 1) / 1e3, outcome->unmatched,
	       outcome->capture_drops);
	if (outcome->crowd)
		printf("without an answer at the same time, at most: %zu of ktcping's, %zu of the "
		       "timer's\n",
		       outcome->crowd, outcome->timer_crowd);
	fflush(stdout);
}

static int run_condition(struct lab *lab, unsigned loops, bool is_crowd, struct error *ret_error)
{
	struct outcome outcome = {0};
	struct capture capture;
	struct load load;
	int result = capture_open(lab, &capture, ret_error);

	if (result < 0)
		return result;
	load_start(&load, loops, LOAD_SECONDS);
	result = is_crowd ? run_crowds(lab, &capture, &outcome, ret_error)
			  : run_singles(lab, &capture, &outcome, ret_error);
	if (result == 0 && !is_crowd)
		run_tools(lab, &capture, &outcome);
	load_stop(&load);
	if (result == 0 && !outcome.errors[PROBER_KTCPING].count)
		result = error_set(ret_error, -1, "the capture has none of ktcping's handshakes");
	if (result == 0)
		print_outcome(loops, is_crowd ? CROWD_TEXT : "1", &outcome, !is_crowd);
	for (enum prober prober = 0; prober < PROBERS; prober++)
		figures_release(&outcome.errors[prober]);
	figures_release(&outcome.late);
	capture_close(&capture);
	return result;
}

static void set_rules(struct lab *lab, unsigned first, unsigned count, uint32_t delay_us)
{
	for (unsigned i = 0; i < count; i++)
		lab_peer_rule(lab, (uint16_t)(first + i),
			      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = delay_us});
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result = lab ? 0 : -1;

	if (lab) {
		processors_prefer(lab->peer_process);
		set_rules(lab, KTCPING_PORT, 400, DELAY_US);
		set_rules(lab, CROWD_PORT, 2 * CROWD, CROWD_US);
		printf("\nRTT: distance from the capture, in us, and how many times ktcping's. The "
		       "peer answers after %d ms; where all are "
		       "in flight "
		       "at once, after %d ms.\n",
		       DELAY_US / 1000, CROWD_US / 1000);
	}
	for (size_t i = 0; i < 2 * sizeof(loads) / sizeof(loads[0]) && result == 0; i++)
		result = run_condition(lab, loads[i / 2], i % 2, &error);
	if (result < 0)
		fprintf(stderr, "accuracy: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
