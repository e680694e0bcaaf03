// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What asks for targets: a line of a file, the words of a command line, a list of ports. The first
 * byte chooses.
 */
#include <errno.h>
#include <string.h>

#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"
#include "user/core/target/target.h"
#include "user/core/target/target_line.h"

#define WORDS_MAX 8

static int service(const char *name)
{
	return strcmp(name, "http") == 0 ? 80 : strcmp(name, "https") == 0 ? 443 : -ENOENT;
}

static void check_refused(int result, const struct error *error)
{
	FUZZ_CHECK(result == -EINVAL || result == -ERANGE);
	FUZZ_CHECK(memchr(error->text, '\0', sizeof(error->text)) && *error->text);
}

static void check_ports(const struct port_list *list)
{
	static const size_t port_count_max = 65535;
	uint8_t seen[8192] = {0};
	uint16_t *ports;
	size_t count;

	ports = port_list_expand(list, &count);
	FUZZ_CHECK(ports && count == port_list_count(list) && count > 0 && count <= port_count_max);
	for (size_t i = 0; i < count; i++) {
		uint8_t bit = (uint8_t)(1 << (ports[i] & 7));

		FUZZ_CHECK(ports[i] && !(seen[ports[i] >> 3] & bit));
		seen[ports[i] >> 3] |= bit;
	}
	FUZZ_CHECK(port_list_at(list, 0) == ports[0] &&
		   port_list_at(list, count - 1) == ports[count - 1]);
	free(ports);
}

static void check_host(const struct host *host)
{
	char label[TARGET_LABEL_MAX];
	size_t length = strlen(host->name);

	FUZZ_CHECK(length > 0 && length < TARGET_NAME_MAX);
	for (const char *c = host->name; *c; c++)
		FUZZ_CHECK((unsigned char)*c > ' ' && *c != 0x7f);
	FUZZ_CHECK(!host->scope ||
		   (host->scope > host->name && host->scope <= host->name + length &&
		    address_is_set(&host->literal)));
	FUZZ_CHECK(host->literal.port == 0 && host->literal.scope == 0);
	check_ports(&host->ports);
	FUZZ_CHECK(strlen(target_label(host->name, port_list_at(&host->ports, 0), label)) <
		   TARGET_LABEL_MAX);
}

static void line_try(const char *line, size_t length, const struct port_list *ports)
{
	struct host host = {0};
	struct error error;
	int result = host_parse_line(line, length, ports, service, &host, &error);

	if (result < 0)
		check_refused(result, &error);
	else if (result > 0)
		check_host(&host);
	else
		FUZZ_CHECK(!host.name);
	host_release(&host);
}

/* Words are divided by newlines: unlike a shell's, they may hold anything else. */
static void words_try(char *text, const struct port_list *ports)
{
	const char *words[WORDS_MAX];
	struct host_list list = {0};
	struct error error;
	size_t count = 0;
	char *word;
	int result;

	while (count < WORDS_MAX && (word = strsep(&text, "\n")))
		words[count++] = word;
	result = host_list_parse(words, count, ports, service, &list, &error);
	if (result < 0)
		check_refused(result, &error);
	for (size_t i = 0; i < list.count; i++)
		check_host(&list.hosts[i]);
	host_list_release(&list);
}

static void ports_try(const char *text)
{
	struct port_list list = {0};
	struct error error;
	uint16_t port = 0;
	int result = port_list_parse(text, service, &list, &error);

	if (result < 0)
		check_refused(result, &error);
	else
		check_ports(&list);
	port_list_release(&list);
	result = port_parse(text, service, &port, &error);
	if (result < 0)
		check_refused(result, &error);
	FUZZ_CHECK((result == 0) == (port != 0));
}

void fuzz_host(const uint8_t *bytes, size_t count)
{
	struct port_range range = {8000, 8010};
	const struct port_list given = {&range, 1};
	struct bytes rest = {bytes, count};
	unsigned choice = (unsigned)bytes_take(&rest, 1);
	const struct port_list *ports = choice & 8 ? &given : NULL;
	char *text = bytes_copy(&rest);

	switch (choice & 3) {
	case 0:
		words_try(text, ports);
		break;
	case 1:
		ports_try(text);
		break;
	default:
		line_try(text, rest.left, ports);
	}
	free(text);
}
