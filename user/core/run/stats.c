/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a target's probes add up to. */
#include "user/core/run/stats.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

void stats_init(struct stats *stats)
{
	*stats = (struct stats){.sample_stride = 1};
}

void stats_release(struct stats *stats)
{
	free(stats->samples);
	availability_release(&stats->availability);
	stats_init(stats);
}

static void samples_halve(struct stats *stats)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < stats->sample_count; i += 2)
		stats->samples[kept++] = stats->samples[i];
	stats->sample_count = kept;
	stats->sample_stride *= 2;
}

/* Without memory to grow, the store that exists is made to do, as if it had reached its limit. */
static void samples_make_room(struct stats *stats)
{
	uint32_t room = stats->sample_room ? stats->sample_room * 2 : FIRST_ROOM;
	uint64_t *samples;

	if (stats->sample_count < stats->sample_room)
		return;
	samples =
		room <= STATS_MAX_SAMPLES ? realloc(stats->samples, room * sizeof(*samples)) : NULL;
	if (samples) {
		stats->samples = samples;
		stats->sample_room = room;
	} else if (stats->sample_count > 0) {
		samples_halve(stats);
	}
}

/* index: which sample of all it is, from 0. Those kept are the multiples of the stride. */
static void samples_add(struct stats *stats, uint64_t index, uint64_t rtt_ns)
{
	if (index % stats->sample_stride != 0)
		return;
	samples_make_room(stats);
	if (index % stats->sample_stride == 0 && stats->sample_count < stats->sample_room)
		stats->samples[stats->sample_count++] = rtt_ns;
}

/* The bounds of a decade that begins at 10: six steps, about equally wide on a logarithmic axis. */
static const unsigned bucket_steps[] = {10, 15, 20, 30, 50, 70};
#define STEP_COUNT (sizeof(bucket_steps) / sizeof(bucket_steps[0]))

uint64_t stats_bucket_floor_ns(unsigned bucket)
{
	uint64_t decade_ns = 100;

	assert(bucket <= STATS_BUCKETS);
	if (bucket == 0)
		return 0;
	if (bucket == STATS_BUCKETS)
		return UINT64_MAX;
	for (unsigned decade = (bucket - 1) / STEP_COUNT; decade > 0; decade--)
		decade_ns *= 10;
	return bucket_steps[(bucket - 1) % STEP_COUNT] * decade_ns;
}

