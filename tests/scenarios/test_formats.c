/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The forms of the output: what is in them, where they go, and what choosing among probes hides. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"

#define OPEN	LAB_PEER4 ":7000"
#define OPEN6	"[" LAB_PEER6 "]:7000"
#define SILENT	LAB_PEER4 ":7001"
#define CLOSED	LAB_PEER4 ":7002"
#define RESETS	LAB_PEER4 ":7003" /* after the handshake */
#define CELLS	48
#define TEXT_IN "/tmp/ktcping-output-XXXXXX"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK});
	lab_peer_rule(lab, 7002, (struct peer_rule){.answer = PEER_RST});
	lab_peer_rule(lab, 7003,
		      (struct peer_rule){.answer = PEER_SYN_ACK,
					 .after = PEER_AFTER_RST,
					 .after_delay_us = 5000});
	return lab;
}

/*
 * "TITLE : 0.05 - 12.3" and nothing else: a time where pattern has 't', a minus sign where it has
 * '-'. Returns the line after it.
 */
static const char *take_row(const char *line, const char *title, const char *pattern)
{
	size_t length = strlen(title);
	char *end;

	cr_assert(!strncmp(line, title, length), "not of %s: %s", title, line);
	line += length + strspn(line + length, " ");
	cr_assert_eq(*line++, ':');
	for (; *pattern; pattern++) {
		cr_assert_eq(*line++, ' ');
		if (*pattern == '-') {
			cr_assert_eq(*line++, '-', "a time for a minus sign: %s", line - 1);
			continue;
		}
		cr_assert(strchr("0123456789", *line), "no time: %s", line);
		cr_assert_geq(strtod(line, &end), 0);
		line = end;
	}
	cr_assert_eq(*line, '\n', "more than a row: %s", line);
	return line + 1;
}

Test(formats, the_fping_line_is_all_there_is_on_stdout)
{
	struct command_result result =
		cli(lab_with_ports(), "-C", "3", "-i", "0.1", "-W", "0.3", "--hold", "0", SILENT,
		    CLOSED, OPEN, OPEN6, "nosuch.invalid");
	const char *line = result.output.bytes;

	expect_status(result, 2);
	line = take_row(line, SILENT, "---");
	line = take_row(line, CLOSED, "---");
	line = take_row(line, OPEN, "ttt");
	line = take_row(line, OPEN6, "ttt");
	cr_assert_str_empty(line);
	expect_said(result.errors.bytes, "nosuch.invalid:80: name not resolved");
}

Test(formats, the_fping_line_has_times_of_what_was_expected)
{
	struct command_result result = cli(lab_with_ports(), "-C", "2", "-i", "0", "--hold", "0",
					   "--expect", "closed", CLOSED, OPEN);

	expect_status(result, 1);
	cr_assert_str_empty(take_row(take_row(result.output.bytes, CLOSED, "tt"), OPEN, "--"));
	cr_assert_str_empty(result.errors.bytes);
}

/*
 * The router drops the first SYN that it sees; the timeout is shorter than the second one of that
 * probe takes.
 */
static struct command_result run_with_first_lost(struct lab *lab, const char *const *argv)
{
	scenario_nft(lab, LAB_ROUTER,
		     "add table inet once\ndelete table inet once\n"
		     "table inet once { chain c { type filter hook forward priority 0; tcp flags "
		     "syn quota until 100 bytes drop; }; }\n");
	return cli_run(lab, argv);
}

Test(formats, in_the_order_of_tcpping_what_was_measured_comes_first)
{
	struct lab *lab = lab_with_ports();
	struct command_result in_order, measured_first;
	const char *const plainly[] = {cli_program(), "-C",  "3",      "-i", "0.4",
				       "-W",	      "0.3", "--hold", "0",  LAB_SERVER4 ":7000",
				       NULL};
	const char *const by_tcpping[] = {
		cli_program(),	     "-C", "-x", "3", "-i", "0.4", "-W", "0.3", "--hold", "0",
		LAB_SERVER4 ":7000", NULL};

	scenario_listen(lab, LAB_SERVER, AF_INET, 7000);
	in_order = run_with_first_lost(lab, plainly);
	expect_status(in_order, 0);
	cr_assert_str_empty(take_row(in_order.output.bytes, LAB_SERVER4 ":7000", "-tt"));
	measured_first = run_with_first_lost(lab, by_tcpping);
	expect_status(measured_first, 0);
	cr_assert_str_empty(take_row(measured_first.output.bytes, LAB_SERVER4 ":7000", "tt-"));
}

