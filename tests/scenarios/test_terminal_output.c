/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a person at a terminal sees: keys, the line that says what is waited for, bars. */
#include <string.h>

#include "tests/scenarios/terminal.h"

#define OPEN	   LAB_PEER4 ":7000"
#define SILENT	   LAB_PEER4 ":7001"
#define CLEAR_LINE "\r\033[K"

static struct lab *lab_with_ports(void)
{
	struct lab *lab = scenario_lab();

	lab_peer_rule(lab, 7000, (struct peer_rule){.answer = PEER_SYN_ACK});
	return lab;
}

#define start(lab, terminal, ...)                                                                  \
	terminal_start(lab, (const char *const[]){cli_program(), __VA_ARGS__, NULL}, NULL, terminal)

/* Its second probe is an hour away: nothing else is said meanwhile. */
Test(terminal_output, control_backslash_tells_so_far_below_its_own_echo_again_and_again)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	start(lab, &terminal, "-c", "0", "-i", "1h", "--hold", "0", OPEN);
	terminal_await(&terminal, "open");
	terminal_await(&terminal, "ttl");
	terminal_type(&terminal, "\034");
	terminal_await(&terminal, "^\\\r\n" OPEN "   so far 1 probe: 1 open");
	terminal.said[0] = '\0';
	terminal_type(&terminal, "\034");
	terminal_await(&terminal, "^\\\r\n" OPEN "   so far 1 probe: 1 open");
	terminal_type(&terminal, "\003");
	cr_assert_eq(terminal_finish(&terminal), 0);
	expect_said(terminal.said, "\n" OPEN "   1 probe: 1 open");
}

Test(terminal_output, control_c_twice_ends_it_with_its_summary)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	start(lab, &terminal, "-c", "0", "-W", "600", SILENT, OPEN);
	terminal_await(&terminal, "no answer yet");
	terminal_type(&terminal, "\003\003");
	cr_assert_eq(terminal_finish(&terminal), 1);
	expect_said(terminal.said, "events lost 0");
}

/* Each line that is there to stay takes the live line's place. */
Test(terminal_output, the_live_line_gives_way_to_outstanding_probes_of_several_targets)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	start(lab, &terminal, "-O", "-c", "0", "-i", "1.5", "-W", "600", "--hold", "0", SILENT,
	      OPEN);
	terminal_await(&terminal, "no answer yet");
	terminal_await(&terminal, CLEAR_LINE SILENT "    1  ");
	terminal_await(&terminal, "no verdict yet");
	terminal_type(&terminal, "\003");
	cr_assert_eq(terminal_finish(&terminal), 1);
}

Test(terminal_output, the_live_line_is_there_when_only_changes_are_shown)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;

	start(lab, &terminal, "--changes", "-c", "0", "-i", "0.2", "-W", "600", "--hold", "0",
	      SILENT, OPEN);
	terminal_await(&terminal, "no answer yet");
	terminal_type(&terminal, "\003");
	cr_assert_eq(terminal_finish(&terminal), 1);
	cr_assert_eq(cli_lines_with(terminal.said, "ttl"), 1, "%s", terminal.said);
}

static size_t columns_of(const char *line)
{
	size_t columns = 0;

	for (; *line && *line != '\r' && *line != '\n'; line++)
		columns += ((unsigned char)*line & 0xc0) != 0x80;
	return columns;
}

Test(terminal_output, the_bars_of_a_histogram_fit_a_narrow_terminal)
{
	struct lab *lab = lab_with_ports();
	struct terminal terminal;
	size_t bars = 0;

	terminal_start(lab,
		       (const char *const[]){
			       "sh", "-c",
			       "stty cols 40 && exec \"$0\" -q --hist -c 20 -i 10ms --hold 0 " OPEN,
			       cli_program(), NULL},
		       NULL, &terminal);
	cr_assert_eq(terminal_finish(&terminal), 0);
	expect_said(terminal.said, "█");
	expect_not_said(terminal.said, "#");
	for (char *line = strtok(terminal.said, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strstr(line, " – "))
			continue;
		cr_assert_lt(columns_of(line), 40, "%s", line);
		bars++;
	}
	cr_assert_geq(bars, 1);
}
