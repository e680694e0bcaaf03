/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `--help verdicts`: how it can be asked for, that it lists every word, and that the man page says
 * the same. No lab, no root.
 */
#include "tests/scenarios/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define PAGE	  ".output/share/ktcping.8"
#define TEXT_MAX  65536
#define LINE_SIZE 4096

/* A line that has just this word, behind spaces. */
static bool has_line(const char *text, const char *word)
{
	for (const char *line = text, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		cr_assert(end);
		line += strspn(line, " ");
		if ((size_t)(end - line) == strlen(word) && !strncmp(line, word, strlen(word)))
			return true;
	}
	return false;
}

Test(vocabulary, help_verdicts_lists_every_status_reason_note_and_amendment)
{
	struct command_result help = cli(NULL, "--help", "verdicts");

	expect_status(help, 0);
	cr_expect_str_empty(help.errors.bytes);
	for (int i = 0; i < STATUS_COUNT; i++)
		cr_expect(has_line(help.output.bytes, status_name((enum status)i)), "%s",
			  status_name((enum status)i));
	for (int i = 0; i < REASON_COUNT; i++)
		cr_expect(has_line(help.output.bytes, reason_name((enum reason)i)), "%s",
			  reason_name((enum reason)i));
	for (int i = 0; i < NOTE_COUNT; i++)
		cr_expect(has_line(help.output.bytes, note_rows[i].word), "%s", note_rows[i].word);
	for (int i = 1; i < AMENDMENT_COUNT; i++)
		cr_expect(has_line(help.output.bytes, amendment_rows[i].word), "%s",
			  amendment_rows[i].word);
}

Test(vocabulary, help_verdicts_fits_a_terminal_of_80_columns)
{
	struct command_result help = cli(NULL, "--help", "verdicts");

	for (const char *line = help.output.bytes, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		cr_assert(end);
		cr_expect_lt(end - line, 80, "%.*s", (int)(end - line), line);
	}
}

Test(vocabulary, the_topic_may_follow_the_option_in_every_way)
{
	static const char *const ways[][4] = {{"--help=verdicts"},
					      {"-h", "verdicts"},
					      {"-hverdicts"},
					      {"probe", "--help", "verdicts"},
					      {"-qh", "verdicts"}};
	struct command_result help = cli(NULL, "--help", "verdicts");

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct command_result result = cli(NULL, ways[i][0], ways[i][1], ways[i][2]);

		expect_status(result, 0);
		cr_expect_str_eq(result.output.bytes, help.output.bytes, "%s", ways[i][0]);
	}
}

Test(vocabulary, help_without_a_topic_is_the_list_of_options_and_mentions_the_topic)
{
	struct command_result alone = cli(NULL, "--help"), among = cli(NULL, "-h", "-c", "2"),
			      behind = cli(NULL, "verdicts", "--help");

	expect_status(alone, 0);
	expect_status(among, 0);
	expect_status(behind, 0);
	expect_said(alone.output.bytes, "--count=N");
	expect_said(alone.output.bytes, "--help verdicts");
	cr_expect_str_eq(among.output.bytes, alone.output.bytes);
	cr_expect_str_eq(behind.output.bytes, alone.output.bytes);
}

Test(vocabulary, an_unknown_topic_is_a_usage_error_that_lists_the_topics)
{
	struct command_result behind = cli(NULL, "--help", "verdict"),
			      attached = cli(NULL, "--help=");

	expect_status(behind, 3);
	expect_status(attached, 3);
	cr_expect_str_empty(behind.output.bytes);
	expect_said(behind.errors.bytes, "'verdict' is no topic; there is: verdicts");
	expect_said(attached.errors.bytes, "'' is no topic");
}

Test(vocabulary, a_reader_who_has_seen_enough_is_no_error_and_a_full_disk_is_one)
{
	struct command_result closed = cli_shell(
		NULL, "{ sleep 0.3; \"$0\" --help verdicts; echo \"status $?\" >&2; } | true");
	struct command_result full = cli_shell(NULL, "\"$0\" --help verdicts >/dev/full");

	expect_status(closed, 0);
	cr_expect_str_eq(closed.errors.bytes, "status 0\n");
	expect_status(full, 4);
	expect_said(full.errors.bytes, "cannot write the output");
}

/* One space between words, whatever the lines were. */
static void append_words(char *words, const char *text)
{
	size_t used = strlen(words);

	for (; *text; text++) {
		cr_assert_lt(used, TEXT_MAX - 2);
		if (!isspace((unsigned char)*text))
			words[used++] = *text;
		else if (used && words[used - 1] != ' ')
			words[used++] = ' ';
	}
	words[used] = '\0';
}

/* The text of one line of roff: its request and its escapes are gone. */
static void append_roff(char *words, const char *line)
{
	static const char *const escapes[][2] = {{"\\-", "-"},	 {"\\&", ""},	 {"\\(aq", "'"},
						 {"\\(ga", "`"}, {"\\(ha", "^"}, {"\\(ti", "~"},
						 {"\\e", "\\"}};
	char plain[LINE_SIZE];
	size_t used = 0;

	if (*line == '.')
		line += strcspn(line, " \n");
	while (*line) {
		size_t i = 0, count = sizeof(escapes) / sizeof(escapes[0]);

		while (i < count && strncmp(line, escapes[i][0], strlen(escapes[i][0])) != 0)
			i++;
		used += (size_t)snprintf(plain + used, sizeof(plain) - used, "%.*s", 1,
					 i < count ? escapes[i][1] : line);
		line += i < count ? strlen(escapes[i][0]) : 1;
	}
	append_words(words, plain);
}

static void read_page(char *words)
{
	const char *root = getenv("KTCPING_ROOT");
	bool is_within = false;
	char line[LINE_SIZE];
	FILE *file;

	snprintf(line, sizeof(line), "%s/" PAGE, root ? root : ".");
	file = fopen(line, "r");
	cr_assert(file, "%s", line);
	/* Before the first status the page and the help each introduce themselves. */
	while (fgets(line, sizeof(line), file)) {
		is_within = is_within ? strncmp(line, ".SH", 3) != 0 : !strcmp(line, ".SS open\n");
		if (is_within)
			append_roff(words, line);
	}
	fclose(file);
}

Test(vocabulary, help_verdicts_and_man_page_have_the_same_words)
{
	static char told[TEXT_MAX], written[TEXT_MAX];
	struct command_result help = cli(NULL, "--help", "verdicts");
	const char *first = strstr(help.output.bytes, "\nopen\n");

	cr_assert(first);
	append_words(told, first + 1);
	read_page(written);
	cr_assert_gt(strlen(told), 8000);
	cr_assert_str_eq(told, written);
}

Test(vocabulary, the_introductions_of_help_verdicts_and_man_page_are_the_same)
{
	static char told[TEXT_MAX], page[TEXT_MAX];
	struct command_result help = cli(NULL, "--help", "verdicts"),
			      written = cli_shell(NULL, "cat \"${KTCPING_ROOT:-.}\"/" PAGE);
	char *first = strstr(help.output.bytes, "\n\nopen\n");

	cr_assert(first);
	*first = '\0';
	append_words(told, help.output.bytes);
	append_words(page, written.output.bytes);
	expect_said(page, told);
}
