/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the words on the command line ask for: hosts and ports. */
#include "user/core/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A word taken apart by its punctuation alone. */
struct word {
	const char *host;
	size_t host_length;
	const char *port; /* what follows the colon; NULL without one */
};

static bool is_number(const char *text, size_t length)
{
	return length > 0 && strspn(text, "0123456789") >= length;
}

/* The length of the UTF-8 sequence that text starts with; 0 when it is none, or a space or control character. */
static size_t character_length(const char *text)
{
	static const uint32_t smallest[] = {0, 0x21, 0xa1, 0x800, 0x10000}; /* by length; without the controls up to U+00A0 */
	uint8_t lead = (uint8_t)*text;
	size_t length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
	uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);

	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3fu);
	}
	if (length == 0 || value < smallest[length] || value == 0x7f || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return length;
}

static int word_check_characters(const char *word, struct error *ret_error)
{
	size_t length;

	if (!*word)
		return error_set(ret_error, -EINVAL, "cannot take '' as a target: the word is empty; give HOST, HOST:PORT or [V6]:PORT");
	for (const char *at = word; *at; at += length) {
		length = character_length(at);
		if (length == 0)
			return error_set(
				ret_error, -EINVAL,
				"cannot take '%.60s' as a target: byte %zu is a space, a control character or no UTF-8; a word is one host",
				word, (size_t)(at - word) + 1);
	}
	return 0;
}

/* The address before a scope ("fe80::1%eth0"), or all of it, is IPv6. */
static bool is_v6(const char *text, size_t length, struct address *ret_address)
{
	const char *percent = memchr(text, '%', length);
	size_t address_length = percent ? (size_t)(percent - text) : length;
	char address[ADDRESS_TEXT_MAX];

	if (address_length >= sizeof(address) ||
	    (percent && (address_length + 1 == length || memchr(percent, ':', length - address_length))))
		return false;
	memcpy(address, text, address_length);
	address[address_length] = '\0';
	return address_parse(address, ret_address) == 0 && ret_address->family == AF_INET6;
}

static int bracketed_split(const char *text, struct word *ret_word, struct error *ret_error)
{
	const char *end = strchr(text, ']');
	struct address address;

	if (!end || !is_v6(text + 1, (size_t)(end - text - 1), &address))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: brackets hold an IPv6 address, as in [2001:db8::1]:443", text);
	if (end[1] != '\0' && end[1] != ':')
		return error_set(ret_error, -EINVAL, "cannot take '%.80s' as a target: after the bracket comes :PORT or nothing", text);
	*ret_word = (struct word){text + 1, (size_t)(end - text - 1), end[1] == ':' ? end + 2 : NULL};
	return 0;
}

static int word_split(const char *text, struct word *ret_word, struct error *ret_error)
{
	const char *colon = strchr(text, ':');
	struct address address;
	int result = word_check_characters(text, ret_error);

	if (result < 0)
		return result;
	if (strstr(text, "://"))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: it is a URL; give its host and port, as in example.com:443", text);
	if (text[0] == '[')
		return bracketed_split(text, ret_word, ret_error);
	if (!colon || is_v6(text, strlen(text), &address)) {
		*ret_word = (struct word){text, strlen(text), NULL};
		return 0;
	}
	if (strchr(colon + 1, ':'))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: with more than one colon it would be an IPv6 address, and it is none; "
				 "with a port write [2001:db8::1]:443",
				 text);
	*ret_word = (struct word){text, (size_t)(colon - text), colon + 1};
	return 0;
}

/* Name and literal; the port is the caller's. */
static int host_parse(const struct word *word, struct target *ret_target, struct error *ret_error)
{
	struct target target = {0};
	int shown = word->host_length < 60 ? (int)word->host_length : 60;

	if (word->host_length == 0)
		return error_set(ret_error, -EINVAL, "cannot take ':%.60s' as a target: there is no host before the colon; write HOST:PORT",
				 word->port ? word->port : "");
	if (word->host_length >= sizeof(target.name))
		return error_set(ret_error, -EINVAL, "cannot take '%.*s...' as a host: it has %zu characters, and no name has more than %d",
				 shown, word->host, word->host_length, TARGET_NAME_MAX - 1);
	if (is_number(word->host, word->host_length))
		return error_set(
			ret_error, -EINVAL,
			"cannot take '%.*s' as a host: it is a bare number; write HOST %.*s for one host, HOST:%.*s among several, "
			"-p %.*s for all of them, or -c %.*s for a count",
			shown, word->host, shown, word->host, shown, word->host, shown, word->host, shown, word->host);
	memcpy(target.name, word->host, word->host_length);
	if (address_parse(target.name, &target.literal) < 0)
		target.literal = (struct address){0};
	target.literal = address_unmapped(&target.literal);
	if (address_is_link_local(&target.literal))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.*s' as a host: a link-local address needs its interface, as in %.*s%%eth0", shown,
				 word->host, shown, word->host);
	*ret_target = target;
	return 0;
}

static void target_set_port(struct target *target, uint16_t port)
{
	target->port = port;
	if (address_is_set(&target->literal))
		target->literal.port = port;
}

/* HOST, HOST:PORT and their kin; with a port list (has_ports) HOST alone, whose port the caller sets. */
static int word_parse(const char *text, bool has_ports, target_service_lookup lookup, struct target *ret_target, struct error *ret_error)
{
	uint16_t port = TARGET_DEFAULT_PORT;
	struct target target = {0};
	struct word word = {0};
	int result = word_split(text, &word, ret_error);

	if (result == 0)
		result = host_parse(&word, &target, ret_error);
	if (result < 0)
		return result;
	if (word.port && has_ports)
		return error_set(
			ret_error, -EINVAL,
			"cannot take '%.80s' as a host: it names a port, and with -p the list gives the ports; leave one of them out",
			text);
	if (word.port && !*word.port)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: there is no port after the colon; leave the colon out for %d", text,
				 TARGET_DEFAULT_PORT);
	if (word.port) {
		result = port_parse(word.port, lookup, &port, ret_error);
		if (result < 0)
			return error_prefix(ret_error, result, "cannot take '%.80s' as a target", text);
	}
	target_set_port(&target, port);
	*ret_target = target;
	return 0;
}

