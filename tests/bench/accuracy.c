/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How far are ktcping's RTT and a connect() timer's from what a packet capture on the same device says, idle and under load? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/lib/capture.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/load.h"
#include "tests/bench/lib/subject.h"
#include "tests/bench/lib/timer.h"
#include "user/base/error.h"

#define DELAY_US	20000
#define PORTS		10
#define KTCPING_PORT	7000 /* the first of its ports */
#define TIMER_PORT	7100
#define ROUNDS		"50" /* 500 probes in 10 s: more would be all that one of 66 processes can do on two processors */
#define SAMPLES		500
#define TIMER_PERIOD_NS 20000000
#define LOAD_SECONDS	15
#define TIME_MS		14000

struct condition {
	const char *name;
	unsigned busy_loops;
};

static const struct condition conditions[] = {
	{"idle", 0},
	{"64 busy loops", 64},
};

struct outcome {
	struct figures ktcping, timer; /* errors in µs */
	struct figures late;	       /* µs from the answer to its line */
	size_t unclaimed;	       /* probes without an RTT of which ktcping is certain */
	size_t unmatched;	       /* by the capture */
	size_t below;		       /* RTTs below what the peer says it took */
	unsigned capture_drops;
	double events_lost;
};

static double capture_rtt_us(const struct exchange *exchange)
{
	return (double)(exchange->answer_ns - exchange->syn_ns) / 1e3;
}

/* How long the peer held the answer to the last SYN that it had read by then; 0 when its log does not tell. */
static double peer_delay_us(const struct peer *peer, const struct exchange *exchange)
{
	struct peer_event event;
	uint64_t read_ns = 0;

	for (uint64_t i = 0; peer_event_get(peer, i, &event); i++) {
		if (event.isn != exchange->isn || event.port != exchange->port || event.client_port != exchange->client_port)
			continue;
		if (event.kind == PEER_SYN_READ)
			read_ns = event.time_ns;
		else if (event.kind == PEER_ANSWER_WRITTEN)
			return (double)(event.time_ns - read_ns) / 1e3;
	}
	return 0;
}

static void judge_ktcping(const struct lab *lab, const struct capture *capture, const struct subject_run *run, struct outcome *outcome)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct subject_sample *sample = &run->samples[i];
		const struct exchange *exchange = capture_find(capture, sample->client_port, sample->port);

		if (!exchange || !exchange->answer_ns) {
			outcome->unmatched++;
			continue;
		}
		figures_add(&outcome->late, (double)(sample->read_ns - exchange->answer_ns) / 1e3);
		if (sample->rtt_us < 0) {
			outcome->unclaimed++;
			continue;
		}
		figures_add(&outcome->ktcping, fabs(sample->rtt_us - capture_rtt_us(exchange)));
		outcome->below += sample->rtt_us < peer_delay_us(lab->peer, exchange);
	}
}

static void judge_timer(const struct capture *capture, const struct timer *timer, struct outcome *outcome)
{
	for (size_t i = 0; i < timer->count; i++) {
		const struct timer_sample *sample = &timer->samples[i];
		const struct exchange *exchange = capture_find(capture, sample->client_port, sample->port);

		if (exchange && exchange->answer_ns && sample->elapsed_us > 0)
			figures_add(&outcome->timer, fabs(sample->elapsed_us - capture_rtt_us(exchange)));
	}
}

/* Both at the same time, against the same peer. */
static int run_both(struct lab *lab, struct subject_run *ret_run, struct timer *ret_timer, struct error *ret_error)
{
	static const char *const arguments[] = {"-c", ROUNDS, "-i", "200ms", "-W", "1s", "--hold", "0", "-p", "7000-7009", LAB_PEER4, NULL};
	int result = timer_start(lab, SAMPLES, TIMER_PERIOD_NS, TIMER_PORT, PORTS, ret_timer, ret_error);

	if (result < 0)
		return result;
	result = subject_measure(lab, arguments, TIME_MS, ret_run, ret_error);
	if (timer_wait(ret_timer) < 0 && result == 0)
		result = error_set(ret_error, -1, "the connect() timer failed");
	return result;
}

