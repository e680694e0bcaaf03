/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the words on the command line ask for: hosts and their ports. */
#include "user/core/target/target.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/core/target/target_word.h"

/* A bare number is nearly always a port or a count at the wrong place. */
static int number_refuse(const struct word *word, struct error *ret_error)
{
	int shown = word->host_length < 20 ? (int)word->host_length : 20;

	if (!word_is_number(word->host, word->host_length))
		return 0;
	return error_set(ret_error, -EINVAL,
			 "cannot take '%.*s' as a host: it is a bare number; write HOST %.*s for "
			 "one host, HOST:%.*s among several, "
			 "-p %.*s for all of them, or -c %.*s for a count",
			 shown, word->host, shown, word->host, shown, word->host, shown, word->host,
			 shown, word->host);
}

/* HOST, HOST:PORT and their kin; with a port list HOST alone. */
static int target_parse(const char *text, const struct port_list *ports,
			target_service_lookup lookup, struct host *ret_host,
			struct error *ret_error)
{
	struct word word = {0};
	int result = word_split(text, &word, ret_error);

	if (result == 0)
		result = number_refuse(&word, ret_error);
	if (result < 0)
		return result;
	if (word.port && ports)
		return error_set(ret_error, -EINVAL,
				 "cannot take '%.80s' as a host: it names a port, and with -p the "
				 "list gives the ports; leave one of them out",
				 text);
	return word_to_host(&word, ports, lookup, ret_host, ret_error);
}

enum pair_kind {
	PAIR_OF_TARGETS = 0,
	PAIR_IS_HOST_AND_PORT = 1,
};

/*
 * Two words without -p. A second word with a colon or a bracket can only be a target. Otherwise it
 * is the first one's port, unless that has one already: then a name is a target, while a number was
 * hardly meant as a host. Returns enum pair_kind, or a negative errno.
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
	if (word_is_number(words[1], strlen(words[1])))
		return error_set(ret_error, -EINVAL,
				 "cannot tell what '%.20s' after '%.80s' means: that target has a "
				 "port already; for two ports of one host use -p",
				 words[1], words[0]);
	return PAIR_OF_TARGETS;
}

static int pair_port_parse(const char *const *words, target_service_lookup lookup,
			   struct port_range *ret_range, struct error *ret_error)
{
	uint16_t port = 0;
	int result = port_parse(words[1], lookup, &port, ret_error);

	if (result == -EINVAL)
		return error_set(ret_error, result,
				 "cannot take '%.60s' as the port of '%.60s': it is neither a "
				 "number from 1 to 65535 nor a TCP service "
				 "that this host knows; several ports are -p 80,443, several hosts "
				 "HOST:80 HOST:80 or -p 80 HOST HOST",
				 words[1], words[0]);
	if (result < 0)
		return error_prefix(ret_error, result, "cannot take '%.60s' as the port of '%.60s'",
				    words[1], words[0]);
	*ret_range = (struct port_range){port, port};
	return 0;
}

static int pair_parse(const char *const *words, target_service_lookup lookup, struct host *ret_host,
		      struct error *ret_error)
{
	struct word word = {0};
	struct port_range range = {0};
	int result = word_split(words[0], &word, ret_error);

	if (result == 0)
		result = number_refuse(&word, ret_error);
	if (result == 0)
		result = pair_port_parse(words, lookup, &range, ret_error);
	if (result == 0)
		result = word_to_host(&word, &(struct port_list){&range, 1}, lookup, ret_host,
				      ret_error);
	return result;
}

static int words_parse(const char *const *words, size_t word_count, const struct port_list *ports,
		       target_service_lookup lookup, struct host_list *list,
		       struct error *ret_error)
{
	int result = 0;

	for (size_t i = 0; i < word_count && result == 0; i++) {
		result =
			target_parse(words[i], ports, lookup, &list->hosts[list->count], ret_error);
		if (result == 0)
			list->count++;
	}
	return result;
}

int host_list_parse(const char *const *words, size_t word_count, const struct port_list *ports,
		    target_service_lookup lookup, struct host_list *ret_list,
		    struct error *ret_error)
{
	struct host_list list = {0};
	int kind = PAIR_OF_TARGETS, result;

	if (word_count == 0 || (ports && ports->count == 0))
		return error_set(
			ret_error, -EINVAL,
			"there is nothing to probe: give HOST [PORT], HOST:PORT or [V6]:PORT");
	if (word_count == 2 && !ports)
		kind = pair_classify(words, ret_error);
	if (kind < 0)
		return kind;
	list.hosts = calloc(word_count, sizeof(*list.hosts));
	if (!list.hosts)
		return error_set(ret_error, -ENOMEM, "there is no memory for %zu hosts: give fewer",
				 word_count);
	if (kind == PAIR_IS_HOST_AND_PORT) {
		result = pair_parse(words, lookup, list.hosts, ret_error);
		list.count = result == 0;
	} else {
		result = words_parse(words, word_count, ports, lookup, &list, ret_error);
	}
	if (result < 0)
		host_list_release(&list);
	else
		*ret_list = list;
	return result;
}

void host_list_release(struct host_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		host_release(&list->hosts[i]);
	free(list->hosts);
	*list = (struct host_list){0};
}

char *target_label(const char *name, uint16_t port, char *text)
{
	snprintf(text, TARGET_LABEL_MAX, strchr(name, ':') ? "[%s]:%u" : "%s:%u", name,
		 (unsigned)port);
	return text;
}
