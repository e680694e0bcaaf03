// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The lines of JSON output and their fields. */
#include "user/render/json/json_record.h"
#include <stdlib.h>

#include "user/core/verdict/verdict.h"
#include "user/render/safe.h"
#include "user/render/timestamp.h"

#define SCHEMA "ktcping/1"
#define OUT_OF_MEMORY                                                                              \
	"{\"schema\":\"" SCHEMA "\",\"type\":\"error\",\"target\":null,\"name\":null,\"netns_"     \
	"name\":null,\"explain\":\"out of memory\"}"
/*
 * 15 digits give back every decimal of that many: 31 years in nanoseconds. More would show how
 * binary fractions miss the decimal one.
 */
#define DUMP_FLAGS                                                                                 \
	(JSON_COMPACT | JSON_ENSURE_ASCII |                                                        \
	 JSON_REAL_PRECISION(15)) /* ASCII: names may hold controls of terminals, U+009B */
/* What is no UTF-8 is cut beyond this: twice the longest text of ours, EXPLAIN_MAX. */
#define CLEAN_TEXT_MAX 1024

void json_put(json_t *object, const char *name, json_t *value)
{
	json_object_set_new(object, name, value ? value : json_null());
}

void json_put_integer(json_t *object, const char *name, uint64_t value)
{
	json_put(object, name, json_integer((json_int_t)value));
}

void json_put_boolean(json_t *object, const char *name, bool value)
{
	json_put(object, name, json_boolean(value));
}

void json_put_text(json_t *object, const char *name, const char *text)
{
	char clean[CLEAN_TEXT_MAX];
	json_t *value = text ? json_string(text) : NULL;

	if (text && !value) /* not UTF-8 */
		value = json_string(safe_text(text, clean, sizeof(clean)));
	json_put(object, name, value);
}

void json_put_symbol(json_t *object, const char *name, const char *symbol)
{
	json_put_text(object, name, symbol && symbol[0] != '\0' ? symbol : NULL);
}

json_t *json_microseconds(uint64_t time_ns)
{
	return time_ns == TIME_UNKNOWN_NS ? NULL : json_real((double)time_ns / 1e3);
}

json_t *json_rounded_microseconds(double time_ns)
{
	return json_microseconds((uint64_t)(time_ns + 0.5));
}

void json_put_time(json_t *object, const char *name, uint64_t wall_ns)
{
	char text[TIMESTAMP_MAX];

	json_put_text(object, name, timestamp_format_utc(wall_ns, 9, text));
}

void json_put_address(json_t *object, const char *name, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];

	json_put_text(object, name, address_is_set(address) ? address_format(address, text) : NULL);
}

void json_put_port(json_t *object, const char *name, const struct address *address)
{
	json_put(object, name,
		 address_is_set(address) && address->port > 0 ? json_integer(address->port) : NULL);
}

bool json_number_format(const json_t *number, char *text)
{
	size_t length = json_dumpb(number, text, JSON_NUMBER_MAX - 1, DUMP_FLAGS | JSON_ENCODE_ANY);

	if (length == 0 || length >= JSON_NUMBER_MAX)
		return false;
	text[length] = '\0';
	return true;
}

json_t *json_record_new(const char *type)
{
	json_t *record = json_object();

	json_put_text(record, "schema", SCHEMA);
	json_put_text(record, "type", type);
	return record;
}

void json_record_write(FILE *out, json_t *record)
{
	/* Made whole before it is written: half a line would spoil the next one too. */
	char *text = record ? json_dumps(record, DUMP_FLAGS) : NULL;

	fputs(text ? text : OUT_OF_MEMORY, out);
	fputc('\n', out);
	/* Who reads from a pipe waits for whole lines. */
	fflush(out);
	free(text);
	json_decref(record);
}
