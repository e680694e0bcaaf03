// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tables of options and verdicts as parts of a man page. */
#include "user/share/generate_roff.h"

#include <stdio.h>

#include "user/app/options/option_table.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

/* Text for roff: what it would take for typography stays ASCII. */
static void put_roff(const char *text)
{
	static const struct {
		char plain;
		const char *escaped;
	} escapes[] = {{'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
		       {'^', "\\(ha"}, {'~', "\\(ti"},	{'\\', "\\e"}};

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

/* "-W, --timeout=S", and "-D, --timestamp[=FORMAT]", as --help has them. */
static void put_roff_names(const struct option_row *row)
{
	if (option_has_letter(row))
		printf("\\fB\\-%c\\fP, ", row->key);
	fputs("\\fB\\-\\-", stdout);
	put_roff(row->name);
	fputs("\\fP", stdout);
	if (!row->argument)
		return;
	fputs(option_has_optional_value(row) ? "[=\\fI" : "=\\fI", stdout);
	put_roff(row->argument);
	fputs(option_has_optional_value(row) ? "\\fP]" : "\\fP", stdout);
}

static void put_roff_rows(enum command command)
{
	struct option_row rows[OPTION_ROWS_MAX];
	size_t count = option_rows(command, rows);

	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &rows[i];

		if (!row->description)
			continue;
		printf(row->kind == KIND_HEADING ? ".SS " : ".TP\n");
		if (row->kind != KIND_HEADING) {
			put_roff_names(row);
			putchar('\n');
		}
		put_roff(row->description);
		putchar('\n');
	}
}

void roff_put_options(void)
{
	put_roff_rows(COMMAND_PROBE);
}

void roff_put_watch_options(void)
{
	put_roff_rows(COMMAND_WATCH);
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
void roff_put_verdicts(void)
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
