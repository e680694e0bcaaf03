/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does the scripted peer keep up? SYNs thrown at it at several rates, and how many it read and
 * answered, and how late.
 */
#include <stdio.h>
#include <unistd.h>

#include "tests/bench/lib/connector.h"
#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/flood.h"
#include "tests/bench/lib/processors.h"
#include "user/base/error.h"

#define AT_ONCE_PORT 7000 /* answered at once */
#define LATER_PORT   7001
#define DELAY_US     20000
#define TIME_MS	     500
#define SETTLE_MS    100
#define ROUNDS	     3
#define CONNECT_PORT 10000 /* the first of CONNECTS that are answered at once */
#define CONNECTS     20000

static const struct {
	uint64_t per_second; /* 0: as many as can be sent */
	uint16_t port;
} conditions[] = {
	{50000, AT_ONCE_PORT},	{100000, AT_ONCE_PORT}, {100000, LATER_PORT},
	{150000, AT_ONCE_PORT}, {0, AT_ONCE_PORT},	{0, LATER_PORT},
};

#define CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

struct row {
	struct figures sent, read, answered, late; /* a second; late in us */
};

static int measure(struct lab *lab, size_t number, struct row *row, struct error *ret_error)
{
	struct peer *peer = lab->peer;
	uint64_t read = peer->syns_read, answered = peer->answers_written;
	int64_t sent;

	peer->worst_late_ns = 0;
	processors_use(0); /* the peer moves to another one */
	sent = flood_run(lab, conditions[number].port, conditions[number].per_second, TIME_MS,
			 ret_error);
	processors_use(PROCESSORS_ALL);
	if (sent < 0)
		return (int)sent;
	usleep(SETTLE_MS * 1000); /* what is under way is of this round */
	read = peer->syns_read - read;
	answered = peer->answers_written - answered;
	figures_add(&row->sent, (double)sent * 1e3 / TIME_MS);
	figures_add(&row->read, (double)read * 1e3 / TIME_MS);
	figures_add(&row->answered, (double)answered * 1e3 / TIME_MS);
	figures_add(&row->late, (double)peer->worst_late_ns / 1e3);
	return 0;
}

static void name_condition(size_t number, char *name, size_t size)
{
	const char *when = conditions[number].port == AT_ONCE_PORT ? "at once" : "after 20 ms";

	if (conditions[number].per_second)
		snprintf(name, size, "%llu/s, answered %s",
			 (unsigned long long)conditions[number].per_second, when);
	else
		snprintf(name, size, "as many as go, answered %s", when);
}

static void print_rows(struct row *rows)
{
	printf("%-38s %8s %10s %10s %14s %16s\n", "SYNs", "sent/s", "read/s", "answered/s",
	       "answered/sent", "worst delay (us)");
	for (size_t i = 0; i < CONDITIONS; i++) {
		double sent = figures_quantile(&rows[i].sent, 0.5),
		       answered = figures_quantile(&rows[i].answered, 0.5);
		char name[64];

		name_condition(i, name, sizeof(name));
		printf("%-38s %8.0f %10.0f %10.0f %14.3f %16.0f\n", name, sent,
		       figures_quantile(&rows[i].read, 0.5), answered, answered / sent,
		       figures_quantile(&rows[i].late, 0.5));
	}
}

static int measure_connects(struct lab *lab, struct error *ret_error)
{
	for (unsigned processes = 1; processes <= processors_count() && processes <= 2;
	     processes++) {
		struct connector_job job = {LAB_PEER4, CONNECT_PORT, 1,		CONNECTS,
					    256,       2000,	     processes, 0};
		struct figures rates = {0}, missing = {0};
		struct connector_run run;
		int result = 0;

		for (int i = 0; i < ROUNDS && result == 0; i++) {
			result = connector_measure(lab, &job, &run, ret_error);
			figures_add(&rates, CONNECTS / run.elapsed_s);
			figures_add(&missing, (double)(CONNECTS - run.open));
		}
		if (result < 0)
			return result;
		printf("full handshakes, reset at once, from %u process%s: %.0f/s, without an "
		       "answer: %.0f of %d\n",
		       processes, processes == 1 ? "" : "es", figures_quantile(&rates, 0.5),
		       figures_quantile(&missing, 0.5), CONNECTS);
		figures_release(&rates);
		figures_release(&missing);
	}
	return 0;
}

static int measure_all(struct lab *lab, struct error *ret_error)
{
	struct row rows[CONDITIONS] = {0};
	int result = 0;

	for (int round = 0; round < ROUNDS && result == 0; round++)
		for (size_t i = 0; i < CONDITIONS && result == 0; i++)
			result = measure(lab, i, &rows[i], ret_error);
	if (result == 0)
		print_rows(rows);
	for (size_t i = 0; i < CONDITIONS; i++) {
		figures_release(&rows[i].sent);
		figures_release(&rows[i].read);
		figures_release(&rows[i].answered);
		figures_release(&rows[i].late);
	}
	return result < 0 ? result : measure_connects(lab, ret_error);
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int result = -1;

	if (lab) {
		lab_peer_rule(lab, AT_ONCE_PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
		lab_peer_rule(lab, LATER_PORT,
			      (struct peer_rule){.answer = PEER_SYN_ACK, .delay_us = DELAY_US});
		for (uint16_t i = 0; i < CONNECTS; i++)
			lab_peer_rule(lab, (uint16_t)(CONNECT_PORT + i),
				      (struct peer_rule){.answer = PEER_SYN_ACK});
		printf("\nThe scripted peer: SYNs a second. The sender has one processor, the peer "
		       "another.\n\n");
		result = measure_all(lab, &error);
	}
	if (result < 0)
		fprintf(stderr, "peer: %s\n", error.text);
	lab_free(lab);
	return result < 0;
}
