// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The record of what a target's probes add up to. */
#include "user/render/json/json_summary.h"
#include "user/render/json/json_record.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

static json_t *statuses_of(const struct stats *stats)
{
	json_t *statuses = json_object();

	for (enum status status = 0; status < STATUS_COUNT; status++)
		json_put_integer(statuses, status_name(status), stats->by_status[status]);
	return statuses;
}

static json_t *amendments_of(const struct stats *stats)
{
	json_t *amendments = json_object();

	for (enum amendment_kind kind = AMENDMENT_NOT_ACCEPTED; kind < AMENDMENT_COUNT; kind++)
		json_put_integer(amendments, amendment_name(kind), stats->by_amendment[kind]);
	return amendments;
}

static json_t *rtt_of(const struct rtt_summary *summary)
{
	json_t *rtt;

	if (summary->count == 0)
		return NULL;
	rtt = json_object();
	json_put(rtt, "min", json_rounded_microseconds(summary->min));
	json_put(rtt, "mean", json_rounded_microseconds(summary->mean));
	json_put(rtt, "p50", json_rounded_microseconds(summary->p50));
	json_put(rtt, "p90", json_rounded_microseconds(summary->p90));
	json_put(rtt, "p95", json_rounded_microseconds(summary->p95));
	json_put(rtt, "p99", json_rounded_microseconds(summary->p99));
	json_put(rtt, "max", json_rounded_microseconds(summary->max));
	json_put(rtt, "stddev", json_rounded_microseconds(summary->stddev));
	return rtt;
}

/* The buckets that have something in them. The last one of all has no upper bound. */
static json_t *histogram_of(const struct stats *stats)
{
	json_t *histogram = json_array();

	for (unsigned bucket = 0; bucket < STATS_BUCKETS; bucket++) {
		json_t *object;

		if (stats->histogram[bucket] == 0)
			continue;
		object = json_object();
		json_put(object, "from_us", json_microseconds(stats_bucket_floor_ns(bucket)));
		json_put(object, "to_us",
			 bucket + 1 < STATS_BUCKETS
				 ? json_microseconds(stats_bucket_floor_ns(bucket + 1))
				 : NULL);
		json_put_integer(object, "count", stats->histogram[bucket]);
		json_array_append_new(histogram, object);
	}
	return histogram;
}

static void put_availability(json_t *record, const struct stats *stats)
{
	bool is_known = stats_has_availability(stats);
	struct availability_summary availability;

	availability_summarise(&stats->availability, &availability);
	json_put(record, "up_us", is_known ? json_microseconds(availability.up_ns) : NULL);
	json_put(record, "down_us", is_known ? json_microseconds(availability.down_ns) : NULL);
	json_put(record, "longest_outage_us",
		 is_known ? json_microseconds(availability.longest_outage_ns) : NULL);
	json_put(record, "outages",
		 is_known ? json_integer((json_int_t)availability.outages) : NULL);
}

static void put_target(json_t *record, const struct target_report *target)
{
	json_put_text(record, "target", target->label);
	json_put_text(record, "name", target->name);
	json_put_address(record, "address", &target->address);
	json_put_port(record, "port", &target->address);
	json_put_text(record, "netns_name", target->netns_name);
	json_put(record, "resolve_us", json_microseconds(target->resolve_ns));
}

json_t *json_summary_record(const struct summary_report *report, bool has_histogram)
{
	const struct stats *stats = report->stats;
	json_t *record = json_record_new("summary");
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	put_target(record, report->target);
	json_put_boolean(record, "final", report->is_final);
	json_put_integer(record, "probes", stats->probes);
	json_put(record, "status", statuses_of(stats));
	json_put(record, "amendments", amendments_of(stats));
	json_put_integer(record, "syn_sent", stats->syn_sent);
	json_put_integer(record, "syn_unanswered", stats->syn_unanswered);
	json_put(record, "rtt_us", rtt_of(&rtt));
	json_put(record, "jitter_us", rtt.count > 0 ? json_rounded_microseconds(rtt.jitter) : NULL);
	json_put(record, "histogram", has_histogram ? histogram_of(stats) : NULL);
	put_availability(record, stats);
	json_put_integer(record, "events_lost", report->events_lost);
	if (!report->comm)
		return record;
	json_put_text(record, "comm", report->comm);
	json_put_integer(record, "contradictions", report->contradictions);
	return record;
}

/* Without those that are empty. */
static json_t *groups_of(const struct tally *tally)
{
	json_t *groups = json_array();

	for (enum status status = 0; status < STATUS_COUNT; status++) {
		for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
			json_t *group;

			if (tally->groups[status][reason] == 0)
				continue;
			group = json_object();
			json_put_text(group, "status", status_name(status));
			json_put_text(group, "reason", reason_name(reason));
			json_put_integer(group, "count", tally->groups[status][reason]);
			json_array_append_new(groups, group);
		}
	}
	return groups;
}

json_t *json_scan_record(const struct scan_report *report, bool has_histogram)
{
	const struct stats *stats = &report->tally->stats;
	json_t *record = json_record_new("scan");
	struct rtt_summary rtt;

	stats_rtt(stats, &rtt);
	json_put_text(record, "title", report->title);
	json_put_boolean(record, "final", report->is_final);
	json_put_integer(record, "targets", report->tally->targets);
	json_put_integer(record, "probes", stats->probes);
	json_put_integer(record, "not_probed", report->tally->not_probed);
	json_put(record, "elapsed_us", json_microseconds(report->elapsed_ns));
	json_put(record, "status", statuses_of(stats));
	json_put(record, "groups", groups_of(report->tally));
	json_put_integer(record, "syn_sent", stats->syn_sent);
	json_put_integer(record, "syn_unanswered", stats->syn_unanswered);
	json_put(record, "rtt_us", rtt_of(&rtt));
	json_put(record, "histogram", has_histogram ? histogram_of(stats) : NULL);
	json_put_integer(record, "events_lost", report->events_lost);
	json_put_text(record, "hooks", report->hooks);
	return record;
}
