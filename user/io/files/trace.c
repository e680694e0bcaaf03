/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events as text, one a line: the frame around the fields. */
#include "user/io/files/trace.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "user/base/number.h"
#include "user/io/files/trace_spelling.h"
#include "user/io/files/trace_value.h"

/* trace_parse() remembers the fields it has met. */
#define TRACE_FIELDS_MAX 128

static bool field_applies(const struct trace_field *field, enum event_kind kind)
{
	return field->kinds & (1u << kind);
}

void trace_write(FILE *out, const struct event *event)
{
	trace_time_write(out, event->time_ns);
	fprintf(out, " %s", event_kind_name(event->kind));
	if (event->key.cookie || event->key.number)
		fprintf(out, " %" PRIu64 "/%" PRIu32, event->key.cookie, event->key.number);
	else
		fputs(" -", out);
	for (size_t i = 0; i < trace_field_count && event->kind != EVENT_UNKNOWN; i++) {
		const struct trace_field *field = &trace_fields[i];
		const void *value = (const char *)event + field->offset;

		if (!field_applies(field, event->kind) || trace_value_is_empty(field, value))
			continue;
		fprintf(out, " %s%s", field->name,
			*field->name && field->type != TRACE_BOOL ? "=" : "");
		trace_value_write(out, field, value);
	}
	fputc('\n', out);
}

static int key_parse(char *text, struct attempt_key *ret_key, struct error *ret_error)
{
	char *slash = strchr(text, '/');
	uint64_t cookie, number;
	int result;

	if (strcmp(text, "-") == 0)
		return 0;
	if (!slash)
		return error_set(ret_error, -EINVAL, "\"%s\" is neither COOKIE/NUMBER nor -", text);
	*slash = '\0';
	result = number_parse(text, "socket cookie", 0, UINT64_MAX, &cookie, ret_error);
	if (result == 0)
		result = number_parse(slash + 1, "attempt number", 0, UINT32_MAX, &number,
				      ret_error);
	if (result < 0)
		return result;
	*ret_key = (struct attempt_key){.cookie = cookie, .number = (uint32_t)number};
	return 0;
}

static bool field_is_meant(const struct trace_field *field, const char *name, bool has_value)
{
	if (*field->name)
		return strcmp(field->name, name) == 0 && has_value == (field->type != TRACE_BOOL);
	return !has_value && trace_words_find(field->words, name) >= 0;
}

/* One NAME=VALUE or word. fields_seen has a place for each row of the table. */
static int field_parse(char *text, struct event *event, bool *fields_seen, struct error *ret_error)
{
	char *equals = strchr(text, '=');

	if (equals)
		*equals = '\0';
	for (size_t i = 0; i < trace_field_count; i++) {
		const struct trace_field *field = &trace_fields[i];

		if (!field_applies(field, event->kind) ||
		    !field_is_meant(field, text, equals != NULL))
			continue;
		if (fields_seen[i])
			return error_set(
				ret_error, -EINVAL,
				"\"%s\" is there twice, or beside a word of the same meaning",
				text);
		fields_seen[i] = true;
		return trace_value_parse(field, equals ? equals + 1 : text,
					 (char *)event + field->offset, ret_error);
	}
	return error_set(ret_error, -EINVAL, "the kind \"%s\" has no field \"%s%s\"",
			 event_kind_name(event->kind), text, equals ? "=" : "");
}

static int rest_parse(char *rest, struct event *event, struct error *ret_error)
{
	bool fields_seen[TRACE_FIELDS_MAX] = {false};
	char *word = strsep(&rest, " ");
	int result;

	assert(trace_field_count <= TRACE_FIELDS_MAX);
	if (!word)
		return error_set(ret_error, -EINVAL,
				 "the line ends after its kind: COOKIE/NUMBER or - is missing");
	result = key_parse(word, &event->key, ret_error);
	while (result == 0 && (word = strsep(&rest, " ")))
		if (*word)
			result = field_parse(word, event, fields_seen, ret_error);
	return result;
}

int trace_parse(char *line, struct event *ret_event, struct error *ret_error)
{
	struct event event = {0};
	char *rest = line, *time, *kind;
	int result;

	line[strcspn(line, "\r\n")] = '\0';
	time = strsep(&rest, " ");
	kind = strsep(&rest, " ");
	result = trace_time_parse("time", time, &event.time_ns, ret_error);
	if (result < 0)
		return result;
	if (!kind || !*kind || kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return error_set(ret_error, -EINVAL, "\"%s\" is not the name of a kind",
				 kind ? kind : "");
	event.kind = trace_kind_find(kind);
	if (event.kind != EVENT_UNKNOWN)
		result = rest_parse(rest, &event, ret_error);
	if (result < 0)
		return result;
	*ret_event = event;
	return 0;
}

int trace_read(struct trace_reader *reader, struct event *ret_event, struct error *ret_error)
{
	char *line = reader->line;

	while (fgets(line, sizeof(reader->line), reader->in)) {
		int result;

		reader->line_number++;
		/* Also when a NUL byte hides the newline. */
		if (!strchr(line, '\n') && !feof(reader->in))
			return error_set(ret_error, -EINVAL,
					 "line %zu: longer than %d characters, or not text",
					 reader->line_number, TRACE_LINE_MAX - 2);
		if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
			continue;
		result = trace_parse(line, ret_event, ret_error);
		return result < 0 ? error_prefix(ret_error, result, "line %zu", reader->line_number)
				  : 1;
	}
	return ferror(reader->in) ? error_set(ret_error, -EIO, "line %zu: cannot be read",
					      reader->line_number + 1)
				  : 0;
}
