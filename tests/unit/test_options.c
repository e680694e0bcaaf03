/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line: what it means. */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/option_check.h"
#include "user/app/options/option_table.h"
#include "user/app/options/option_value.h"
#include "user/app/options/options_parse.h"
#include "user/words/vocabulary.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define ARGUMENTS_MAX 8
#define MS	      1000000ull
#define S	      1000000000ull

static void parse(const char *const *arguments, struct options *ret_options)
{
	static char program[] = "ktcping";
	char *argv[ARGUMENTS_MAX + 2] = {program};
	int argc = 1;

	while (argc <= ARGUMENTS_MAX && arguments[argc - 1]) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	options_parse(COMMAND_PROBE, argc, argv, ret_options);
}

/* A refusal ends the test's process, and with it the test. */
#define options_of(...)                                                                            \
	({                                                                                         \
		struct options parsed;                                                             \
		parse((const char *const[]){__VA_ARGS__, NULL}, &parsed);                          \
		parsed;                                                                            \
	})

static bool is_address(const struct address *address, const char *text)
{
	char actual[ADDRESS_TEXT_MAX];

	return !strcmp(address_format(address, actual), text);
}

Test(options, without_any_all_is_as_the_help_says)
{
	struct options o = options_of("example.com", "443");

	cr_expect_eq(o.hosts.count, 1);
	cr_expect_str_eq(o.hosts.hosts[0].name, "example.com");
	cr_expect_eq(port_list_at(&o.hosts.hosts[0].ports, 0), 443);
	cr_expect(o.count == 4 && o.interval_ns == S && o.timeout_ns == 4 * S &&
		  o.hold_ns == HALF_OPEN);
	cr_expect(o.deadline_ns == 0 && o.report_every_ns == 0 && o.give_up_after == 0 &&
		  o.resolve_every == 0 && o.until == -1);
	cr_expect(o.expected == STATUS_OPEN && !o.is_strict && o.format == format_find("text") &&
		  o.family == AF_UNSPEC && !o.file);
	cr_expect(!o.source.device && !address_is_set(&o.source.v4) &&
		  !address_is_set(&o.source.v6) && !o.source.has_mark);
	cr_expect(o.source.tos == -1 && o.ttl == 0 && o.source.first_port == 0 &&
		  o.namespace_count == 0);
	options_release(&o);
}

Test(options, what_to_probe)
{
	struct options o = options_of("-p", "22,8000-8001", "-6", "--all-addrs", "-n",
				      "--resolve-every=10", "--skip-bad", "a");

	cr_expect(o.family == AF_INET6 && o.is_all_addresses && o.is_numeric &&
		  o.resolve_every == 10 && o.is_skipping_bad);
	cr_expect_eq(port_list_count(&o.ports), 3);
	cr_expect_eq(port_list_count(&o.hosts.hosts[0].ports), 3);
	options_release(&o);
}

Test(options, from_where)
{
	struct options o =
		options_of("-Ieth0", "-S192.0.2.1", "-S2001:db8::1", "--sport=40000-40100",
			   "--ttl=3", "-Q0xb8", "-m0xffffffff", "a");

	cr_expect_str_eq(o.source.device, "eth0");
	cr_expect(is_address(&o.source.v4, "192.0.2.1") && is_address(&o.source.v6, "2001:db8::1"));
	cr_expect(o.source.first_port == 40000 && o.source.last_port == 40100 && o.ttl == 3 &&
		  o.source.tos == 0xb8);
	cr_expect(o.source.has_mark && o.source.mark == UINT32_MAX);
	cr_expect_eq(o.family, AF_UNSPEC);
	options_release(&o);
}

Test(options, namespaces_keep_their_order)
{
	struct options o = options_of("-N", "green", "-N", "blue", "--netns=4711", "a");

	cr_assert_eq(o.namespace_count, 3);
	cr_expect_str_eq(o.namespaces[0], "green");
	cr_expect_str_eq(o.namespaces[1], "blue");
	cr_expect_str_eq(o.namespaces[2], "4711");
	options_release(&o);
}

Test(options, how_often_and_how_long)
{
	struct options o =
		options_of("-c0", "-i0", "-W200ms", "-w1.5", "--hold=0", "--give-up=3", "a");

	cr_expect(o.count == 0 && o.interval_ns == 0 && o.timeout_ns == 200 * MS &&
		  o.deadline_ns == 1500 * MS);
	cr_expect(o.hold_ns == 0 && o.give_up_after == 3);
	options_release(&o);
}

