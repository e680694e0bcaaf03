// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of options as parts of a shell's completion. */
#include "user/share/generate_shell.h"

#include <stdio.h>

#include "user/app/options/option_table.h"
#include "user/words/vocabulary.h"

/* "-W --timeout", joined by what a shell wants there. */
static void put_words(const struct option_row *row, const char *between)
{
	if (option_has_letter(row))
		printf("-%c%s", row->key, between);
	printf("--%s", row->name);
}

static void put_rows_words(enum command command)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t count = option_rows(command, rows);
	const char *between = "";

	for (size_t i = 0; i < count; i++) {
		if (rows[i].kind == KIND_HEADING || !rows[i].description)
			continue;
		fputs(between, stdout);
		put_words(&rows[i], " ");
		between = " ";
	}
}

void shell_put_option_words(void)
{
	put_rows_words(COMMAND_PROBE);
}

void shell_put_watch_option_words(void)
{
	put_rows_words(COMMAND_WATCH);
}

/* As the completion calls them. */
static const char *const values_names[] = {
	[VALUES_UNKNOWN] = "unknown",	  [VALUES_STATUS] = "status",
	[VALUES_TIMESTAMP] = "timestamp", [VALUES_INTERFACE] = "interface",
	[VALUES_NETNS] = "netns",	  [VALUES_FILE] = "file",
	[VALUES_TOPIC] = "topic",
};

/* The branches of a case: what follows the options that have a value. */
static void put_rows_cases(enum command command)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t count = option_rows(command, rows);

	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &rows[i];

		if (!row->argument || !row->description)
			continue;
		fputs("\t", stdout);
		put_words(row, " | ");
		printf(") echo %s%s ;;\n", option_has_optional_value(row) ? "attached-" : "",
		       values_names[row->values]);
	}
}

void shell_put_value_cases(void)
{
	put_rows_cases(COMMAND_PROBE);
}

void shell_put_watch_value_cases(void)
{
	put_rows_cases(COMMAND_WATCH);
}

/* A list as in a sentence, as one of a shell's words. */
static void put_list(const char *list)
{
	for (; *list; list++) {
		if (*list != ',')
			putchar(*list);
	}
}

void shell_put_statuses(void)
{
	char text[STATUSES_TEXT_MAX];

	put_list(statuses_text(text));
}

void shell_put_timestamps(void)
{
	put_list(OPTIONS_TIMESTAMPS);
}

void shell_put_topics(void)
{
	put_list(OPTIONS_TOPICS);
}
