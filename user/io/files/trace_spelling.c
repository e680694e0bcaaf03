/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How times, errors, pointers, addresses and text are spelled in a trace line. */
#include "user/io/files/trace_spelling.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/number.h"
#include "user/base/time.h"

#define HEX_DIGITS  "0123456789abcdefABCDEF"
#define LAST_ERRNO  133 /* EHWPOISON */
#define NOT_A_VALUE "%s: \"%s\" is not %s"

void trace_time_write(FILE *out, uint64_t time_ns)
{
	fprintf(out, "%" PRIu64 ".%09" PRIu64, time_ns / SECOND_NS, time_ns % SECOND_NS);
}

int trace_time_parse(const char *name, const char *text, uint64_t *ret_time_ns,
		     struct error *ret_error)
{
	const char *point = strchr(text, '.');
	char whole[TRACE_VALUE_MAX];
	uint64_t seconds, nanoseconds;
	int result;

	if (!point || strlen(point + 1) != 9 || (size_t)(point - text) >= sizeof(whole))
		return error_set(ret_error, -EINVAL, NOT_A_VALUE, name, text,
				 "seconds with nine decimals");
	memcpy(whole, text, (size_t)(point - text));
	whole[point - text] = '\0';
	result = number_parse(whole, "seconds", 0, UINT64_MAX / SECOND_NS, &seconds, ret_error);
	if (result == 0)
		result = number_parse(point + 1, "nanoseconds", 0, SECOND_NS - 1, &nanoseconds,
				      ret_error);
	if (result < 0)
		return result;
	if (nanoseconds > UINT64_MAX - seconds * SECOND_NS)
		return error_set(ret_error, -ERANGE, NOT_A_VALUE, name, text,
				 "within 64 bits of nanoseconds");
	*ret_time_ns = seconds * SECOND_NS + nanoseconds;
	return 0;
}

int trace_signed_parse(const char *name, const char *text, int32_t *ret_number,
		       struct error *ret_error)
{
	bool is_negative = *text == '-';
	uint64_t magnitude;
	int result = number_parse(text + is_negative, name, 0, (uint64_t)INT32_MAX + is_negative,
				  &magnitude, ret_error);

	if (result < 0)
		return result;
	*ret_number = (int32_t)(is_negative ? -(int64_t)magnitude : (int64_t)magnitude);
	return 0;
}

void trace_errno_write(FILE *out, int32_t number)
{
	const char *name = number > 0 && number <= LAST_ERRNO ? error_name(number) : NULL;

	if (name)
		fputs(name, out);
	else
		fprintf(out, "%" PRId32, number);
}

int trace_errno_parse(const char *name, const char *text, int32_t *ret_number,
		      struct error *ret_error)
{
	if (*text != 'E')
		return trace_signed_parse(name, text, ret_number, ret_error);
	for (int32_t number = 1; number <= LAST_ERRNO; number++) {
		const char *candidate = error_name(number);

		if (candidate && strcmp(candidate, text) == 0) {
			*ret_number = number;
			return 0;
		}
	}
	return error_set(ret_error, -EINVAL, NOT_A_VALUE, name, text, "the name of an error");
}

int trace_pointer_parse(const char *name, const char *text, uint64_t *ret_pointer,
			struct error *ret_error)
{
	size_t digits = strncmp(text, "0x", 2) == 0 ? strspn(text + 2, HEX_DIGITS) : 0;

	if (digits == 0 || digits > 16 || text[2 + digits])
		return error_set(ret_error, -EINVAL, NOT_A_VALUE, name, text,
				 "0x and up to 16 hexadecimal digits");
	*ret_pointer = strtoull(text + 2, NULL, 16);
	return 0;
}

void trace_address_write(FILE *out, const struct address *address)
{
	char host[ADDRESS_TEXT_MAX];
	bool has_brackets = address->family == AF_INET6 && address->port;

	fprintf(out, "%s%s", has_brackets ? "[" : "", address_format(address, host));
	if (address->scope)
		fprintf(out, "%%%" PRIu32, address->scope);
	fputs(has_brackets ? "]" : "", out);
	if (address->port)
		fprintf(out, ":%u", address->port);
}

