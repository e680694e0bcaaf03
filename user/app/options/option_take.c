// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One option of the command line into struct options, by its kind. */
#include "user/app/options/option_take.h"

#include <assert.h>
#include <string.h>

#include "user/app/options/option_about.h"
#include "user/app/options/option_from.h"
#include "user/app/options/option_value.h"
#include "user/app/options/service.h"

/* Into as many bytes as the field has; the row's range fits them. */
static void store(const struct taking *taking, uint64_t number)
{
	switch (taking->row->size) {
	case sizeof(uint8_t):
		*(uint8_t *)taking->field = (uint8_t)number;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)taking->field = (uint32_t)number;
		break;
	case sizeof(uint64_t):
		*(uint64_t *)taking->field = number;
		break;
	default:
		assert(!"a number has 8, 32 or 64 bits");
	}
}

static void take_flag(struct taking *taking)
{
	*(bool *)taking->field = true;
}

static void take_choice(struct taking *taking)
{
	store(taking, taking->row->value);
}

static void take_step(struct taking *taking)
{
	(*(unsigned *)taking->field)++;
}

/* What a kind's text is as a number. */
static const option_number_parser number_parsers[KIND_COUNT] = {
	[KIND_NUMBER] = option_parse_number,
	[KIND_BITS] = option_parse_bits,
	[KIND_TOS] = option_parse_tos,
	[KIND_DURATION] = option_parse_duration,
};

static void take_number(struct taking *taking)
{
	option_number_parser parse = number_parsers[taking->row->kind];
	uint64_t number = 0;

	taking_refuse(taking, parse(taking->row, taking->text, &number, &taking->error));
	store(taking, number);
}

static void take_text(struct taking *taking)
{
	taking_check_not_empty(taking);
	*(const char **)taking->field = taking->text;
}

static void take_status(struct taking *taking)
{
	enum status status = STATUS_OPEN;

	taking_refuse(taking,
		      option_parse_status(taking->row, taking->text, &status, &taking->error));
	store(taking, status);
}

static void take_timestamp(struct taking *taking)
{
	enum timestamp_style style = (enum timestamp_style)taking->row->value, apart;
	const char *next = taking_following(taking);

	if (taking->text)
		taking_refuse(taking, option_parse_timestamp(taking->text, &style, &taking->error));
	else if (option_parse_timestamp(next, &apart, NULL) == 0)
		option_fail(taking->state, "-D takes its format without a space, as in: -D%s",
			    next);
	store(taking, style);
}

/* "-C -x N" is how SmokePing calls a tcping. */
static void take_probes(struct taking *taking)
{
	struct argp_state *state = taking->state;

	taking->options->is_tcpping = !strcmp(taking->text, "-x");
	if (taking->options->is_tcpping) {
		if (state->next >= state->argc)
			option_fail(state,
				    "-C -x: the number of probes is missing, as in: -C -x 20");
		taking->text = state->argv[state->next++];
	}
	taking_refuse(taking, option_parse_number(taking->row, taking->text,
						  &taking->options->count, &taking->error));
}

static void take_format(struct taking *taking)
{
	taking->options->format = taking->row->format;
	if (taking->row->argument)
		take_probes(taking);
	if (format_has(taking->row->format, FORMAT_HAS_ROWS))
		taking->options->is_quiet = true;
}

static void take_ports(struct taking *taking)
{
	taking_check_not_empty(taking);
	port_list_release(taking->field);
	taking_refuse(taking,
		      port_list_parse(taking->text, service_find, taking->field, &taking->error));
}

static void take_pids(struct taking *taking)
{
	struct options *options = taking->options;

	taking_refuse(taking, option_parse_pids(taking->text, options->pids, &options->pid_count,
						&taking->error));
}

static bool is_digits(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* Of "-n4", the element that is being read is still the next one. */
static void take_numeric(struct taking *taking)
{
	const char *next = taking_following(taking);

	if (is_digits(next) || (!strncmp(next, "-n", 2) && is_digits(next + 2)))
		option_fail(taking->state,
			    "-n takes no number, it calls targets by their addresses; "
			    "the number of probes is -c, as in: -c %s; a port stands before -n",
			    next + strspn(next, "-n"));
	take_flag(taking);
}

static void (*const takers[KIND_COUNT])(struct taking *taking) = {
	[KIND_FLAG] = take_flag,
	[KIND_CHOICE] = take_choice,
	[KIND_STEP] = take_step,
	[KIND_NUMBER] = take_number,
	[KIND_BITS] = take_number,
	[KIND_TOS] = take_number,
	[KIND_DURATION] = take_number,
	[KIND_TEXT] = take_text,
	[KIND_STATUS] = take_status,
	[KIND_TIMESTAMP] = take_timestamp,
	[KIND_FORMAT] = take_format,
	[KIND_PORTS] = take_ports,
	[KIND_PORT_RANGE] = option_take_port_range,
	[KIND_SOURCE] = option_take_source,
	[KIND_INTERFACE] = option_take_interface,
	[KIND_NAMESPACES] = option_take_namespace,
	[KIND_PIDS] = take_pids,
	[KIND_NUMERIC] = take_numeric,
	[KIND_HELP] = option_take_help,
	[KIND_USAGE] = option_take_usage,
	[KIND_VERSION] = option_take_version,
	[KIND_REFUSED] = option_take_refused,
};

void option_take(const struct option_row *row, char *text, struct argp_state *state)
{
	struct parse *parse = state->input;
	char *options = (char *)parse->options;
	struct taking taking = {row, text, state, parse, parse->options, options + row->offset,
				{""}};
	bool *is_given = &parse->is_given[row - parse->rows];

	if (row->twice && *is_given)
		option_fail(state, "%s", row->twice);
	*is_given = true;
	takers[row->kind](&taking);
	if (row->flag)
		*(bool *)(options + row->flag) = true;
}
