/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One word that names a target, taken apart. */
#include "user/core/target/target_word.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/number.h"
#include "user/base/utf8.h"

#define HOST_FREE_BITS_MAX 32 /* as many as IPv4 has */

bool word_is_number(const char *text, size_t length)
{
	return length > 0 && strspn(text, "0123456789") >= length;
}

size_t word_character_length(const char *text)
{
	bool is_blank = *text == ' ' || strncmp(text, "\u00a0", 2) == 0;

	return is_blank || utf8_is_control(text) ? 0 : utf8_length(text);
}

static int characters_check(const char *word, struct error *ret_error)
{
	size_t length;

	if (!*word)
		return error_set(ret_error, -EINVAL,
				 "cannot take '' as a target: the word is empty; give HOST, "
				 "HOST:PORT or [V6]:PORT");
	for (const char *at = word; *at; at += length) {
		length = word_character_length(at);
		if (length == 0)
			return error_set(ret_error, -EINVAL,
					 "cannot take '%.60s' as a target: byte %zu is a space, a "
					 "control character or no UTF-8; a word is one host",
					 word, (size_t)(at - word) + 1);
	}
	return 0;
}

/* The address before a scope ("fe80::1%eth0") or length ("192.0.2.0/24"); family 0: none. */
static struct address address_before(const char *text, size_t length)
{
	char copy[ADDRESS_TEXT_MAX];
	struct address address = {0};

	for (size_t i = 0; i < length; i++)
		if (text[i] == '%' || text[i] == '/')
			length = i;
	if (length >= sizeof(copy))
		return address;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (address_parse(copy, &address) < 0)
		address = (struct address){0};
	return address;
}

/* An IPv6 address, perhaps with a scope, or an IPv6 network. */
static bool is_v6(const char *text, size_t length)
{
	size_t end = 0;

	while (end < length && text[end] != '%' && text[end] != '/')
		end++;
	if (memchr(text + end, ':', length - end))
		return false;
	return address_before(text, length).family == AF_INET6;
}

static int bracketed_split(const char *text, struct word *ret_word, struct error *ret_error)
{
	const char *end = strchr(text, ']');

	if (!end || !is_v6(text + 1, (size_t)(end - text - 1)))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: brackets hold an IPv6 address, "
				 "as in [2001:db8::1]:443",
				 text);
	if (end[1] != '\0' && end[1] != ':')
		return error_set(
			ret_error, -EINVAL,
			"cannot take '%.80s' as a target: after the bracket comes :PORT or nothing",
			text);
	*ret_word = (struct word){text, text + 1, (size_t)(end - text - 1),
				  end[1] == ':' ? end + 2 : NULL};
	return 0;
}

static int colon_split(const char *text, const char *colon, struct word *ret_word,
		       struct error *ret_error)
{
	if (strchr(colon + 1, ':'))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: with more than one colon it "
				 "would be an IPv6 address, and it is none; "
				 "with a port write [2001:db8::1]:443",
				 text);
	if (colon == text)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.60s' as a target: there is no host before the "
				 "colon; write HOST:PORT",
				 text);
	*ret_word = (struct word){text, text, (size_t)(colon - text), colon + 1};
	return 0;
}

int word_split(const char *text, struct word *ret_word, struct error *ret_error)
{
	const char *colon = strchr(text, ':');
	int result = characters_check(text, ret_error);

	if (result < 0)
		return result;
	if (strstr(text, "://"))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: it is a URL; give its host and "
				 "port, as in example.com:443",
				 text);
	if (text[0] == '[')
		return bracketed_split(text, ret_word, ret_error);
	if (colon && !is_v6(text, strlen(text)))
		return colon_split(text, colon, ret_word, ret_error);
	*ret_word = (struct word){text, text, strlen(text), NULL};
	return 0;
}

/* RFC 4007, section 11: which addresses depend on a zone. */
static bool can_have_scope(const struct address *address)
{
	return address_is_link_local(address) ||
	       (address->family == AF_INET6 && address->bytes[0] == 0xff);
}

