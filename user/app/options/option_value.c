// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The values of single options, strictly: the whole text or nothing. */
#include "user/app/options/option_value.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/if.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <string.h>

#include "user/app/options/option_table.h"
#include "user/app/options/options.h"
#include "user/base/number.h"
#include "user/words/vocabulary.h"

char *option_title(const struct option_row *row, char text[OPTION_TITLE_MAX])
{
	if (!option_has_letter(row))
		snprintf(text, OPTION_TITLE_MAX, "--%s", row->name);
	else
		snprintf(text, OPTION_TITLE_MAX, "-%c (%s)", row->key, row->name);
	return text;
}

/* parse: number_parse() or duration_parse(). */
static int parse_within(const struct option_row *row, const char *text,
			int (*parse)(const char *, const char *, uint64_t, uint64_t, uint64_t *,
				     struct error *),
			uint64_t *ret_number, struct error *ret_error)
{
	char title[OPTION_TITLE_MAX];
	int result =
		parse(text, option_title(row, title), row->min, row->max, ret_number, ret_error);

	if (result < 0 && row->hint && ret_error)
		return error_set(ret_error, result, "%s; %s", ret_error->text, row->hint);
	return result;
}

int option_parse_number(const struct option_row *row, const char *text, uint64_t *ret_number,
			struct error *ret_error)
{
	return parse_within(row, text, number_parse, ret_number, ret_error);
}

int option_parse_duration(const struct option_row *row, const char *text, uint64_t *ret_ns,
			  struct error *ret_error)
{
	return parse_within(row, text, duration_parse, ret_ns, ret_error);
}

/* The digits after 0x. Returns false unless they are all of the text and fit 64 bits. */
static bool read_hex(const char *digits, uint64_t *ret_bits)
{
	size_t length = strspn(digits, "0123456789abcdefABCDEF");

	return length > 0 && length <= 16 && !digits[length] &&
	       sscanf(digits, "%" SCNx64, ret_bits) == 1;
}

int option_parse_bits(const struct option_row *row, const char *text, uint64_t *ret_bits,
		      struct error *ret_error)
{
	char title[OPTION_TITLE_MAX];
	uint64_t bits = 0;

	if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
		return option_parse_number(row, text, ret_bits, ret_error);
	if (!read_hex(text + 2, &bits) || bits < row->min || bits > row->max)
		return error_set(ret_error, -EINVAL,
				 "%s '%.60s' is no hexadecimal number from 0x%" PRIx64
				 " to 0x%" PRIx64,
				 option_title(row, title), text, row->min, row->max);
	*ret_bits = bits;
	return 0;
}

/* The kernel sets TCP's ECN bits itself, and drops those of IP_TOS silently. */
int option_parse_tos(const struct option_row *row, const char *text, uint64_t *ret_tos,
		     struct error *ret_error)
{
	uint64_t tos;
	int result = option_parse_bits(row, text, &tos, ret_error);

	if (result < 0)
		return result;
	if (tos & IPTOS_ECN_MASK)
		return error_set(ret_error, -EINVAL,
				 "-Q (tos) '%s' sets the two lowest bits, which are ECN and not to "
				 "be chosen for TCP; give 0x%x",
				 text, (unsigned)tos & ~IPTOS_ECN_MASK);
	*ret_tos = tos;
	return 0;
}

int option_parse_port_range(const struct option_row *row, const char *text, uint16_t *ret_first,
			    uint16_t *ret_last, struct error *ret_error)
{
	const char *dash = strchr(text, '-');
	char head[8], title[OPTION_TITLE_MAX], end_title[2 * OPTION_TITLE_MAX];
	uint64_t first = 0, last = 0;
	int result;

	if (dash && (size_t)(dash - text) >= sizeof(head))
		return error_set(ret_error, -EINVAL,
				 "%s '%.60s' is neither a port nor a range of ports: give 40000 or "
				 "40000-40100",
				 option_title(row, title), text);
	snprintf(head, sizeof(head), "%.*s", dash ? (int)(dash - text) : 0, text);
	result = number_parse(dash ? head : text, option_title(row, title), 1, UINT16_MAX, &first,
			      ret_error);
	if (result < 0)
		return result;
	last = first;
	snprintf(end_title, sizeof(end_title), "the end of %s", title);
	if (dash)
		result = number_parse(dash + 1, end_title, 1, UINT16_MAX, &last, ret_error);
	if (result < 0)
		return result;
	if (last < first)
		return error_set(ret_error, -EINVAL,
				 "%s '%.60s' ends before it begins: give the lower port first",
				 title, text);
	*ret_first = (uint16_t)first;
	*ret_last = (uint16_t)last;
	return 0;
}

