/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs that are scans, with -j, and what they came to. */
#include "tests/scenarios/scan.h"

static double number_at(const json_t *record, const char *path)
{
	return json_number_value(field(record, path));
}

static void check_statuses(const json_t *total)
{
	const json_t *groups = field(total, "groups"), *group, *count;
	double by_status = 0, by_group = 0;
	const char *name;
	size_t i;

	json_object_foreach(field(total, "status"), name, count) by_status +=
		json_number_value(count);
	json_array_foreach(groups, i, group) by_group += number_at(group, "count");
	expect_number(total, "probes", by_status);
	expect_number(total, "probes", by_group);
}

struct scan scan_of(struct command_result result)
{
	struct scan scan = {.result = result, .lines = cli_json(result.output.bytes)};
	size_t count = json_array_size(scan.lines);

	cr_assert(count, "no data; status %d and: %s", result.status, result.errors.bytes);
	scan.total = json_array_get(scan.lines, count - 1);
	expect_text(scan.total, "type", "scan");
	cr_assert(json_is_true(field(scan.total, "final")));
	cr_assert_eq(cli_count(scan.lines, "scan", NULL, NULL), 1);
	expect_number(scan.total, "probes", cli_count(scan.lines, "probe", NULL, NULL));
	expect_number(scan.total, "not_probed", cli_count(scan.lines, "error", NULL, NULL));
	expect_number(scan.total, "targets", count - 1);
	check_statuses(scan.total);
	return scan;
}

struct scan scan_run(struct lab *lab, const char *const *argv)
{
	return scan_of(cli_run(lab, argv));
}

struct scan scan_shell(struct lab *lab, const char *line)
{
	return scan_of(cli_shell(lab, line));
}

struct scan scan_private(struct lab *lab, const char *script)
{
	return scan_of(private_run(lab, script));
}

const json_t *scan_record(const struct scan *scan, const char *target)
{
	return scenario_record(scan->lines, "probe", "target", target);
}

void expect_group(const struct scan *scan, const char *status, const char *reason, unsigned count)
{
	const json_t *group;
	size_t i;

	json_array_foreach(field(scan->total, "groups"), i, group)
	{
		if (!field_is_text(group, "status", status) ||
		    !field_is_text(group, "reason", reason))
			continue;
		cr_assert(field_is_number(group, "count", count, count), "not %u %s (%s): %s",
			  count, status, reason, record_text(scan->total));
		return;
	}
	cr_assert_eq(count, 0, "none is %s (%s): %s%s", status, reason, record_text(scan->total),
		     scan->result.errors.bytes);
}

size_t expect_right(const struct scan *scan, unsigned open_port, const char *status,
		    const char *reason)
{
	const json_t *line;
	size_t i;

	json_array_foreach(scan->lines, i, line)
	{
		if (!field_is_text(line, "type", "probe") ||
		    field_is_text(line, "status", "incomplete"))
			continue;
		if (field_is_number(line, "port", open_port, open_port))
			expect_verdict(line, "open", "syn-ack");
		else
			expect_verdict(line, status, reason);
	}
	return cli_count(scan->lines, "probe", "status", "incomplete");
}
