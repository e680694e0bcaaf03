// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The command line while it is parsed. */
#include "user/app/options/parse.h"

bool option_is_given(const struct parse *parse, const char *name)
{
	const struct option_row *row = option_row_named(parse->rows, parse->row_count, name);

	return row && parse->is_given[row - parse->rows];
}

void option_refuse(struct argp_state *state, int result, const struct error *error)
{
	if (result < 0)
		argp_error(state, "%s", error->text);
}

void taking_refuse(struct taking *taking, int result)
{
	option_refuse(taking->state, result, &taking->error);
}

void taking_check_not_empty(struct taking *taking)
{
	const char *why = taking->row->hint ? taking->row->hint : "the name is empty";

	if (!*taking->text)
		argp_error(taking->state, "--%s: %s", taking->row->name, why);
}

const char *taking_following(const struct taking *taking)
{
	const struct argp_state *state = taking->state;

	return state->next < state->argc ? state->argv[state->next] : "";
}
