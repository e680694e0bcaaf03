/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The vocabulary is complete, and agrees with what speaks of the same words. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/golden.h"
#include "user/core/verdict/verdict.h"
#include "user/render/verdicts.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define WORD_MAX 25 /* what people still type */

/* "icmp-host-tos": lower-case words joined by single dashes. */
static bool is_kebab_case(const char *word)
{
	return word && islower((unsigned char)*word) &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyz-") == strlen(word) && !strstr(word, "--") &&
	       word[strlen(word) - 1] != '-' && strlen(word) <= WORD_MAX;
}

static bool is_sentence(const char *text)
{
	return text && strlen(text) > 10 && isupper((unsigned char)*text) &&
	       text[strlen(text) - 1] == '.' && !strstr(text, ". ");
}

static bool is_phrase(const char *text)
{
	return text && strlen(text) > 5 && text[strlen(text) - 1] != '.' &&
	       !isspace((unsigned char)*text);
}

Test(vocabulary, every_status_has_a_complete_row)
{
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		cr_expect(is_kebab_case(status_rows[status].word), "status %d: '%s'", status,
			  status_name(status));
		cr_expect(is_sentence(status_rows[status].meaning), "%s", status_name(status));
		cr_expect_eq(status_parse(status_name(status)), (int)status);
		cr_expect_eq(status_rows[status].is_reserved, status == STATUS_UNPROVEN, "%s",
			     status_name(status));
	}
}

Test(vocabulary, every_reason_has_a_complete_row)
{
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		const struct reason_row *row = &reason_rows[reason];

		cr_expect(is_kebab_case(row->word), "reason %d: '%s'", reason, reason_name(reason));
		cr_expect(is_sentence(row->meaning), "%s", reason_name(reason));
		cr_expect(is_phrase(row->proof), "%s", reason_name(reason));
		cr_expect(!row->next || is_phrase(row->next), "%s", reason_name(reason));
		cr_expect(row->statuses && row->statuses < 1u << STATUS_COUNT, "%s",
			  reason_name(reason));
	}
}

Test(vocabulary, every_note_and_amendment_has_a_complete_row)
{
	for (unsigned bit = 0; bit < NOTE_COUNT; bit++) {
		cr_expect(is_kebab_case(note_rows[bit].word), "note %u", bit);
		cr_expect(is_sentence(note_rows[bit].meaning), "note %u", bit);
		cr_expect_str_eq(note_name((enum note)(1u << bit)), note_rows[bit].word);
	}
	for (int kind = 1; kind < AMENDMENT_COUNT; kind++) {
		cr_expect(is_kebab_case(amendment_rows[kind].word), "amendment %d", kind);
		cr_expect(is_sentence(amendment_rows[kind].meaning), "amendment %d", kind);
	}
}

/* Reasons among themselves, and so on: a status and its only reason may share a word. */
Test(vocabulary, no_word_is_there_twice)
{
	for (int status = 0; status < STATUS_COUNT; status++)
		for (int other = 0; other < status; other++)
			cr_expect_str_neq(status_name((enum status)status),
					  status_name((enum status)other));
	for (int reason = 0; reason < REASON_COUNT; reason++)
		for (int other = 0; other < reason; other++)
			cr_expect_str_neq(reason_name((enum reason)reason),
					  reason_name((enum reason)other));
	for (int bit = 0; bit < NOTE_COUNT; bit++)
		for (int other = 0; other < bit; other++)
			cr_expect_str_neq(note_rows[bit].word, note_rows[other].word);
	for (int kind = 1; kind < AMENDMENT_COUNT; kind++)
		for (int other = 1; other < kind; other++)
			cr_expect_str_neq(amendment_rows[kind].word, amendment_rows[other].word);
}

Test(vocabulary, what_is_in_no_table_is_unknown)
{
	cr_expect_str_eq(status_name(STATUS_COUNT), "unknown");
	cr_expect_str_eq(reason_name(REASON_COUNT), "unknown");
	cr_expect_str_eq(note_name((enum note)0), "unknown");
	cr_expect_str_eq(note_name((enum note)(1u << NOTE_COUNT)), "unknown");
	cr_expect_str_eq(amendment_name((enum amendment_kind)0), "unknown");
	cr_expect_str_eq(amendment_name(AMENDMENT_COUNT), "unknown");
}

Test(vocabulary, every_status_has_a_reason)
{
	for (enum status status = 0; status < STATUS_COUNT; status++) {
		bool has_reason = false;

		for (enum reason reason = 0; reason < REASON_COUNT; reason++)
			has_reason |= reason_comes_with(reason, status);
		cr_expect(has_reason, "%s", status_name(status));
	}
}

/* "ICMP 3/1" does not begin "ICMP 3/13". */
static bool names_code(const char *proof, const char *code)
{
	for (const char *at = strstr(proof, code); at; at = strstr(at + 1, code))
		if (!isdigit((unsigned char)at[strlen(code)]))
			return true;
	return false;
}

