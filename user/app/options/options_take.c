// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One option of the command line into struct options. */
#include "user/app/options/options_take.h"

#include <errno.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/app/options/options_value.h"
#include "user/app/options/version.h"
#include "user/render/verdicts.h"

static void refuse(struct argp_state *state, int result, const struct error *error)
{
	if (result < 0)
		argp_error(state, "%s", error->text);
}

static uint64_t take_number(struct argp_state *state, const struct option_row *row, const char *text)
{
	uint64_t number = row->min;
	struct error error;

	refuse(state, option_parse_number(row, text, &number, &error), &error);
	return number;
}

static uint64_t take_duration(struct argp_state *state, const struct option_row *row, const char *text)
{
	uint64_t ns = row->min;
	struct error error;

	refuse(state, option_parse_duration(row, text, &ns, &error), &error);
	return ns;
}

static uint64_t take_bits(struct argp_state *state, const struct option_row *row, const char *text)
{
	uint64_t bits = row->min;
	struct error error;

	refuse(state, option_parse_bits(row, text, &bits, &error), &error);
	return bits;
}

static enum status take_status(struct argp_state *state, const struct option_row *row, const char *text)
{
	enum status status = STATUS_OPEN;
	struct error error;

	refuse(state, option_parse_status(row, text, &status, &error), &error);
	return status;
}

static const char *take_text(struct argp_state *state, const struct option_row *row, const char *text)
{
	if (!*text)
		argp_error(state, "--%s: the name is empty", row->name);
	return text;
}

static const char *take_ports(struct argp_state *state, const char *text)
{
	if (!*text)
		argp_error(state, "--ports: the list is empty; write it like 22,80,8000-8010");
	return text;
}

/* The element behind the option, as long as nothing has been taken from it. */
static const char *following(const struct argp_state *state)
{
	return state->next < state->argc ? state->argv[state->next] : "";
}