static int measure(struct lab *lab, const struct condition *condition, struct outcome *ret_outcome, struct error *ret_error)
{
	struct subject_run run = {0};
	struct timer timer = {0};
	struct capture capture;
	struct load load;
	int result = capture_open(lab, &capture, ret_error);

	if (result < 0)
		return result;
	load_start(&load, condition->busy_loops, LOAD_SECONDS);
	result = run_both(lab, &run, &timer, ret_error);
	load_stop(&load);
	*ret_outcome = (struct outcome){.capture_drops = capture_read(&capture), .events_lost = run.events_lost};
	if (result == 0) {
		judge_ktcping(lab, &capture, &run, ret_outcome);
		judge_timer(&capture, &timer, ret_outcome);
	}
	subject_run_release(&run);
	timer_release(&timer);
	capture_close(&capture);
	return result;
}

static void print_head(void)
{
	printf("\nRTT: distance from the capture, in us. The peer answers after %d ms; ktcping and the connect() timer run at the same "
	       "time.\n\n",
	       DELAY_US / 1000);
	printf("%-15s %6s %12s %12s %6s %12s %12s %12s %10s\n", "", "", "ktcping", "", "", "connect()", "", "ratio", "");
	printf("%-15s %6s %12s %12s %6s %12s %12s %12s %10s\n", "condition", "n", "median", "p99", "n", "median", "p99", "of medians",
	       "of p99s");
}

static void print_row(const struct condition *condition, struct outcome *outcome)
{
	double median = figures_quantile(&outcome->ktcping, 0.5), p99 = figures_quantile(&outcome->ktcping, 0.99);
	double timer_median = figures_quantile(&outcome->timer, 0.5), timer_p99 = figures_quantile(&outcome->timer, 0.99);

	printf("%-15s %6zu %12.3f %12.3f %6zu %12.1f %12.1f %12.0f %10.0f\n", condition->name, outcome->ktcping.count, median, p99,
	       outcome->timer.count, timer_median, timer_p99, timer_median / median, timer_p99 / p99);
	printf("%-15s below the delay that the peer logged: %zu; without a certain RTT: %zu; not in the capture: %zu; capture drops: %u; "
	       "events "
	       "lost: %.0f\n",
	       "", outcome->below, outcome->unclaimed, outcome->unmatched, outcome->capture_drops, outcome->events_lost);
	printf("%-15s from the answer's arrival to its line: median %.2f ms, p99 %.2f ms, max %.2f ms\n", "",
	       figures_quantile(&outcome->late, 0.5) / 1e3, figures_quantile(&outcome->late, 0.99) / 1e3,
	       figures_quantile(&outcome->late, 1) / 1e3);
	fflush(stdout);
}

static int run_condition(struct lab *lab, const struct condition *condition)
{
	struct error error = {"nothing was measured"};
	struct outcome outcome = {0};
	int result = measure(lab, condition, &outcome, &error);

	if (result == 0 && (!outcome.ktcping.count || !outcome.timer.count))
		result = -1;
	if (result < 0)
		fprintf(stderr, "accuracy, %s: %s\n", condition->name, error.text);
	else
		print_row(condition, &outcome);
	figures_release(&outcome.ktcping);
	figures_release(&outcome.timer);
	figures_release(&outcome.late);
	return result;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result = 0;

	if (!lab) {
		fprintf(stderr, "accuracy: %s\n", error.text);
		return 1;
	}
	for (uint16_t i = 0; i < PORTS; i++) {
		lab_peer_rule(lab, (uint16_t)(KTCPING_PORT + i), (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = DELAY_US});
		lab_peer_rule(lab, (uint16_t)(TIMER_PORT + i), (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = DELAY_US});
	}
	print_head();
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]) && result == 0; i++)
		result = run_condition(lab, &conditions[i]);
	lab_free(lab);
	return result < 0;
}
