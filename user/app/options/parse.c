// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line while it is parsed. */
#include "user/app/options/parse.h"

#include <stdarg.h>

#include "user/app/say.h"

bool option_is_given(const struct parse *parse, const char *name)
{
	const struct option_row *row = option_row_named(parse->rows, parse->row_count, name);

	return row && parse->is_given[row - parse->rows];
}

void option_fail(struct argp_state *state, const char *format, ...)
{
	struct error sentence;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence.text, sizeof(sentence.text), format, arguments);
	va_end(arguments);
	say_as(state->name, sentence.text);
	argp_state_help(state, state->err_stream, ARGP_HELP_STD_ERR);
}

void option_refuse(struct argp_state *state, int result, const struct error *error)
{
	if (result < 0)
		option_fail(state, "%s", error->text);
}

void taking_refuse(struct taking *taking, int result)
{
	option_refuse(taking->state, result, &taking->error);
}

void taking_check_not_empty(struct taking *taking)
{
	const char *why = taking->row->hint ? taking->row->hint : "the name is empty";

	if (!*taking->text)
		option_fail(taking->state, "--%s: %s", taking->row->name, why);
}

const char *taking_following(const struct taking *taking)
{
	const struct argp_state *state = taking->state;

	return state->next < state->argc ? state->argv[state->next] : "";
}
