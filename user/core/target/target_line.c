/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "user/core/target/target_line.h"

/* Comment off, then word by word. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "user/core/target/target_word.h"

#define BLANKS	  " \t"
#define WORDS_MAX 2
#define FORMS	  "a line is HOST, HOST:PORT or HOST with a list of ports (22,80,8000-8010)"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t comment_begin(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (line[i] == '#' && (i == 0 || is_blank(line[i - 1])))
			return i;
	}
	return length;
}

/* text has length bytes and a NUL behind them. */
static int bytes_check(const char *text, size_t length, struct error *ret_error)
{
	size_t step;

	for (size_t i = 0; i < length; i += step) {
		step = is_blank(text[i]) ? 1 : word_character_length(text + i);
		if (step == 0 && text[i] == '\0')
			return error_set(ret_error, -EINVAL,
					 "cannot take the line: byte %zu is a NUL, as in UTF-16 "
					 "and in files that are no text; give UTF-8 text",
					 i + 1);
		if (step == 0)
			return error_set(ret_error, -EINVAL,
					 "cannot take the line: byte %zu is a control character, "
					 "no plain space or no UTF-8; give UTF-8 text",
					 i + 1);
	}
	return 0;
}

/* Cuts text into words. Returns how many; ret_words gets the first WORDS_MAX. */
static size_t words_split(char *text, char **ret_words)
{
	size_t count = 0;

	for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
		if (count < WORDS_MAX)
			ret_words[count] = text;
		count++;
		text += strcspn(text, BLANKS);
		if (*text)
			*text++ = '\0';
	}
	return count;
}

static int line_split(const char *text, struct word *ret_word, struct error *ret_error)
{
	struct word word = {0};
	int result = word_split(text, &word, ret_error);

	if (result < 0)
		return result;
	if (word_is_number(word.host, word.host_length))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.20s' as a host: it is a bare number; " FORMS,
				 text);
	*ret_word = word;
	return 0;
}

static int host_with_list(const struct word *word, const char *list, target_service_lookup lookup,
			  struct host *ret_host, struct error *ret_error)
{
	struct port_list ports = {0};
	int result;

	if (word->port)
		return error_set(ret_error, -EINVAL,
				 "cannot tell what '%.60s' after '%.60s' means: that target has a "
				 "port already; " FORMS ", and each host has a line of its own",
				 list, word->text);
	result = port_list_parse(list, lookup, &ports, ret_error);
	if (result < 0)
		return error_prefix(
			ret_error, result,
			"only ports can come after '%.60s', for each host has a line of its own",
			word->text);
	result = word_to_host(word, &ports, lookup, ret_host, ret_error);
	port_list_release(&ports);
	return result;
}

/* text is changed. */
static int text_parse(char *text, const struct port_list *ports, target_service_lookup lookup,
		      struct host *ret_host, struct error *ret_error)
{
	char *words[WORDS_MAX] = {NULL};
	size_t count = words_split(text, words);
	struct word word = {0};
	int result;

	if (count == 0)
		return 0;
	if (count > WORDS_MAX)
		return error_set(
			ret_error, -EINVAL,
			"cannot take the line that begins '%.60s %.60s': it has %zu words; " FORMS
			" without spaces in the list, and a comment begins with #",
			words[0], words[1], count);
	result = line_split(words[0], &word, ret_error);
	if (result == 0)
		result = count == 1 ? word_to_host(&word, ports, lookup, ret_host, ret_error)
				    : host_with_list(&word, words[1], lookup, ret_host, ret_error);
	return result < 0 ? result : 1;
}

int host_parse_line(const char *line, size_t length, const struct port_list *ports,
		    target_service_lookup lookup, struct host *ret_host, struct error *ret_error)
{
	size_t kept = comment_begin(line, length);
	char *text = malloc(kept + 1);
	int result;

	if (!text)
		return error_set(ret_error, -ENOMEM, "there is no memory for a line of %zu bytes",
				 kept);
	memcpy(text, line, kept);
	text[kept] = '\0';
	result = bytes_check(text, kept, ret_error);
	if (result == 0)
		result = text_parse(text, ports, lookup, ret_host, ret_error);
	free(text);
	return result;
}