/* RFC 4632, section 3.1: the number behind the slash counts the network's own bits. */
static int network_find(struct host *host, const char *slash, struct error *ret_error)
{
	uint64_t all = host->literal.family == AF_INET ? 32 : 128, bits = 0;
	int result;

	if (!address_is_set(&host->literal) || host->scope)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.60s' as a host: only an address has a network, as "
				 "in 192.0.2.0/24 or [2001:db8::/120]:443",
				 host->name);
	result = number_parse(slash + 1, "network's length", 0, all, &bits, ret_error);
	if (result < 0)
		return error_prefix(ret_error, result, "cannot take '%.60s' as a network",
				    host->name);
	if (all - bits > HOST_FREE_BITS_MAX)
		return error_set(ret_error, -ERANGE,
				 "cannot take '%.60s' as a target: 2^%u addresses are too many; "
				 "give /%u or more",
				 host->name, (unsigned)(all - bits),
				 (unsigned)(all - HOST_FREE_BITS_MAX));
	host->free_bits = (uint8_t)(all - bits);
	for (uint64_t bit = bits; bit < all; bit++)
		host->literal.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	return 0;
}

/* Literal and scope, or network, from the name. */
static int literal_find(struct host *host, struct error *ret_error)
{
	const char *percent = strchr(host->name, '%'), *slash = strchr(host->name, '/');
	struct address address = address_before(host->name, strlen(host->name));

	address = address_unmapped(&address);
	if (percent && address_is_set(&address) && !percent[1])
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.60s' as a host: after '%%' comes the device "
				 "through which the address is reached, "
				 "as in fe80::1%%eth0",
				 host->name);
	if (percent && address_is_set(&address) && !can_have_scope(&address))
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.60s' as a host: only a link-local address "
				 "(fe80::/10) is bound to a device; leave '%.20s' out, "
				 "and choose the device with -I",
				 host->name, percent);
	host->literal = address;
	host->scope = percent && address_is_set(&address) ? percent + 1 : NULL;
	return slash ? network_find(host, slash, ret_error) : 0;
}

static int name_copy(const struct word *word, struct host *host, struct error *ret_error)
{
	if (word->host_length >= TARGET_NAME_MAX)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.60s...' as a host: it has %zu characters, and no "
				 "name has more than %d",
				 word->host, word->host_length, TARGET_NAME_MAX - 1);
	host->name = strndup(word->host, word->host_length);
	if (!host->name)
		return error_set(ret_error, -ENOMEM,
				 "there is no memory for the name of a host: give fewer");
	return literal_find(host, ret_error);
}

static int ports_copy(const struct port_list *ports, struct host *host, struct error *ret_error)
{
	struct port_range *ranges = calloc(ports->count, sizeof(*ranges));

	if (!ranges)
		return error_set(ret_error, -ENOMEM,
				 "there is no memory for %zu ranges of ports: give fewer",
				 ports->count);
	memcpy(ranges, ports->ranges, ports->count * sizeof(*ranges));
	host->ports = (struct port_list){ranges, ports->count};
	return 0;
}

static int ports_find(const struct word *word, const struct port_list *ports,
		      target_service_lookup lookup, struct host *host, struct error *ret_error)
{
	struct port_range one = {TARGET_DEFAULT_PORT, TARGET_DEFAULT_PORT};
	const struct port_list list_of_one = {&one, 1};
	int result;

	if (!word->port)
		return ports_copy(ports ? ports : &list_of_one, host, ret_error);
	if (!*word->port)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a target: there is no port after the "
				 "colon; leave the colon out for the default",
				 word->text);
	result = port_parse(word->port, lookup, &one.first, ret_error);
	if (result < 0)
		return error_prefix(ret_error, result, "cannot take '%.80s' as a target",
				    word->text);
	one.last = one.first;
	return ports_copy(&list_of_one, host, ret_error);
}

int word_to_host(const struct word *word, const struct port_list *ports,
		 target_service_lookup lookup, struct host *ret_host, struct error *ret_error)
{
	struct host host = {0};
	int result = name_copy(word, &host, ret_error);

	if (result == 0)
		result = ports_find(word, ports, lookup, &host, ret_error);
	if (result < 0)
		host_release(&host);
	else
		*ret_host = host;
	return result;
}