Test(options, what_is_shown)
{
	struct options o = options_of("-vqOa", "-Drel", "--changes", "--failures", "--hist",
				      "--explain", "--report-every=10ms", "a");

	cr_expect(o.verbosity == 1 && o.is_quiet && o.is_reporting_outstanding && o.is_audible &&
		  o.timestamp == TIMESTAMP_RELATIVE);
	cr_expect(o.is_changes_only && o.is_failures_only && o.has_histogram && o.is_explaining &&
		  o.report_every_ns == 10 * MS);
	options_release(&o);
	o = options_of("-v", "-v", "a");
	cr_expect_eq(o.verbosity, 2);
	options_release(&o);
}

Test(options, each_format_and_where_it_goes)
{
	struct options json = options_of("-j", "-o", "probes.json", "--strict", "a"),
		       csv = options_of("--csv", "-D", "a");

	cr_expect(json.format == format_find("json") && json.is_strict);
	cr_expect_str_eq(json.output_path, "probes.json");
	cr_expect(csv.format == format_find("csv") && csv.timestamp == TIMESTAMP_UNIX);
	options_release(&json);
	options_release(&csv);
}

Test(options, the_fping_line_has_two_spellings_and_its_own_count)
{
	struct options plain = options_of("-C", "20", "a", "80"),
		       smokeping = options_of("-C", "-x", "5", "a", "80"),
		       behind = options_of("a", "-C", "-x", "7", "80", "--until", "closed");

	cr_expect(plain.format == format_find("fping") && plain.count == 20 && plain.is_quiet);
	cr_expect(smokeping.format == format_find("fping") && smokeping.count == 5 &&
		  smokeping.is_quiet);
	cr_expect(behind.count == 7 && behind.until == STATUS_CLOSED && behind.hosts.count == 1);
	cr_expect_eq(port_list_at(&smokeping.hosts.hosts[0].ports, 0), 80);
	cr_expect_eq(port_list_at(&behind.hosts.hosts[0].ports, 0), 80);
	options_release(&plain);
	options_release(&smokeping);
	options_release(&behind);
}

Test(options, until_implies_what_nobody_said_otherwise)
{
	struct options alone = options_of("--until", "closed", "a"),
		       counted = options_of("-c", "9", "--until", "closed", "a"),
		       expecting = options_of("--expect", "open", "--until", "closed", "a");

	cr_expect(alone.until == STATUS_CLOSED && alone.count == 0 &&
		  alone.expected == STATUS_CLOSED);
	cr_expect(counted.count == 9 && counted.expected == STATUS_CLOSED);
	cr_expect(expecting.count == 0 && expecting.expected == STATUS_OPEN);
	options_release(&alone);
	options_release(&counted);
	options_release(&expecting);
}

Test(options, of_two_values_the_last_one_counts)
{
	struct options o =
		options_of("-c3", "-c5", "-Ieth0", "-Ieth1", "-I192.0.2.1", "-I192.0.2.2", "a");

	cr_expect_eq(o.count, 5);
	cr_expect_str_eq(o.source.device, "eth1");
	cr_expect(is_address(&o.source.v4, "192.0.2.2"));
	options_release(&o);
}

Test(options, an_address_as_interface_is_the_source_and_the_only_source_decides_the_family)
{
	struct options v4 = options_of("-I", "192.0.2.1", "a"),
		       v6 = options_of("-S", "2001:db8::1", "-I", "blue", "a"),
		       mapped = options_of("-S", "::ffff:192.0.2.1", "a");

	cr_expect(is_address(&v4.source.v4, "192.0.2.1") && !v4.source.device &&
		  v4.family == AF_INET);
	cr_expect(is_address(&v6.source.v6, "2001:db8::1") && v6.family == AF_INET6);
	cr_expect_str_eq(v6.source.device, "blue");
	cr_expect(is_address(&mapped.source.v4, "192.0.2.1") && mapped.family == AF_INET);
	options_release(&v4);
	options_release(&v6);
	options_release(&mapped);
}

Test(options, an_interface_may_be_an_address_with_its_device_as_for_ping)
{
	struct options o = options_of("-I", "fe80::1%eth0", "a");

	cr_expect(is_address(&o.source.v6, "fe80::1") && o.family == AF_INET6);
	cr_expect_str_eq(o.source.device, "eth0");
	options_release(&o);
}