/*
 * Cut "HOST%SCOPE:PORT" into pieces, in place. scope and port become NULL when they are not there.
 * Returns whether brackets and colons are in order.
 */
static bool address_split(char *text, char **ret_host, char **ret_scope, char **ret_port)
{
	char *end = NULL;

	if (*text == '[') {
		end = strchr(text, ']');
		if (!end || end[1] != ':')
			return false;
		*end++ = '\0';
		text++;
	} else if (strchr(text, ':') == strrchr(text, ':')) {
		end = strchr(text, ':');
	}
	*ret_port = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	*ret_host = text;
	*ret_scope = strchr(text, '%');
	if (*ret_scope)
		*(*ret_scope)++ = '\0';
	return true;
}

int trace_address_parse(const char *name, const char *text, struct address *ret_address,
			struct error *ret_error)
{
	char copy[TRACE_VALUE_MAX], *host, *scope_text, *port_text;
	uint64_t scope = 0, port = 0;
	struct address address;
	int result = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy) ||
	    !address_split(copy, &host, &scope_text, &port_text) ||
	    address_parse(host, &address) < 0)
		return error_set(ret_error, -EINVAL, NOT_A_VALUE, name, text, "an address");
	if (scope_text)
		result = number_parse(scope_text, "scope", 1, UINT32_MAX, &scope, ret_error);
	if (result == 0 && port_text)
		result = number_parse(port_text, "port", 1, UINT16_MAX, &port, ret_error);
	if (result < 0)
		return error_prefix(ret_error, result, "%s", name);
	address.scope = (uint32_t)scope;
	address.port = (uint16_t)port;
	*ret_address = address;
	return 0;
}

static void byte_write(FILE *out, unsigned char byte)
{
	fprintf(out, byte <= ' ' || byte == '%' || byte >= 0x7f ? "%%%02x" : "%c", byte);
}

/* One byte of text, which moves behind it. */
static int byte_parse(const char *name, const char **text, char *ret_byte, struct error *ret_error)
{
	char digits[3] = "";

	*ret_byte = *(*text)++;
	if (*ret_byte != '%')
		return 0;
	memcpy(digits, *text, strnlen(*text, 2));
	if (strspn(digits, HEX_DIGITS) != 2 || strcmp(digits, "00") == 0)
		return error_set(ret_error, -EINVAL, NOT_A_VALUE, name, *text - 1,
				 "'%' and two hexadecimal digits, not 00");
	*ret_byte = (char)strtoul(digits, NULL, 16);
	*text += 2;
	return 0;
}

void trace_text_write(FILE *out, const char *text)
{
	while (*text)
		byte_write(out, (unsigned char)*text++);
}

int trace_text_parse(const char *name, const char *text, size_t size, char *ret_text,
		     struct error *ret_error)
{
	char plain[TRACE_VALUE_MAX] = "";

	for (size_t length = 0; *text; length++) {
		int result;

		if (length + 1 >= size)
			return error_set(ret_error, -ERANGE, "%s: longer than %d characters", name,
					 (int)size - 1);
		result = byte_parse(name, &text, &plain[length], ret_error);
		if (result < 0)
			return result;
	}
	memcpy(ret_text, plain, size);
	return 0;
}

void trace_string_write(FILE *out, const char *text)
{
	for (size_t i = 0; i < TRACE_STRING_MAX && text[i]; i++)
		byte_write(out, (unsigned char)text[i]);
}

int trace_string_parse(const char *name, char *text, const char **ret_text, struct error *ret_error)
{
	const char *next = text;
	char *end = text;

	while (*next) {
		int result = byte_parse(name, &next, end++, ret_error);

		if (result < 0)
			return result;
	}
	*end = '\0';
	*ret_text = text;
	return 0;
}
