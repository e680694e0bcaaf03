// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lines of JSON output and their fields. */
#include "user/render/json/json_record.h"

#include "user/base/utf8.h"
#include "user/core/verdict/verdict.h"
#include "user/render/safe.h"

#define SCHEMA "ktcping/1"
/* What is no UTF-8 is cut beyond this: twice the longest text of ours, EXPLAIN_MAX. */
#define CLEAN_TEXT_MAX 1024
/* A field's name with what stands around it: they are our own, and short. */
#define NAME_MAX_BYTES 64

static void put_name(struct json_record *record, const char *name)
{
	char *to = writer_room(&record->writer, NAME_MAX_BYTES);

	if (record->has_field)
		*to++ = ',';
	record->has_field = true;
	if (name) {
		*to++ = '"';
		while (*name)
			*to++ = *name++;
		*to++ = '"';
		*to++ = ':';
	}
	writer_wrote(&record->writer, to);
}

void json_begin(struct json_record *record, FILE *out, const char *type)
{
	writer_init(&record->writer, out);
	record->has_field = false;
	writer_byte(&record->writer, '{');
	json_put_text(record, "schema", SCHEMA);
	json_put_text(record, "type", type);
}

void json_end(struct json_record *record)
{
	writer_bytes(&record->writer, "}\n", 2);
	writer_flush(&record->writer);
}

void json_open(struct json_record *record, const char *name, char bracket)
{
	put_name(record, name);
	writer_byte(&record->writer, bracket);
	record->has_field = false;
}

void json_close(struct json_record *record, char bracket)
{
	writer_byte(&record->writer, bracket);
	record->has_field = true;
}

void json_put_null(struct json_record *record, const char *name)
{
	put_name(record, name);
	writer_text(&record->writer, "null");
}

void json_put_integer(struct json_record *record, const char *name, uint64_t number)
{
	put_name(record, name);
	writer_integer(&record->writer, number);
}

void json_put_signed(struct json_record *record, const char *name, int64_t number)
{
	put_name(record, name);
	writer_signed(&record->writer, number);
}

void json_put_boolean(struct json_record *record, const char *name, bool value)
{
	put_name(record, name);
	writer_text(&record->writer, value ? "true" : "false");
}

void json_put_known(struct json_record *record, const char *name, bool is_known, uint64_t number)
{
	if (is_known)
		json_put_integer(record, name, number);
	else
		json_put_null(record, name);
}

/* What stands in a string as it is. */
static bool is_plain(char c)
{
	return (uint8_t)c >= ' ' && (uint8_t)c < 0x80 && c != '"' && c != '\\';
}

static void put_unit(struct writer *writer, uint32_t unit)
{
	char text[8];

	writer_bytes(writer, text, (size_t)snprintf(text, sizeof(text), "\\u%04X", unit));
}

/* By RFC 8259, section 7: beyond U+FFFF as two units of UTF-16. */
static void put_code_point(struct writer *writer, uint32_t code)
{
	if (code < 0x10000) {
		put_unit(writer, code);
		return;
	}
	put_unit(writer, 0xd800 + ((code - 0x10000) >> 10));
	put_unit(writer, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

static void put_escaped(struct writer *writer, char c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = strchr(escaped, c);

	if (!found) {
		put_unit(writer, (uint32_t)c);
		return;
	}
	writer_byte(writer, '\\');
	writer_byte(writer, letters[found - escaped]);
}

/* text is UTF-8. */
static void put_characters(struct writer *writer, const char *text)
{
	while (*text) {
		size_t length = utf8_length(text);

		if (length > 1)
			put_code_point(writer, utf8_code_point(text));
		else if (is_plain(*text))
			writer_byte(writer, *text);
		else
			put_escaped(writer, *text);
		text += length;
	}
}

static bool is_utf8(const char *text)
{
	while (*text) {
		size_t length = utf8_length(text);

		if (length == 0)
			return false;
		text += length;
	}
	return true;
}

static void put_foreign(struct writer *writer, const char *text)
{
	char clean[CLEAN_TEXT_MAX];

	put_characters(writer, is_utf8(text) ? text : safe_text(text, clean, sizeof(clean)));
}

void json_put_text(struct json_record *record, const char *name, const char *text)
{
	struct writer *writer = &record->writer;
	size_t plain = 0;

	if (!text) {
		json_put_null(record, name);
		return;
	}
	put_name(record, name);
	writer_byte(writer, '"');
	while (is_plain(text[plain]))
		plain++;
	if (text[plain] == '\0')
		writer_bytes(writer, text, plain);
	else
		put_foreign(writer, text);
	writer_byte(writer, '"');
}

void json_put_symbol(struct json_record *record, const char *name, const char *symbol)
{
	json_put_text(record, name, symbol && symbol[0] != '\0' ? symbol : NULL);
}

void json_put_time(struct json_record *record, const char *name, uint64_t wall_ns)
{
	put_name(record, name);
	writer_byte(&record->writer, '"');
	writer_time(&record->writer, wall_ns);
	writer_byte(&record->writer, '"');
}

void json_put_microseconds(struct json_record *record, const char *name, uint64_t time_ns)
{
	if (time_ns == TIME_UNKNOWN_NS) {
		json_put_null(record, name);
		return;
	}
	put_name(record, name);
	writer_microseconds(&record->writer, time_ns);
}

void json_put_offset(struct json_record *record, const char *name, int64_t time_ns)
{
	put_name(record, name);
	if (time_ns < 0)
		writer_byte(&record->writer, '-');
	writer_microseconds(&record->writer, time_ns < 0 ? -(uint64_t)time_ns : (uint64_t)time_ns);
}

void json_put_rounded(struct json_record *record, const char *name, double time_ns)
{
	json_put_microseconds(record, name, (uint64_t)(time_ns + 0.5));
}

void json_put_address(struct json_record *record, const char *name, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	json_put_text(record, name, address_is_set(address) ? address_format(address, text) : NULL);
}

void json_put_port(struct json_record *record, const char *name, const struct address *address)
{
	json_put_known(record, name, address_is_set(address) && address->port > 0, address->port);
}