/*
 * One cell, strictly as RFC 4180 has it; *at is then behind its comma or end of line. Returns false
 * at the end of the line.
 */
static bool take_cell(const char **at, char *cell, size_t size)
{
	bool is_quoted = **at == '"';
	size_t length = 0;

	for (*at += is_quoted; is_quoted ? **at != '"' || (*at)[1] == '"' : !strchr(",\n", **at);
	     (*at)++) {
		cr_assert(**at != '\0' && length + 1 < size, "a cell without end");
		cr_assert(is_quoted || **at != '"', "a quote in a plain cell: %s", *at);
		*at += is_quoted && **at == '"';
		cell[length++] = **at;
	}
	cell[length] = '\0';
	*at += is_quoted;
	cr_assert(strchr(",\n", **at) && **at, "no end of a cell: %s", *at);
	return *(*at)++ == ',';
}

struct csv_row {
	char cells[CELLS][512];
	size_t count;
};

static struct csv_row *take_csv_row(const char **at)
{
	struct csv_row *row = calloc(1, sizeof(*row));

	while (row->count < CELLS && take_cell(at, row->cells[row->count++], sizeof(row->cells[0])))
		;
	return row;
}

static const char *cell(const struct csv_row *header, const struct csv_row *row, const char *name)
{
	for (size_t i = 0; i < header->count; i++)
		if (!strcmp(header->cells[i], name))
			return row->cells[i];
	cr_assert_fail("no column %s", name);
	return NULL;
}

/* That of the first row's target; every row has as many cells as the header. */
static size_t read_csv(const char *text, const char *target, const char *name, const char *wanted)
{
	const struct csv_row *header = take_csv_row(&text);
	size_t rows = 0;

	while (*text) {
		const struct csv_row *row = take_csv_row(&text);

		cr_assert_eq(row->count, header->count);
		if (strcmp(cell(header, row, "target"), target) != 0)
			continue;
		cr_assert(strstr(cell(header, row, name), wanted), "%s is not %s but %s", name,
			  wanted, cell(header, row, name));
		rows++;
	}
	return rows;
}

/*
 * A reset after the verdict is an amendment, which has no place here; the explanation of a RST has
 * commas in it.
 */
Test(formats, csv_is_a_header_and_a_row_a_probe_whatever_comes_after)
{
	struct command_result result = cli(lab_with_ports(), "--csv", "-c", "2", "-i", "0.1", "-W",
					   "0.5", "--hold", "0.2", RESETS, OPEN6, SILENT, CLOSED);
	const char *text = result.output.bytes;

	expect_status(result, 1);
	cr_assert_str_empty(result.errors.bytes);
	cr_assert_eq(cli_lines_with(text, ""), 9, "%s", text);
	cr_assert(!strncmp(text, "time,seq,target,", 16));
	cr_assert_eq(read_csv(text, RESETS, "status", "open"), 2);
	cr_assert_eq(read_csv(text, OPEN6, "address", LAB_PEER6), 2);
	cr_assert_eq(read_csv(text, SILENT, "reason", "no-reply"), 2);
	cr_assert_eq(read_csv(text, CLOSED, "explain", "RST answering our SYN"), 2);
	expect_said(text, ",\"a RST answering our SYN");
}

static struct command_result run_to_file(struct lab *lab, const char *options, const char *path)
{
	char line[512];

	snprintf(line, sizeof(line),
		 "echo 'what was there before' >%s; \"$0\" -o %s --hold 0 -c 2 -i 0 %s " OPEN
		 " && cat %s >&2; "
		 "status=$?; rm %s; exit $status",
		 path, path, options, path, path);
	return cli_shell(lab, line);
}

Test(formats, a_file_of_data_is_overwritten_and_stdout_stays_empty)
{
	static const char *const options[] = {"", "-q", "-j", "--csv", "-v"};
	char path[] = TEXT_IN;
	struct lab *lab = lab_with_ports();

	close(mkstemp(path));
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct command_result result = run_to_file(lab, options[i], path);

		expect_status(result, 0);
		cr_assert_str_empty(result.output.bytes);
		expect_said(result.errors.bytes, OPEN);
		expect_not_said(result.errors.bytes, "what was there before");
	}
}

