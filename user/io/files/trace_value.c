/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One value of a trace line, from and to text. */
#include "user/io/files/trace_value.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "user/base/number.h"
#include "user/io/files/trace_spelling.h"

#define NOT_A_VALUE "%s: \"%s\" is not %s"

static uint64_t integer_get(const struct trace_field *field, const void *value)
{
	switch (field->size) {
	case 1:
		return *(const uint8_t *)value;
	case 2:
		return *(const uint16_t *)value;
	case 4:
		return *(const uint32_t *)value;
	default:
		assert(field->size == 8);
		return *(const uint64_t *)value;
	}
}

static uint64_t integer_max(const struct trace_field *field)
{
	return UINT64_MAX >> (64 - 8 * field->size);
}

static void integer_set(const struct trace_field *field, uint64_t integer, void *ret_value)
{
	assert(integer <= integer_max(field));
	switch (field->size) {
	case 1:
		*(uint8_t *)ret_value = (uint8_t)integer;
		break;
	case 2:
		*(uint16_t *)ret_value = (uint16_t)integer;
		break;
	case 4:
		*(uint32_t *)ret_value = (uint32_t)integer;
		break;
	default:
		*(uint64_t *)ret_value = integer;
	}
}

static void word_write(FILE *out, const struct trace_field *field, uint64_t number)
{
	const char *name = trace_words_name(field->words, (unsigned)number);

	if (name)
		fputs(name, out);
	else
		fprintf(out, "%" PRIu64, number);
}

static int word_parse(const struct trace_field *field, const char *text, uint64_t *ret_number,
		      struct error *ret_error)
{
	int number = trace_words_find(field->words, text);

	if (number < 0 && field->words->is_open && *text >= '0' && *text <= '9')
		return number_parse(text, field->name, 0, integer_max(field), ret_number,
				    ret_error);
	if (number < 0)
		return error_set(ret_error, -EINVAL, NOT_A_VALUE, field->name, text,
				 "a word known here");
	*ret_number = (uint64_t)number;
	return 0;
}

static void bits_write(FILE *out, const struct trace_field *field, uint64_t bits)
{
	const char *comma = "";

	for (unsigned number = 0; number < field->words->count; number++) {
		if (!(bits & (1ull << number)))
			continue;
		fprintf(out, "%s%s", comma, trace_words_name(field->words, number));
		bits &= ~(1ull << number);
		comma = ",";
	}
	if (bits)
		fprintf(out, "%s%" PRIu64, comma, bits);
}

static int bits_parse(const struct trace_field *field, const char *text, uint64_t *ret_bits,
		      struct error *ret_error)
{
	char copy[TRACE_VALUE_MAX], *rest = copy, *word;
	uint64_t bits = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return error_set(ret_error, -EINVAL, "%s: too long", field->name);
	while ((word = strsep(&rest, ","))) {
		int number = trace_words_find(field->words, word);
		uint64_t more = number < 0 ? 0 : 1ull << number;
		int result = number < 0 ? number_parse(word, field->name, 1, integer_max(field),
						       &more, ret_error)
					: 0;

		if (result < 0)
			return result;
		bits |= more;
	}
	*ret_bits = bits;
	return 0;
}

bool trace_value_is_empty(const struct trace_field *field, const void *value)
{
	switch (field->type) {
	case TRACE_ADDRESS:
		return !address_is_set(value);
	case TRACE_TEXT:
		return *(const char *)value == '\0';
	case TRACE_STRING:
		return !*(const char *const *)value;
	case TRACE_BOOL:
		return !*(const bool *)value;
	default:
		return integer_get(field, value) == 0;
	}
}

void trace_value_write(FILE *out, const struct trace_field *field, const void *value)
{
	switch (field->type) {
	case TRACE_NUMBER:
		fprintf(out, "%" PRIu64, integer_get(field, value));
		break;
	case TRACE_SIGNED:
		fprintf(out, "%" PRId32, *(const int32_t *)value);
		break;
	case TRACE_POINTER:
		fprintf(out, "0x%" PRIx64, integer_get(field, value));
		break;
	case TRACE_TIME:
		trace_time_write(out, integer_get(field, value));
		break;
	case TRACE_ERRNO:
		trace_errno_write(out, *(const int32_t *)value);
		break;
	case TRACE_ADDRESS:
		trace_address_write(out, value);
		break;
	case TRACE_TEXT:
		trace_text_write(out, value);
		break;
	case TRACE_STRING:
		trace_string_write(out, *(const char *const *)value);
		break;
	case TRACE_WORD:
		word_write(out, field, integer_get(field, value));
		break;
	case TRACE_BITS:
		bits_write(out, field, integer_get(field, value));
		break;
	case TRACE_BOOL:
		break;
	}
}

int trace_value_parse(const struct trace_field *field, char *text, void *ret_value,
		      struct error *ret_error)
{
	uint64_t integer = 0;
	int result = 0;

	switch (field->type) {
	case TRACE_NUMBER:
		result =
			number_parse(text, field->name, 0, integer_max(field), &integer, ret_error);
		break;
	case TRACE_POINTER:
		result = trace_pointer_parse(field->name, text, &integer, ret_error);
		break;
	case TRACE_TIME:
		result = trace_time_parse(field->name, text, &integer, ret_error);
		break;
	case TRACE_WORD:
		result = word_parse(field, text, &integer, ret_error);
		break;
	case TRACE_BITS:
		result = bits_parse(field, text, &integer, ret_error);
		break;
	case TRACE_SIGNED:
		return trace_signed_parse(field->name, text, ret_value, ret_error);
	case TRACE_ERRNO:
		return trace_errno_parse(field->name, text, ret_value, ret_error);
	case TRACE_ADDRESS:
		return trace_address_parse(field->name, text, ret_value, ret_error);
	case TRACE_TEXT:
		return trace_text_parse(field->name, text, field->size, ret_value, ret_error);
	case TRACE_STRING:
		return trace_string_parse(field->name, text, ret_value, ret_error);
	case TRACE_BOOL:
		*(bool *)ret_value = true;
		return 0;
	}
	if (result == 0)
		integer_set(field, integer, ret_value);
	return result;
}