static unsigned bucket_of(uint64_t rtt_ns)
{
	unsigned low = 0, high = STATS_BUCKETS; /* low's floor is not above it, high's is */

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (stats_bucket_floor_ns(middle) <= rtt_ns)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void rtt_add(struct stats *stats, uint64_t rtt_ns)
{
	double delta = (double)rtt_ns - stats->rtt_mean_ns;

	samples_add(stats, stats->rtt_count, rtt_ns);
	stats->histogram[bucket_of(rtt_ns)]++;
	if (stats->rtt_count == 0 || rtt_ns < stats->rtt_min_ns)
		stats->rtt_min_ns = rtt_ns;
	if (rtt_ns > stats->rtt_max_ns)
		stats->rtt_max_ns = rtt_ns;
	if (stats->rtt_count > 0)
		stats->jitter_sum_ns += fabs((double)rtt_ns - (double)stats->rtt_last_ns);
	stats->rtt_last_ns = rtt_ns;
	stats->rtt_count++;
	stats->rtt_mean_ns += delta / (double)stats->rtt_count;
	stats->rtt_m2 += delta * ((double)rtt_ns - stats->rtt_mean_ns);
}

static enum presence presence_of(enum status status, enum status expected)
{
	if (status == STATUS_ABORTED || status == STATUS_INCOMPLETE)
		return PRESENCE_UNKNOWN;
	return status == expected ? PRESENCE_UP : PRESENCE_DOWN;
}

void stats_add_syns(struct stats *stats, uint32_t sent, uint32_t unanswered)
{
	stats->syn_sent += sent;
	stats->syn_unanswered += unanswered;
}

void stats_add_verdict(struct stats *stats, const struct verdict *verdict, enum status expected,
		       uint64_t began_ns)
{
	assert(verdict->status < STATUS_COUNT);
	stats->probes++;
	stats->by_status[verdict->status]++;
	stats_add_syns(stats, verdict->syn_sent, verdict->syn_unanswered);
	if (verdict->status == expected)
		stats->expected++;
	availability_add(&stats->availability, presence_of(verdict->status, expected), began_ns);
	/* What this very host answered says nothing about the target's distance. */
	if (verdict_has(verdict, VERDICT_ENDS_HERE))
		return;
	if (verdict->answer == ANSWER_SYN_ACK && verdict->rtt_ns != TIME_UNKNOWN_NS)
		rtt_add(stats, verdict->rtt_ns);
}

/* Of two running moments (Chan, Golub and LeVeque 1979). */
static void moments_merge(struct stats *stats, const struct stats *other)
{
	double count = (double)stats->rtt_count, added = (double)other->rtt_count,
	       all = count + added;
	double delta = other->rtt_mean_ns - stats->rtt_mean_ns;

	if (!other->rtt_count)
		return;
	if (!stats->rtt_count || other->rtt_min_ns < stats->rtt_min_ns)
		stats->rtt_min_ns = other->rtt_min_ns;
	if (other->rtt_max_ns > stats->rtt_max_ns)
		stats->rtt_max_ns = other->rtt_max_ns;
	stats->rtt_mean_ns += delta * added / all;
	stats->rtt_m2 += other->rtt_m2 + delta * delta * count * added / all;
	stats->rtt_last_ns = other->rtt_last_ns;
	stats->jitter_sum_ns += other->jitter_sum_ns;
}

/*
 * Every sample stands for as many as any other: strides are made equal first. They are powers of
 * two.
 */
static void samples_merge(struct stats *stats, const struct stats *other)
{
	uint32_t step;

	while (stats->sample_stride < other->sample_stride)
		samples_halve(stats);
	for (step = stats->sample_stride / other->sample_stride;
	     other->sample_count / step + stats->sample_count > STATS_MAX_SAMPLES; step *= 2)
		samples_halve(stats);
	for (uint32_t i = 0; i < other->sample_count; i += step) {
		if (stats->sample_count == stats->sample_room)
			samples_make_room(stats);
		if (stats->sample_count < stats->sample_room)
			stats->samples[stats->sample_count++] = other->samples[i];
	}
}

void stats_merge(struct stats *stats, const struct stats *other)
{
	stats->probes += other->probes;
	for (int status = 0; status < STATUS_COUNT; status++)
		stats->by_status[status] += other->by_status[status];
	for (int kind = 0; kind < AMENDMENT_COUNT; kind++)
		stats->by_amendment[kind] += other->by_amendment[kind];
	stats->syn_sent += other->syn_sent;
	stats->syn_unanswered += other->syn_unanswered;
	stats->expected += other->expected;
	for (unsigned bucket = 0; bucket < STATS_BUCKETS; bucket++)
		stats->histogram[bucket] += other->histogram[bucket];
	samples_merge(stats, other);
	moments_merge(stats, other);
	stats->rtt_count += other->rtt_count;
}

void stats_add_amendment(struct stats *stats, enum amendment_kind kind)
{
	assert(kind < AMENDMENT_COUNT);
	stats->by_amendment[kind]++;
}

bool stats_has_availability(const struct stats *stats)
{
	return availability_is_known(&stats->availability);
}

static int compare_samples(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/*
 * Nearest rank: the least sample that is not below `percent` of all of them. Without memory for a
 * sorted copy the upper bound is all that is known.
 */
static double percentile(const struct stats *stats, const uint64_t *sorted, uint32_t percent)
{
	uint64_t rank = ((uint64_t)stats->sample_count * percent + 99) / 100;

	if (!sorted || rank == 0)
		return (double)stats->rtt_max_ns;
	return (double)sorted[rank - 1];
}

void stats_rtt(const struct stats *stats, struct rtt_summary *ret_summary)
{
	size_t bytes = stats->sample_count * sizeof(*stats->samples);
	uint64_t *sorted = bytes ? malloc(bytes) : NULL;
	double count = (double)stats->rtt_count;

	if (sorted) {
		memcpy(sorted, stats->samples, bytes);
		qsort(sorted, stats->sample_count, sizeof(*sorted), compare_samples);
	}
	*ret_summary = (struct rtt_summary){
		.count = stats->rtt_count,
		.min = (double)stats->rtt_min_ns,
		.mean = stats->rtt_mean_ns,
		.p50 = percentile(stats, sorted, 50),
		.p90 = percentile(stats, sorted, 90),
		.p95 = percentile(stats, sorted, 95),
		.p99 = percentile(stats, sorted, 99),
		.max = (double)stats->rtt_max_ns,
		.stddev = stats->rtt_count > 0 ? sqrt(stats->rtt_m2 / count) : 0,
		.jitter = stats->rtt_count > 1 ? stats->jitter_sum_ns / (count - 1) : 0,
	};
	free(sorted);
}