static bool is_digits(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* Of "-n4", the element that is being read is still the next one. */
static void take_numeric(struct argp_state *state, struct options *options)
{
	const char *next = following(state);

	if (is_digits(next) || (!strncmp(next, "-n", 2) && is_digits(next + 2)))
		argp_error(state,
			   "-n takes no number, it calls targets by their addresses; the number of probes is -c, as in: -c %s; "
			   "a port stands before -n",
			   next + strspn(next, "-n"));
	options->is_numeric = true;
}

static void take_timestamp(struct argp_state *state, struct options *options, const char *text)
{
	enum timestamp_style style = TIMESTAMP_UNIX;
	struct error error;

	refuse(state, option_parse_timestamp(text, &options->timestamp, &error), &error);
	if (!text && option_parse_timestamp(following(state), &style, NULL) == 0)
		argp_error(state, "-D takes its format without a space, as in: -D%s", following(state));
}

/* "-C -x N" is how SmokePing calls a tcping. */
static void take_fping(struct argp_state *state, const struct option_row *row, const char *text)
{
	struct parse *parse = state->input;

	parse->options->is_tcpping = !strcmp(text, "-x");
	if (parse->options->is_tcpping) {
		if (state->next >= state->argc)
			argp_error(state, "-C -x: the number of probes is missing, as in: -C -x 20");
		text = state->argv[state->next++];
	}
	parse->options->count = take_number(state, row, text);
	parse->options->is_quiet = true;
}

static void take_source(struct argp_state *state, int key, const char *text)
{
	struct parse *parse = state->input;
	struct address address = {0};
	struct error error;
	int *source_key;

	refuse(state, option_parse_source(text, &address, &error), &error);
	source_key = &parse->source_key[address.family == AF_INET6];
	if (*source_key == 'S' || (*source_key && key == 'S'))
		argp_error(state, "-%c %s: there is a source address for IPv%d already; give one for each family", key, text,
			   address.family == AF_INET ? 4 : 6);
	*source_key = key;
	*(address.family == AF_INET ? &parse->options->source.v4 : &parse->options->source.v6) = address;
}

/* As ping does: an address says what to send from, an IPv6 address may have its device behind it, all else is a device. */
static void take_interface(struct argp_state *state, const char *text)
{
	const char *percent = strchr(text, ':') ? strchr(text, '%') : NULL;
	struct parse *parse = state->input;
	char head[ADDRESS_TEXT_MAX + 1]; /* longer than any address, so that a cut one is none */
	struct address address;
	struct error error;

	if (address_parse(text, &address) == 0) {
		take_source(state, 'I', text);
		return;
	}
	if (percent) {
		snprintf(head, sizeof(head), "%.*s", (int)(percent - text), text);
		take_source(state, 'I', head);
		text = percent + 1;
	}
	refuse(state, option_check_device(text, &error), &error);
	parse->options->source.device = text;
}

static void take_source_ports(struct argp_state *state, struct source *source, const char *text)
{
	struct error error;

	refuse(state, option_parse_source_ports(text, &source->first_port, &source->last_port, &error), &error);
}

static void take_namespace(struct argp_state *state, const struct option_row *row, const char *text)
{
	struct parse *parse = state->input;
	struct options *options = parse->options;

	take_text(state, row, text);
	for (size_t i = 0; i < options->namespace_count; i++) {
		if (!strcmp(options->namespaces[i], text))
			argp_error(state, "-N %s is there twice; give each network namespace once", text);
	}
	options->namespaces[options->namespace_count++] = text;
}

/* The kernel sets the ECN bits of TCP itself, and drops those of IP_TOS and IPV6_TCLASS without a word. */
static int take_tos(struct argp_state *state, const struct option_row *row, const char *text)
{
	int tos = (int)take_bits(state, row, text);

	if (tos & IPTOS_ECN_MASK)
		argp_error(state, "-Q (tos) '%s' sets the two lowest bits, which are ECN and not to be chosen for TCP; give 0x%x", text,
			   (unsigned int)tos & ~IPTOS_ECN_MASK);
	return tos;
}

static void take_mark(struct argp_state *state, const struct option_row *row, const char *text)
{
	struct parse *parse = state->input;

	parse->options->source.mark = (uint32_t)take_bits(state, row, text);
	parse->options->source.has_mark = true;
}

static void show_version(struct argp_state *state)
{
	fprintf(state->out_stream, "%s\n", VERSION_TEXT);
	exit(EXIT_EXPECTED);
}

/* A reader who has seen enough closes the pipe, and that is no error. */
static void show_verdicts(struct argp_state *state)
{
	verdicts_write_text(state->out_stream);
	if (fflush(state->out_stream) != 0 && errno != EPIPE)
		argp_failure(state, EXIT_UNOBSERVED, errno, "cannot write the output");
	exit(EXIT_EXPECTED);
}

/* The topic may stand apart, as the word behind the option. */
static void take_help(struct argp_state *state, const char *topic)
{
	const char *next = following(state);

	if (!topic && *next && *next != '-')
		topic = next;
	if (!topic)
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
	else if (strcmp(topic, "verdicts") != 0)
		argp_error(state, "--help: '%.60s' is no topic; there is: " OPTIONS_TOPICS ", and --help alone has the options", topic);
	show_verdicts(state);
}

static void take_special(const struct option_row *row, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	struct options *options = parse->options;

	switch (row->key) {
	case 'p':
		parse->ports = take_ports(state, text);
		break;
	case '4':
		options->family = AF_INET;
		break;
	case '6':
		options->family = AF_INET6;
		break;
	case 'n':
		take_numeric(state, options);
		break;
	case 'I':
		take_interface(state, text);
		break;
	case 'S':
		take_source(state, 'S', text);
		break;
	case OPTION_SOURCE_PORT:
		take_source_ports(state, &options->source, text);
		break;
	case OPTION_TTL:
		options->source.ttl = (uint8_t)take_number(state, row, text);
		break;
	case 'Q':
		options->source.tos = take_tos(state, row, text);
		break;
	case 'm':
		take_mark(state, row, text);
		break;
	case 'N':
		take_namespace(state, row, text);
		break;
	case OPTION_UNTIL:
		options->until = (int)take_status(state, row, text);
		break;
	case OPTION_EXPECT:
		options->expected = take_status(state, row, text);
		break;
	case 'j':
		options->format = FORMAT_JSON;
		break;
	case OPTION_CSV:
		options->format = FORMAT_CSV;
		break;
	case 'C':
		options->format = FORMAT_FPING;
		take_fping(state, row, text);
		break;
	case 'v':
		options->verbosity++;
		break;
	case 'D':
		take_timestamp(state, options, text);
		break;
	case OPTION_RING_BYTES:
		options->ring_bytes = take_number(state, row, text);
		break;
	case 't':
		argp_error(state, "-t means TTL, 'for ever' and 'timeout' in different tools, and nothing here: "
				  "use --ttl, -c 0 to go on until ^C, or -W for the timeout of a probe");
		break;
	case OPTION_USAGE:
		argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		break;
	case 'V':
		show_version(state);
		break;
	case 'h':
		take_help(state, text);
		break;
	case '?':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		break;
	}
}

void option_take(const struct option_row *row, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	void *field = (char *)parse->options + row->offset;

	if (row->key == 'f' && parse->is_given['f'])
		argp_error(state, "-f is there twice, and one file is read; for several: cat FILE FILE | ktcping -f -");
	parse->is_given[row->key] = true;
	switch (row->kind) {
	case OPTION_IS_HEADING:
		break;
	case OPTION_IS_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_IS_NUMBER:
		*(uint64_t *)field = take_number(state, row, text);
		break;
	case OPTION_IS_DURATION:
		*(uint64_t *)field = take_duration(state, row, text);
		break;
	case OPTION_IS_TEXT:
		*(const char **)field = take_text(state, row, text);
		break;
	case OPTION_IS_SPECIAL:
		take_special(row, text, state);
		break;
	}
}
