// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* All lines are found first, and handed on by run and number. */
#include "user/io/files/recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/io/files/pcapng.h"
#include "user/io/files/pcapng_read.h"
#include "user/io/files/trace.h"

#define COMMENT_WORD "ktcping "
#define RUN_DIGITS   16

struct recorded {
	uint64_t run;
	uint64_t sequence;
	uint64_t found; /* its place in the file: of a line that is there twice, the first counts */
	char *line;
};

struct recording {
	struct recorded *events;
	size_t count;
	size_t size;
	size_t next;
	unsigned runs;
	bool is_damaged;
	struct error damage;
	char line[TRACE_LINE_MAX]; /* of the event handed on last: its strings are in it */
};

static int keep(struct recording *recording, const struct recorded *event, const char *line,
		size_t length)
{
	size_t size = recording->size ? 2 * recording->size : 1024;

	if (recording->count == recording->size) {
		struct recorded *events = realloc(recording->events, size * sizeof(*events));

		if (!events)
			return -ENOMEM;
		recording->events = events;
		recording->size = size;
	}
	recording->events[recording->count] = *event;
	recording->events[recording->count].found = recording->count;
	recording->events[recording->count].line = strndup(line, length);
	return recording->events[recording->count++].line ? 0 : -ENOMEM;
}

/* Up to the byte behind it; false when it is no number. */
static bool parse_number(const char **text, const char *end, unsigned base, uint64_t *ret_number)
{
	const char *begin = *text;
	char digits[24], *stop;
	size_t length = 0;

	while (begin + length < end && length < sizeof(digits) - 1 &&
	       strchr("0123456789abcdef", begin[length]) && begin[length])
		length++;
	memcpy(digits, begin, length);
	digits[length] = '\0';
	errno = 0;
	*ret_number = strtoull(digits, &stop, (int)base);
	*text = begin + length;
	return length && !*stop && !errno;
}

/* "ktcping RUN/SEQ LINE" */
static int take_comment(struct recording *recording, const char *text, size_t count)
{
	const char *end = text + count, *at = text + strlen(COMMENT_WORD);
	struct recorded event = {0};

	if (count < strlen(COMMENT_WORD) || memcmp(text, COMMENT_WORD, strlen(COMMENT_WORD)) != 0 ||
	    !parse_number(&at, end, 16, &event.run) || at == end || *at++ != '/' ||
	    !parse_number(&at, end, 10, &event.sequence) || at == end || *at++ != ' ')
		return 0;
	return keep(recording, &event, at, (size_t)(end - at));
}

static int take_packet(struct recording *recording, const struct pcapng_reader *reader,
		       const struct pcapng_block *block)
{
	struct pcapng_capture capture;
	struct pcapng_option option;
	int result = 0;

	if (!pcapng_capture(reader, block, &capture))
		return 0;
	while (result == 0 && pcapng_next_option(reader, block, &capture.options, &option))
		if (option.code == PCAPNG_COMMENT)
			result = take_comment(recording, (const char *)option.bytes, option.count);
	return result;
}

static bool is_named(const struct journal_entry *entry, const char *name)
{
	return entry->name_length == strlen(name) &&
	       memcmp(entry->name, name, entry->name_length) == 0;
}

static int take_journal(struct recording *recording, const struct pcapng_block *block)
{
	struct journal_entry entry, line = {0};
	struct recorded event = {0};
	bool has_run = false, has_sequence = false;
	size_t position = 0;

	while (journal_next(block, &position, &entry)) {
		const char *value = entry.value, *end = value + entry.value_length;

		if (is_named(&entry, "KTCPING_RUN"))
			has_run = parse_number(&value, end, 16, &event.run);
		else if (is_named(&entry, "KTCPING_SEQ"))
			has_sequence = parse_number(&value, end, 10, &event.sequence);
		else if (is_named(&entry, "KTCPING_EVENT"))
			line = entry;
	}
	if (!has_run || !has_sequence || !line.value)
		return 0;
	return keep(recording, &event, line.value, line.value_length);
}

static int read_all(struct recording *recording, FILE *in, struct error *ret_error)
{
	struct pcapng_reader reader = {.in = in};
	struct pcapng_block block;
	int result;

	while ((result = pcapng_read(&reader, &block, ret_error)) == 1) {
		result = block.type == PCAPNG_PACKET	? take_packet(recording, &reader, &block)
			 : block.type == PCAPNG_JOURNAL ? take_journal(recording, &block)
							: 0;
		if (result < 0) {
			error_set(ret_error, result, "out of memory");
			break;
		}
	}
	pcapng_reader_release(&reader);
	if (result != -EBADMSG)
		return result;
	recording->is_damaged = true;
	recording->damage = *ret_error;
	return 0;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b)
{
	const struct recorded *one = a, *other = b;
	int order = compare_numbers(one->run, other->run);

	if (!order)
		order = compare_numbers(one->sequence, other->sequence);
	return order ? order : compare_numbers(one->found, other->found);
}

static int load(struct recording *recording, const char *path, struct error *ret_error)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *in = is_stdin ? stdin : fopen(path, "re");
	struct error error = {""};
	int result;

	if (!in)
		return error_set(ret_error, -errno, "%s cannot be opened: %s", path,
				 strerror(errno));
	result = read_all(recording, in, &error);
	if (!is_stdin)
		fclose(in);
	if (result < 0)
		return error_set(ret_error, result, "%s cannot be replayed: %s", path, error.text);
	if (!recording->count)
		return error_set(
			ret_error, -EINVAL,
			"%s has no event that ktcping recorded; packets alone are no proof", path);
	qsort(recording->events, recording->count, sizeof(*recording->events), compare);
	return 0;
}

struct recording *recording_open(const char *path, struct error *ret_error)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int result = recording ? load(recording, path, ret_error)
			       : error_set(ret_error, -ENOMEM, "out of memory");

	if (result == 0)
		return recording;
	recording_free(recording);
	errno = -result;
	return NULL;
}

void recording_free(struct recording *recording)
{
	if (!recording)
		return;
	for (size_t i = 0; i < recording->count; i++)
		free(recording->events[i].line);
	free(recording->events);
	free(recording);
}

const char *recording_damage(const struct recording *recording)
{
	return recording->is_damaged ? recording->damage.text : NULL;
}

static bool is_same(const struct recorded *a, const struct recorded *b)
{
	return a->run == b->run && a->sequence == b->sequence;
}

int recording_next(struct recording *recording, struct event *ret_event, unsigned *ret_run,
		   struct error *ret_error)
{
	const struct recorded *event = &recording->events[recording->next];

	while (recording->next && recording->next < recording->count && is_same(event - 1, event))
		event = &recording->events[++recording->next];
	if (recording->next == recording->count)
		return 0;
	if (!recording->next || event[-1].run != event->run)
		recording->runs++;
	recording->next++;
	*ret_run = recording->runs;
	snprintf(recording->line, sizeof(recording->line), "%s", event->line);
	return trace_parse(recording->line, ret_event, ret_error) < 0 ? -EBADMSG : 1;
}
