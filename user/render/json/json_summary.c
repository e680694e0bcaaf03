// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The records of what a target's probes, and a scan's, add up to. */
#include "user/render/json/json_summary.h"
#include "user/render/json/json_record.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

static void put_statuses(struct json_record *record, const struct stats *stats)
{
	json_open(record, "status", '{');
	for (enum status status = 0; status < STATUS_COUNT; status++)
		json_put_integer(record, status_name(status), stats->by_status[status]);
	json_close(record, '}');
}

static void put_amendments(struct json_record *record, const struct stats *stats)
{
	json_open(record, "amendments", '{');
	for (enum amendment_kind kind = AMENDMENT_NOT_ACCEPTED; kind < AMENDMENT_COUNT; kind++)
		json_put_integer(record, amendment_name(kind), stats->by_amendment[kind]);
	json_close(record, '}');
}

static void put_rtt(struct json_record *record, const struct rtt_summary *summary)
{
	if (summary->count == 0) {
		json_put_null(record, "rtt_us");
		return;
	}
	json_open(record, "rtt_us", '{');
	json_put_rounded(record, "min", summary->min);
	json_put_rounded(record, "mean", summary->mean);
	json_put_rounded(record, "p50", summary->p50);
	json_put_rounded(record, "p90", summary->p90);
	json_put_rounded(record, "p95", summary->p95);
	json_put_rounded(record, "p99", summary->p99);
	json_put_rounded(record, "max", summary->max);
	json_put_rounded(record, "stddev", summary->stddev);
	json_close(record, '}');
}

/* The last one of all has no upper bound. */
static void put_bucket(struct json_record *record, unsigned bucket, uint64_t count)
{
	json_open(record, NULL, '{');
	json_put_microseconds(record, "from_us", stats_bucket_floor_ns(bucket));
	json_put_microseconds(record, "to_us",
			      bucket + 1 < STATS_BUCKETS ? stats_bucket_floor_ns(bucket + 1)
							 : TIME_UNKNOWN_NS);
	json_put_integer(record, "count", count);
	json_close(record, '}');
}

/* The buckets that have something in them. */
static void put_histogram(struct json_record *record, const struct stats *stats, bool is_wanted)
{
	if (!is_wanted) {
		json_put_null(record, "histogram");
		return;
	}
	json_open(record, "histogram", '[');
	for (unsigned bucket = 0; bucket < STATS_BUCKETS; bucket++)
		if (stats->histogram[bucket])
			put_bucket(record, bucket, stats->histogram[bucket]);
	json_close(record, ']');
}

static void put_availability(struct json_record *record, const struct stats *stats)
{
	bool is_known = stats_has_availability(stats);
	struct availability_summary availability;

	availability_summarise(&stats->availability, &availability);
	json_put_microseconds(record, "up_us", is_known ? availability.up_ns : TIME_UNKNOWN_NS);
	json_put_microseconds(record, "down_us", is_known ? availability.down_ns : TIME_UNKNOWN_NS);
	json_put_microseconds(record, "longest_outage_us",
			      is_known ? availability.longest_outage_ns : TIME_UNKNOWN_NS);
	json_put_known(record, "outages", is_known, availability.outages);
}

static void put_target(struct json_record *record, const struct target_report *target)
{
	json_put_text(record, "target", target->label);
	json_put_text(record, "name", target->name);
	json_put_address(record, "address", &target->address);
	json_put_port(record, "port", &target->address);
	json_put_text(record, "netns_name", target->netns_name);
	json_put_microseconds(record, "resolve_us", target->resolve_ns);
}

void json_write_summary(FILE *out, const struct summary_report *report, bool has_histogram)
{
	const struct stats *stats = report->stats;
	struct json_record record;
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	json_begin(&record, out, "summary");
	put_target(&record, report->target);
	json_put_boolean(&record, "final", report->is_final);
	json_put_integer(&record, "probes", stats->probes);
	put_statuses(&record, stats);
	put_amendments(&record, stats);
	json_put_integer(&record, "syn_sent", stats->syn_sent);
	json_put_integer(&record, "syn_unanswered", stats->syn_unanswered);
	put_rtt(&record, &rtt);
	if (rtt.count > 0)
		json_put_rounded(&record, "jitter_us", rtt.jitter);
	else
		json_put_null(&record, "jitter_us");
	put_histogram(&record, stats, has_histogram);
	put_availability(&record, stats);
	json_put_integer(&record, "events_lost", report->events_lost);
	if (report->comm) {
		json_put_text(&record, "comm", report->comm);
		json_put_integer(&record, "contradictions", report->contradictions);
	}
	json_end(&record);
}

static void put_group(struct json_record *record, enum status status, enum reason reason,
		      uint64_t count)
{
	json_open(record, NULL, '{');
	json_put_text(record, "status", status_name(status));
	json_put_text(record, "reason", reason_name(reason));
	json_put_integer(record, "count", count);
	json_close(record, '}');
}

/* Without those that are empty. */
static void put_groups(struct json_record *record, const struct tally *tally)
{
	json_open(record, "groups", '[');
	for (enum status status = 0; status < STATUS_COUNT; status++)
		for (enum reason reason = 0; reason < REASON_COUNT; reason++)
			if (tally->groups[status][reason])
				put_group(record, status, reason, tally->groups[status][reason]);
	json_close(record, ']');
}

void json_write_scan(FILE *out, const struct scan_report *report, bool has_histogram)
{
	const struct stats *stats = &report->tally->stats;
	struct json_record record;
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	json_begin(&record, out, "scan");
	json_put_text(&record, "title", report->title);
	json_put_boolean(&record, "final", report->is_final);
	json_put_integer(&record, "targets", report->tally->targets);
	json_put_integer(&record, "probes", stats->probes);
	json_put_integer(&record, "not_probed", report->tally->not_probed);
	json_put_microseconds(&record, "elapsed_us", report->elapsed_ns);
	put_statuses(&record, stats);
	put_groups(&record, report->tally);
	json_put_integer(&record, "syn_sent", stats->syn_sent);
	json_put_integer(&record, "syn_unanswered", stats->syn_unanswered);
	json_put_integer(&record, "resets_watched", report->tally->resets_watched);
	json_put_integer(&record, "resets_lost", report->tally->resets_lost);
	put_rtt(&record, &rtt);
	put_histogram(&record, stats, has_histogram);
	json_put_integer(&record, "events_lost", report->events_lost);
	json_put_text(&record, "hooks", report->hooks);
	json_end(&record);
}