Test(options, beside_a_file_every_word_is_a_host)
{
	struct options file = options_of("-f", "-", "example.com", "db:5432"),
		       only = options_of("-f", "hosts.txt");

	cr_assert_eq(file.hosts.count, 2);
	cr_expect_str_eq(file.hosts.hosts[0].name, "example.com");
	cr_expect_eq(port_list_at(&file.hosts.hosts[0].ports, 0), TARGET_DEFAULT_PORT);
	cr_expect_str_eq(file.hosts.hosts[1].name, "db");
	cr_expect_eq(port_list_at(&file.hosts.hosts[1].ports, 0), 5432);
	cr_expect_eq(only.hosts.count, 0);
	cr_expect_str_eq(only.file, "hosts.txt");
	options_release(&file);
	options_release(&only);
}

Test(options, a_host_of_a_file_is_judged_like_a_word)
{
	struct options o = options_of("-4", "-f", "hosts.txt");
	char v6[] = "2001:db8::1", name[] = "db";
	struct host literal = {.name = v6}, named = {.name = name};
	struct error error = {""};

	cr_assert_eq(address_parse(v6, &literal.literal), 0);
	cr_expect_lt(options_judge(&o, &literal, &error), 0);
	cr_expect_not_null(strstr(error.text, "-4 and the IPv6 address 2001:db8::1"), "%s",
			   error.text);
	cr_expect_eq(options_judge(&o, &named, &error), 0);
	options_release(&o);
}

Test(options, every_status_that_a_probe_ends_with_is_in_the_list)
{
	enum status parsed = STATUS_OPEN;
	char text[STATUSES_TEXT_MAX];
	struct error error;
	struct option_row rows[OPTION_ROWS_MAX];
	size_t count = option_rows(COMMAND_PROBE, rows);

	statuses_text(text);
	cr_expect_lt(option_parse_status(option_row_named(rows, count, "expect"), "shut", &parsed,
					 &error),
		     0);
	cr_expect_not_null(strstr(error.text, text), "%s", error.text);
	for (int status = 0; status < STATUS_COUNT; status++) {
		const char *name = status_name((enum status)status);

		cr_expect_eq(strstr(text, name) != NULL, status != STATUS_UNPROVEN, "%s", name);
		cr_expect_eq(strstr(command_helps[COMMAND_PROBE].text, name) != NULL,
			     status != STATUS_UNPROVEN, "--help: %s", name);
	}
}

static void expect_distinct(enum command command)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t count = option_rows(command, rows);

	for (size_t i = 0; i < count; i++) {
		for (size_t k = i + 1; k < count && rows[i].kind != KIND_HEADING; k++) {
			const char *name = rows[i].name, *other = rows[k].name;

			cr_expect_neq(rows[i].key, rows[k].key, "-%c", rows[i].key);
			cr_expect(!name || !other || strcmp(name, other) != 0, "--%s", name);
		}
		cr_expect(!rows[i].description || rows[i].kind == KIND_HEADING || rows[i].name,
			  "a row that is shown has a name");
	}
}

Test(options, no_two_rows_have_the_same_name_or_key)
{
	for (enum command command = 0; command < COMMAND_COUNT; command++)
		expect_distinct(command);
}

Test(options, a_command_has_the_formats_that_it_can_write)
{
	static const char *const names[] = {"json", "csv", "fping"};
	static const bool has[COMMAND_COUNT][COUNT(names)] = {
		[COMMAND_PROBE] = {true, true, true},
		[COMMAND_WATCH] = {true, true, false},
		[COMMAND_DOCTOR] = {true, false, false},
	};

	for (enum command command = 0; command < COMMAND_COUNT; command++) {
		struct option_row rows[OPTION_ROWS_MAX];
		size_t count = option_rows(command, rows);

		for (size_t i = 0; i < COUNT(names); i++)
			cr_expect_eq(option_row_named(rows, count, names[i]) != NULL,
				     has[command][i], "%s", names[i]);
	}
}

Test(options, a_scan_has_its_options)
{
	struct options o = options_of("--rate=200", "--inflight", "10", "--shuffle", "--open",
				      "--yes", "192.0.2.0/15"),
		       plain = options_of("a"), unbounded = options_of("--rate", "0", "a");

	cr_expect_eq(o.rate, 200);
	cr_expect_eq(o.inflight, 10);
	cr_expect(o.is_shuffled && o.is_open_only && o.is_confirmed);
	cr_expect_eq(plain.rate, RATE_BY_DISTANCE);
	cr_expect_eq(plain.inflight, 0);
	cr_expect(!plain.is_shuffled && !plain.is_open_only && !plain.is_confirmed);
	cr_expect_eq(unbounded.rate, 0);
	options_release(&o);
	options_release(&plain);
	options_release(&unbounded);
}