enum pair_kind {
	PAIR_OF_TARGETS = 0,
	PAIR_IS_HOST_AND_PORT = 1,
};

/*
 * Two words without -p. A second word with a colon or a bracket can only be a target. Otherwise it is the first one's port, unless that has one
 * already: then a name is a target, while a number was hardly meant as a host. Returns enum pair_kind, or a negative errno.
 */
static int pair_classify(const char *const *words, struct error *ret_error)
{
	struct word first = {0};
	int result;

	if (words[1][strcspn(words[1], ":[")])
		return PAIR_OF_TARGETS;
	result = word_split(words[0], &first, ret_error);
	if (result < 0)
		return result;
	if (!first.port)
		return PAIR_IS_HOST_AND_PORT;
	if (is_number(words[1], strlen(words[1])))
		return error_set(
			ret_error, -EINVAL,
			"cannot tell what '%.20s' after '%.80s' means: that target has a port already; for two ports of one host use -p",
			words[1], words[0]);
	return PAIR_OF_TARGETS;
}

static int host_and_port_parse(const char *host, const char *port_text, target_service_lookup lookup, struct target *ret_target,
			       struct error *ret_error)
{
	struct target target = {0};
	uint16_t port = 0;
	int result = word_parse(host, false, lookup, &target, ret_error);

	if (result < 0)
		return result;
	result = port_parse(port_text, lookup, &port, ret_error);
	if (result == -EINVAL)
		return error_set(ret_error, result,
				 "cannot take '%.60s' as the port of '%.60s': it is neither a number from 1 to 65535 nor a TCP service "
				 "that this host "
				 "knows; several ports are -p 80,443, several hosts HOST:80 HOST:80 or -p 80 HOST HOST",
				 port_text, host);
	if (result < 0)
		return error_prefix(ret_error, result, "cannot take '%.60s' as the port of '%.60s'", port_text, host);
	target_set_port(&target, port);
	*ret_target = target;
	return 0;
}

static size_t port_list_count(const struct port_list *ports)
{
	size_t count = 0;

	for (size_t i = 0; i < ports->count; i++)
		count += (size_t)(ports->ranges[i].last - ports->ranges[i].first) + 1;
	return count;
}

/* One target a port of the list, from the host; returns behind the last one written. */
static struct target *targets_fill(struct target *at, const struct target *host, const struct port_list *ports)
{
	for (size_t i = 0; i < ports->count; i++) {
		for (uint32_t port = ports->ranges[i].first; port <= ports->ranges[i].last; port++) {
			*at = *host;
			target_set_port(at++, (uint16_t)port);
		}
	}
	return at;
}

static int words_parse(const char *const *words, size_t word_count, const struct port_list *ports, target_service_lookup lookup,
		       struct target *ret_targets, struct error *ret_error)
{
	struct target *at = ret_targets;

	for (size_t i = 0; i < word_count; i++) {
		struct target target;
		int result = word_parse(words[i], ports != NULL, lookup, &target, ret_error);

		if (result < 0)
			return result;
		if (ports)
			at = targets_fill(at, &target, ports);
		else
			*at++ = target;
	}
	return 0;
}

/* NULL when there is not enough memory, or could never be. */
static struct target *targets_allocate(size_t hosts, size_t ports, size_t *ret_count)
{
	size_t count, bytes;
	struct target *targets;

	if (__builtin_mul_overflow(hosts, ports, &count) || __builtin_mul_overflow(count, sizeof(*targets), &bytes))
		return NULL;
	targets = malloc(bytes);
	if (targets)
		*ret_count = count;
	return targets;
}

int target_list_parse(const char *const *words, size_t word_count, const struct port_list *ports, target_service_lookup lookup,
		      struct target_list *ret_list, struct error *ret_error)
{
	struct target_list list = {0};
	size_t hosts, port_count;
	int kind = PAIR_OF_TARGETS, result;

	if (word_count == 0 || (ports && ports->count == 0))
		return error_set(ret_error, -EINVAL, "there is nothing to probe: give HOST [PORT], HOST:PORT or [V6]:PORT");
	if (word_count == 2 && !ports)
		kind = pair_classify(words, ret_error);
	if (kind < 0)
		return kind;
	hosts = kind == PAIR_IS_HOST_AND_PORT ? 1 : word_count;
	port_count = ports ? port_list_count(ports) : 1;
	list.targets = targets_allocate(hosts, port_count, &list.count);
	if (!list.targets)
		return error_set(ret_error, -ENOMEM, "there is no memory for %zu hosts with %zu ports each: give fewer", hosts, port_count);
	if (kind == PAIR_IS_HOST_AND_PORT)
		result = host_and_port_parse(words[0], words[1], lookup, list.targets, ret_error);
	else
		result = words_parse(words, word_count, ports, lookup, list.targets, ret_error);
	if (result < 0)
		target_list_release(&list);
	else
		*ret_list = list;
	return result;
}

void target_list_release(struct target_list *list)
{
	free(list->targets);
	*list = (struct target_list){0};
}

char *target_label(const struct target *target, char *text)
{
	snprintf(text, TARGET_NAME_MAX + 10, strchr(target->name, ':') ? "[%s]:%u" : "%s:%u", target->name, (unsigned)target->port);
	return text;
}