int option_parse_status(const struct option_row *row, const char *text, enum status *ret_status,
			struct error *ret_error)
{
	int status = status_parse(text);
	char list[STATUSES_TEXT_MAX];

	if (status < 0)
		return error_set(ret_error, -EINVAL, "--%s: '%.60s' is no status; it is one of %s",
				 row->name, text, statuses_text(list));
	*ret_status = (enum status)status;
	return 0;
}

int option_parse_timestamp(const char *text, enum timestamp_style *ret_style,
			   struct error *ret_error)
{
	static const struct {
		const char *name;
		enum timestamp_style style;
	} styles[] = {
		{"unix", TIMESTAMP_UNIX}, {"iso", TIMESTAMP_ISO}, {"rel", TIMESTAMP_RELATIVE}};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (!strcmp(text, styles[i].name)) {
			*ret_style = styles[i].style;
			return 0;
		}
	}
	return error_set(ret_error, -EINVAL,
			 "-D: '%.60s' is no time format; it is one of " OPTIONS_TIMESTAMPS
			 ", as in -Diso",
			 text);
}

int option_parse_source(const char *text, struct address *ret_address, struct error *ret_error)
{
	const char *percent = strchr(text, '%');
	struct address address;

	if (percent)
		return error_set(ret_error, -EINVAL,
				 "the source address (-S) '%.60s' names an interface; that is "
				 "given apart, as in -I %.15s -S %.*s",
				 text, percent[1] ? percent + 1 : "eth0",
				 percent - text < 46 ? (int)(percent - text) : 46, text);
	if (address_parse(text, &address) < 0)
		return error_set(ret_error, -EINVAL,
				 "the source address (-S) '%.60s' is none: give one of this host, "
				 "as `ip address' lists them",
				 text);
	address = address_unmapped(&address);
	if (address_is_unspecified(&address))
		return error_set(ret_error, -EINVAL,
				 "the source address (-S) '%.60s' is nothing to send from: leave "
				 "-S out for the kernel's choice",
				 text);
	*ret_address = address;
	return 0;
}

/* As the kernel's dev_valid_name(). */
int option_check_interface(const char *text, struct error *ret_error)
{
	size_t length = strlen(text);

	if (length == 0 || length >= ALTIFNAMSIZ || !strcmp(text, ".") || !strcmp(text, "..") ||
	    strpbrk(text, "/: \t\n\v\f\r"))
		return error_set(ret_error, -EINVAL,
				 "-I (interface) '%.60s' is neither an address nor the name of an "
				 "interface: those have 1 to %d characters, "
				 "alternative names up to %d, "
				 "none of them a slash, a colon or a space; `ip link' lists them",
				 text, IFNAMSIZ - 1, ALTIFNAMSIZ - 1);
	return 0;
}

static int add_pid(const char *word, pid_t *pids, size_t *count, struct error *ret_error)
{
	uint64_t pid;
	int result = number_parse(word, "-p (pid)", 1, INT_MAX, &pid, ret_error);

	if (result < 0)
		return result;
	if (*count == WATCH_PIDS_MAX)
		return error_set(
			ret_error, -ERANGE,
			"-p (pid): more than %d processes; watch their cgroup (--cgroup), or --all",
			WATCH_PIDS_MAX);
	pids[(*count)++] = (pid_t)pid;
	return 0;
}

int option_parse_pids(const char *text, pid_t *pids, size_t *count, struct error *ret_error)
{
	size_t added = *count;
	char word[16];
	int result;

	for (;;) {
		size_t length = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)length, text);
		result = add_pid(length < sizeof(word) ? word : text, pids, &added, ret_error);
		if (result < 0)
			return result;
		if (!text[length])
			break;
		text += length + 1;
	}
	*count = added;
	return 0;
}