static void expect_code(int family, unsigned type, unsigned code)
{
	const struct icmp_meaning *meaning = icmp_meaning(family, (uint8_t)type, (uint8_t)code);
	char text[32];

	snprintf(text, sizeof(text), "ICMP%s %u/%u", family == AF_INET ? "" : "v6", type, code);
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		bool is_meant = meaning && meaning->reason == reason;

		cr_expect_eq(names_code(reason_rows[reason].proof, text), is_meant, "%s and %s",
			     reason_name(reason), text);
		cr_expect(!is_meant || reason_rows[reason].statuses == 1u << meaning->status, "%s",
			  reason_name(reason));
	}
}

Test(vocabulary, icmp_reasons_name_exactly_the_types_and_codes_that_have_that_meaning)
{
	for (unsigned type = 0; type < 256; type++) {
		for (unsigned code = 0; code < 256; code++) {
			expect_code(AF_INET, type, code);
			expect_code(AF_INET6, type, code);
		}
	}
}

/* The page without its wrapping. */
static char *page(void)
{
	struct output output;
	char *text, *to;

	output_begin(&output);
	verdicts_write_text(output.stream);
	text = strdup(output_end(&output));
	cr_assert(text);
	output_free(&output);
	to = text;
	for (const char *from = text; *from; from++)
		if (!isspace((unsigned char)*from) || (to > text && to[-1] != ' '))
			*to++ = isspace((unsigned char)*from) ? ' ' : *from;
	*to = '\0';
	return text;
}

Test(vocabulary, the_page_says_all_of_every_row)
{
	char *text = page();

	for (enum status status = 0; status < STATUS_COUNT; status++)
		cr_expect_not_null(strstr(text, status_rows[status].meaning), "%s",
				   status_name(status));
	for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
		const struct reason_row *row = &reason_rows[reason];
		char expected[1024];

		snprintf(expected, sizeof(expected), " %s %s Proof: %s %s%s", row->word,
			 row->meaning, row->proof, row->next ? "Next: " : "",
			 row->next ? row->next : "");
		cr_expect_not_null(strstr(text, expected), "'%s' is missing", expected);
	}
	for (unsigned bit = 0; bit < NOTE_COUNT; bit++)
		cr_expect_not_null(strstr(text, note_rows[bit].meaning), "%s", note_rows[bit].word);
	for (int kind = 1; kind < AMENDMENT_COUNT; kind++)
		cr_expect_not_null(strstr(text, amendment_rows[kind].meaning), "%s",
				   amendment_rows[kind].word);
	free(text);
}

static bool is_reason_of(const char *word, enum status status)
{
	for (enum reason reason = 0; reason < REASON_COUNT; reason++)
		if (!strcmp(word, reason_name(reason)))
			return reason_comes_with(reason, status);
	return false;
}

/*
 * What stands between backticks is a reason, unless it is an option ("-w") or a pattern ("icmp-*").
 */
static void expect_reasons(char *cell, enum status status)
{
	for (char *word = strchr(cell, '`'), *end; word; word = strchr(end + 1, '`')) {
		end = strchr(word + 1, '`');
		cr_assert(end, "%s", cell);
		*end = '\0';
		if (islower((unsigned char)word[1]) && !strchr(word, '*'))
			cr_expect(is_reason_of(word + 1, status), "README: %s comes with %s",
				  status_name(status), word + 1);
	}
}

/* "| open | a SYN-ACK … |": returns the status. */
static int expect_readme_row(char *line)
{
	char *end = strchr(line + 2, ' ');
	int status;

	cr_assert(end, "%s", line);
	*end = '\0';
	status = status_parse(line + 2);
	cr_assert_geq(status, 0, "README: '%s' is no status", line + 2);
	expect_reasons(end + 1, (enum status)status);
	return status;
}

Test(vocabulary, the_table_of_the_readme_has_every_status_once_and_only_words_that_exist)
{
	const char *root = getenv("KTCPING_ROOT");
	unsigned seen[STATUS_COUNT] = {0};
	bool is_within = false;
	char line[4096];
	FILE *file;

	snprintf(line, sizeof(line), "%s/README.md", root ? root : ".");
	file = fopen(line, "r");
	cr_assert(file, "%s", line);
	while (fgets(line, sizeof(line), file)) {
		is_within = is_within ? line[0] == '|' : !strncmp(line, "| status |", 10);
		if (is_within && strncmp(line, "| status |", 10) != 0 && line[1] != '-')
			seen[expect_readme_row(line)]++;
	}
	fclose(file);
	for (enum status status = 0; status < STATUS_COUNT; status++)
		cr_expect_eq(seen[status], !status_rows[status].is_reserved, "README: %s",
			     status_name(status));
}