/* As logrotate does with copytruncate: what is written next begins the file. */
Test(formats, a_file_that_is_emptied_meanwhile_has_no_hole)
{
	char path[] = TEXT_IN, line[512];
	struct lab *lab = lab_with_ports();
	struct command_result result;

	close(mkstemp(path));
	snprintf(line, sizeof(line),
		 "\"$0\" -j -o %s -c 0 -i 50ms " OPEN
		 " & until grep -q probe %s; do sleep 0.05; done; : > %s; "
		 "until grep -q probe %s; do sleep 0.05; done; kill -INT $!; wait $!; head -c 1 "
		 "%s; rm %s",
		 path, path, path, path, path, path);
	result = cli_shell(lab, line);
	cr_assert_str_eq(result.output.bytes, "{");
}

Test(formats, where_nothing_can_be_written_nothing_is_probed)
{
	struct lab *lab = lab_with_ports();
	struct command_result result = cli(lab, "-j", "-o", "/nonexistent/file", OPEN);

	expect_status(result, 4);
	expect_said(result.errors.bytes,
		    "cannot write to /nonexistent/file (-o): No such file or directory");
	cr_assert_eq(lab->peer->syns_read, 0);
}

Test(formats, a_full_disk_is_an_error_in_every_format)
{
	static const char *const options[][2] = {
		{"-q", "-c1"}, {"-j", "-c1"}, {"--csv", "-c1"}, {"-v", "-c1"}, {"-q", "-C1"}};
	struct lab *lab = lab_with_ports();

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct command_result result = cli(lab, "-o", "/dev/full", options[i][0],
						   options[i][1], "--hold", "0", OPEN);

		expect_status(result, 4);
		cr_assert_str_eq(
			result.errors.bytes,
			"ktcping: cannot write the output to /dev/full: No space left on device\n");
	}
}

Test(formats, a_usage_error_comes_before_output_that_cannot_be_written)
{
	struct command_result result = cli_shell(
		lab_with_ports(), "exec \"$0\" --csv --skip-bad -f - < /dev/null > /dev/full");

	expect_status(result, 3);
	expect_said(result.errors.bytes, "cannot write the output");
}

/* Else the first file that is opened would be stdout. */
Test(formats, a_closed_stdout_is_an_error)
{
	struct command_result result =
		cli_shell(lab_with_ports(), "exec \"$0\" -j -c 1 --hold 0 " OPEN " >&-");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "cannot write the output");
}

Test(formats, a_pipe_closed_early_is_no_error_in_any_format)
{
	static const char *const options[] = {"-c 20",	  "-c 20 -j", "-c 20 --csv",
					      "-c 20 -v", "-c 20 -q", "-C 20"};
	struct lab *lab = lab_with_ports();
	char line[256];

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct command_result result;

		snprintf(line, sizeof(line),
			 "{ \"$0\" %s -i 0.02 --hold 0 " OPEN
			 "; echo \"status $?\" >&2; } | head -n 1",
			 options[i]);
		result = cli_shell(lab, line);
		cr_assert_str_eq(result.errors.bytes, "status 0\n", "%s", options[i]);
		cr_assert_eq(cli_lines_with(result.output.bytes, ""), 1, "%s", options[i]);
	}
}

Test(formats, a_histogram_is_of_number_signs_where_there_is_no_terminal)
{
	struct lab *lab = lab_with_ports();
	struct command_result result =
		cli(lab, "-q", "--hist", "-c", "10", "-i", "10ms", "--hold", "0", OPEN);
	json_t *bucket, *lines, *histogram;
	json_int_t count = 0;
	size_t i;

	expect_said(result.output.bytes, "  ##");
	expect_not_said(result.output.bytes, "█");
	lines = cli_json(
		cli(lab, "-q", "-j", "--hist", "-c", "10", "-i", "10ms", "--hold", "0", OPEN)
			.output.bytes);
	histogram = field(json_array_get(lines, 0), "histogram");
	json_array_foreach(histogram, i, bucket) count +=
		json_integer_value(field(bucket, "count"));
	cr_assert_eq(count, 10, "%s", record_text(json_array_get(lines, 0)));
}
