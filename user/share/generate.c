// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fills in a template from the tables of options and verdicts: stdin to stdout, @WORD@ by what the
 * word stands for. An unknown word is an error, so that no template can ask for what is not there.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/options/version.h"
#include "user/share/generate_roff.h"
#include "user/share/generate_shell.h"

#define LINE_MAX_BYTES 4096

static void put_version(void)
{
	fputs(VERSION_TEXT, stdout);
}

static const struct {
	const char *word;
	void (*put)(void);
	bool is_lines; /* whole ones: the word's own line ends with them */
} words[] = {
	{"@ROFF_WATCH_OPTIONS@", roff_put_watch_options, true},
	{"@WATCH_VALUE_CASES@", shell_put_watch_value_cases, true},
	{"@WATCH_OPTION_WORDS@", shell_put_watch_option_words, false},
	{"@ROFF_OPTIONS@", roff_put_options, true},
	{"@VALUE_CASES@", shell_put_value_cases, true},
	{"@OPTION_WORDS@", shell_put_option_words, false},
	{"@STATUSES@", shell_put_statuses, false},
	{"@TIMESTAMPS@", shell_put_timestamps, false},
	{"@VERSION@", put_version, false},
	{"@ROFF_VERDICTS@", roff_put_verdicts, true},
	{"@TOPICS@", shell_put_topics, false},
};

/* Puts what the word at text stands for. Returns what follows it; NULL: it is none. */
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
		fprintf(stderr, "generate: the template has a word that stands for nothing: %s",
			line);
		return EXIT_FAILURE;
	}
	return fflush(stdout) || ferror(stdin) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
