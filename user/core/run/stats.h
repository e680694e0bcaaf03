/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a target's probes add up to. RTT figures are of SYN-ACK answers with a certain pairing only;
 * ambiguous ones are left out, never averaged in.
 *
 * Percentiles are exact (nearest rank) up to STATS_MAX_SAMPLES; beyond, every second sample is
 * dropped each time the store fills. min, max, mean, stddev and jitter are always over all.
 */
#ifndef CORE_STATS_H
#define CORE_STATS_H

#include "user/core/correlate/correlate.h"
#include "user/core/run/availability.h"

#define STATS_MAX_SAMPLES 65536

/*
 * Six buckets a decade (1, 1.5, 2, 3, 5, 7), from 1 us to 100 s; the first has everything below,
 * the last everything above.
 */
#define STATS_BUCKETS 50

struct stats {
	uint64_t probes;
	uint64_t by_status[STATUS_COUNT];
	uint64_t by_amendment[AMENDMENT_COUNT];
	uint64_t syn_sent;
	uint64_t syn_unanswered;
	uint64_t expected; /* probes with the status the user expects */
	/* RTT samples, in ns; owned. */
	uint64_t *samples;
	uint32_t sample_count;
	uint32_t sample_room;
	uint32_t sample_stride; /* every n-th is kept */
	/* Running moments (Welford) over all samples. */
	uint64_t rtt_count;
	uint64_t rtt_min_ns;
	uint64_t rtt_max_ns;
	double rtt_mean_ns;
	double rtt_m2;
	uint64_t rtt_last_ns;
	double jitter_sum_ns;
	uint32_t histogram[STATS_BUCKETS]; /* all samples, by stats_bucket_floor_ns() */
	/*
	 * UP: the expected status. DOWN: any other that is a verdict on the target, so not aborted
	 * and not incomplete.
	 */
	struct availability availability;
};

/*
 * All ns; only meaningful with count > 0. stddev is of the population; jitter is the mean of
 * |difference| between consecutive RTTs (0 with one sample).
 */
struct rtt_summary {
	uint64_t count;
	double min, mean, p50, p90, p95, p99, max, stddev, jitter;
};

void stats_init(struct stats *stats);
void stats_release(struct stats *stats);
/*
 * began_ns: when its connect() was made. In the order of the verdicts; what comes late finds its
 * place (availability.h).
 */
void stats_add_verdict(struct stats *stats, const struct verdict *verdict, enum status expected,
		       uint64_t began_ns);
/* Of the outcome's other connects, which are no probes of their own. */
void stats_add_syns(struct stats *stats, uint32_t sent, uint32_t unanswered);
/*
 * As if other's probes had come after these, but for what depends on their order: jitter counts no
 * step between the two, and availability is left alone. Of both stores of samples the one with the
 * wider stride decides which are kept.
 */
void stats_merge(struct stats *stats, const struct stats *other);
void stats_add_amendment(struct stats *stats, enum amendment_kind kind);
/*
 * At least two probes that began at different times say something: only then is
 * availability_summarise() meaningful.
 */
bool stats_has_availability(const struct stats *stats);
/* The lower bound of a bucket; of bucket STATS_BUCKETS, and only of that, UINT64_MAX. */
uint64_t stats_bucket_floor_ns(unsigned bucket);
void stats_rtt(const struct stats *stats, struct rtt_summary *ret_summary);

#endif
