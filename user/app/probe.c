// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* `ktcping [probe]`: options first, then everything that needs privilege. */
#include "user/app/probe.h"

#include <locale.h>
#include <signal.h>

#include "user/app/options/options_parse.h"
#include "user/app/run/run.h"

int command_probe(int argc, char **argv)
{
	struct options options;
	enum exit_code code;

	/* getaddrinfo() reads names in the user's encoding; numbers stay in C's */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	options_parse(COMMAND_PROBE, argc, argv, &options);
	code = run_probes(&options);
	options_release(&options);
	return code;
}
