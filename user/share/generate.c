// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fills in a template from the tables of options and verdicts: stdin to stdout, @WORD@ by what the word stands for. An unknown word is an error, so that no template can
 * ask for what is not there.
 */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/options/options_table.h"
#include "user/app/options/version.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define LINE_MAX_BYTES 4096

/* Text for roff: what it would take for typography stays ASCII. */
static void put_roff(const char *text)
{
	static const struct {
		char plain;
		const char *escaped;
	} escapes[] = {{'-', "\\-"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'\\', "\\e"}};

	/* A dot that begins a line would begin a request. */
	if (*text == '.')
		fputs("\\&", stdout);
	for (; *text; text++) {
		const char *shown = NULL;

		for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
			if (*text == escapes[i].plain)
				shown = escapes[i].escaped;
		}
		if (shown)
			fputs(shown, stdout);
		else
			putchar(*text);
	}
}

static bool has_letter(const struct option_row *row)
{
	return row->key < OPTION_SKIP_BAD;
}

static bool has_optional_value(const struct option_row *row)
{
	return row->argp_flags & OPTION_ARG_OPTIONAL;
}

/* "-W, --timeout=S", and "-D, --timestamp[=FORMAT]", as --help has them. */
static void put_roff_names(const struct option_row *row)
{
	if (has_letter(row))
		printf("\\fB\\-%c\\fP, ", row->key);
	fputs("\\fB\\-\\-", stdout);
	put_roff(row->name);
	fputs("\\fP", stdout);
	if (!row->argument)
		return;
	fputs(has_optional_value(row) ? "[=\\fI" : "=\\fI", stdout);
	put_roff(row->argument);
	fputs(has_optional_value(row) ? "\\fP]" : "\\fP", stdout);
}

static void put_roff_rows(const struct option_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &rows[i];

		if (!row->description)
			continue;
		printf(row->kind == OPTION_IS_HEADING ? ".SS " : ".TP\n");
		if (row->kind != OPTION_IS_HEADING) {
			put_roff_names(row);
			putchar('\n');
		}
		put_roff(row->description);
		putchar('\n');
	}
}

static void put_roff_options(void)
{
	put_roff_rows(option_rows, option_row_count);
}

static void put_roff_watch_options(void)
{
	put_roff_rows(watch_rows, watch_row_count);
}

static void put_roff_line(const char *before, const char *text)
{
	fputs(before, stdout);
	put_roff(text);
	putchar('\n');
}

static void put_roff_words(const char *heading, const struct word_row *rows, size_t count)
{
	put_roff_line(".SS ", heading);
	for (size_t i = 0; i < count; i++) {
		if (!rows[i].word)
			continue;
		put_roff_line(".TP\n.B ", rows[i].word);
		put_roff_line("", rows[i].meaning);
	}
}

static void put_roff_reason(const struct reason_row *row)
{
	put_roff_line(".TP\n.B ", row->word);
	put_roff_line("", row->meaning);
	put_roff_line(".br\nProof: ", row->proof);
	if (row->next)
		put_roff_line(".br\nNext: ", row->next);
}

/* As --help verdicts has them. */
static void put_roff_verdicts(void)
{
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		put_roff_line(".SS ", status_rows[status].word);
		put_roff_line("", status_rows[status].meaning);
		for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
			if (reason_comes_with(reason, status))
				put_roff_reason(&reason_rows[reason]);
		}
	}
	put_roff_words("Notes", note_rows, NOTE_COUNT);
	put_roff_words("Amendments", amendment_rows, AMENDMENT_COUNT);
}

/* "-W --timeout", joined by what a shell wants there. */
static void put_words(const struct option_row *row, const char *between)
{
	if (has_letter(row))
		printf("-%c%s", row->key, between);
	printf("--%s", row->name);
}

static void put_rows_words(const struct option_row *rows, size_t count)
{
	const char *between = "";

	for (size_t i = 0; i < count; i++) {
		if (rows[i].kind == OPTION_IS_HEADING || !rows[i].description)
			continue;
		fputs(between, stdout);
		put_words(&rows[i], " ");
		between = " ";
	}
}

static void put_option_words(void)
{
	put_rows_words(option_rows, option_row_count);
}

static void put_watch_option_words(void)
{
	put_rows_words(watch_rows, watch_row_count);
}

static const char *values_name(enum option_values values)
{
	switch (values) {
	case VALUES_UNKNOWN:
		return "unknown";
	case VALUES_STATUS:
		return "status";
	case VALUES_TIMESTAMP:
		return "timestamp";
	case VALUES_DEVICE:
		return "device";
	case VALUES_NETNS:
		return "netns";
	case VALUES_FILE:
		return "file";
	case VALUES_TOPIC:
		return "topic";
	}
	return "unknown";
}

/* The branches of a case: what follows the options that have a value. */
static void put_rows_cases(const struct option_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &rows[i];

		if (!row->argument || !row->description)
			continue;
		fputs("\t", stdout);
		put_words(row, " | ");
		printf(") echo %s%s ;;\n", has_optional_value(row) ? "attached-" : "", values_name(row->values));
	}
}

static void put_value_cases(void)
{
	put_rows_cases(option_rows, option_row_count);
}

static void put_watch_value_cases(void)
{
	put_rows_cases(watch_rows, watch_row_count);
}

/* A list as in a sentence, as one of a shell's words. */
static void put_list(const char *list)
{
	for (; *list; list++) {
		if (*list != ',')
			putchar(*list);
	}
}

static void put_statuses(void)
{
	char text[STATUSES_TEXT_MAX];

	put_list(statuses_text(text));
}

static void put_timestamps(void)
{
	put_list(OPTIONS_TIMESTAMPS);
}

static void put_topics(void)
{
	put_list(OPTIONS_TOPICS);
}

static void put_version(void)
{
	fputs(VERSION_TEXT, stdout);
}

static const struct {
	const char *word;
	void (*put)(void);
	bool is_lines; /* whole ones: the word's own line ends with them */
} words[] = {
	{"@ROFF_WATCH_OPTIONS@", put_roff_watch_options, true},
	{"@WATCH_VALUE_CASES@", put_watch_value_cases, true},
	{"@WATCH_OPTION_WORDS@", put_watch_option_words, false},
	{"@ROFF_OPTIONS@", put_roff_options, true},
	{"@VALUE_CASES@", put_value_cases, true},
	{"@OPTION_WORDS@", put_option_words, false},
	{"@STATUSES@", put_statuses, false},
	{"@TIMESTAMPS@", put_timestamps, false},
	{"@VERSION@", put_version, false},
	{"@ROFF_VERDICTS@", put_roff_verdicts, true},
	{"@TOPICS@", put_topics, false},
};

/* Returns behind the word that text begins with, having put what it stands for; NULL: it is none. */
static const char *put_word(const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].word);

		if (strncmp(text, words[i].word, length) != 0)
			continue;
		words[i].put();
		return text + length + (words[i].is_lines && text[length] == '\n');
	}
	return NULL;
}

static bool put_line(const char *line)
{
	while (*line) {
		if (line[0] != '@' || line[1] < 'A' || line[1] > 'Z') {
			putchar(*line++);
			continue;
		}
		line = put_word(line);
		if (!line)
			return false;
	}
	return true;
}

int main(void)
{
	char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		if (put_line(line))
			continue;
		fprintf(stderr, "generate: the template has a word that stands for nothing: %s", line);
		return EXIT_FAILURE;
	}
	return fflush(stdout) || ferror(stdin) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
