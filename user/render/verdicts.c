// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The vocabulary of verdicts: a status stands at the margin, its reasons below it, and what is said
 * of each once more to the right.
 */
#include "user/render/verdicts.h"

#include "user/render/line.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define COLUMNS	      80
#define REASON_COLUMN 2
#define TEXT_COLUMN   6

static const char introduction[] = "A verdict is a status and a reason, both of them stable words. "
				   "Below each status are the reasons it comes "
				   "with: what the word means, what proves it, and what to look at "
				   "next. ISN is the sequence number of our "
				   "SYN.";

/* "Proof: a SYN left by a device …"; what does not fit goes on below the text. */
static void write_text(FILE *out, size_t column, const char *label, const char *text)
{
	struct line line = {.out = out};

	line_reach(&line, column, 0);
	line_put(&line, label);
	line_put_wrapped(&line, text, line.column, COLUMNS);
	line_end(&line);
}

static void write_word(FILE *out, const char *word, const char *meaning)
{
	write_text(out, REASON_COLUMN, "", word);
	write_text(out, TEXT_COLUMN, "", meaning);
}

static void write_reason(FILE *out, const struct reason_row *row)
{
	write_word(out, row->word, row->meaning);
	write_text(out, TEXT_COLUMN, "Proof: ", row->proof);
	if (row->next)
		write_text(out, TEXT_COLUMN, "Next:  ", row->next);
}

static void write_status(FILE *out, enum status status)
{
	fputc('\n', out);
	write_text(out, 0, "", status_rows[status].word);
	write_text(out, REASON_COLUMN, "", status_rows[status].meaning);
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		if (!reason_comes_with(reason, status))
			continue;
		fputc('\n', out);
		write_reason(out, &reason_rows[reason]);
	}
}

static void write_words(FILE *out, const char *heading, const struct word_row *rows, size_t count)
{
	fprintf(out, "\n%s\n", heading);
	for (size_t i = 0; i < count; i++)
		if (rows[i].word)
			write_word(out, rows[i].word, rows[i].meaning);
}

void verdicts_write_text(FILE *out)
{
	write_text(out, 0, "", introduction);
	for (enum status status = 0; status < STATUS_COUNT; status++)
		write_status(out, status);
	write_words(out, "Notes", note_rows, NOTE_COUNT);
	write_words(out, "Amendments", amendment_rows, AMENDMENT_COUNT);
}
