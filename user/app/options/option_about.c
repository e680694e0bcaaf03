// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options that only say something, and end the process. */
#include "user/app/options/option_about.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/options/version.h"
#include "user/render/verdicts.h"

/* A reader who has seen enough closes the pipe, and that is no error. */
static void show_verdicts(struct argp_state *state)
{
	verdicts_write_text(state->out_stream);
	if (fflush(state->out_stream) != 0 && errno != EPIPE)
		argp_failure(state, EXIT_UNOBSERVED, errno, "cannot write the output");
	exit(EXIT_EXPECTED);
}

/* The topic may stand apart, as the word after the option. */
void option_take_help(struct taking *taking)
{
	const char *next = taking_following(taking), *topic = taking->text;

	if (!topic && taking->row->argument && *next && *next != '-')
		topic = next;
	if (!topic)
		argp_state_help(taking->state, taking->state->out_stream, ARGP_HELP_STD_HELP);
	else if (strcmp(topic, OPTIONS_TOPICS) != 0)
		option_fail(taking->state,
			    "--help: '%.60s' is no topic; there is: " OPTIONS_TOPICS
			    ", and --help alone has the options",
			    topic);
	show_verdicts(taking->state);
}

void option_take_usage(struct taking *taking)
{
	argp_state_help(taking->state, taking->state->out_stream,
			ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
}

void option_take_version(struct taking *taking)
{
	fprintf(taking->state->out_stream, "%s\n", VERSION_TEXT);
	exit(EXIT_EXPECTED);
}

void option_take_refused(struct taking *taking)
{
	option_fail(taking->state, "%s", taking->row->hint);
}
