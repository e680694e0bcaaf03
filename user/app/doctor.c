// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* `ktcping doctor`: look, conclude, show. */
#include "user/app/doctor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/options/options_parse.h"
#include "user/app/say.h"
#include "user/app/terminal.h"
#include "user/io/doctor/host_facts_kernel.h"
#include "user/io/doctor/host_facts_process.h"
#include "user/io/doctor/survey.h"

struct showing {
	FILE *out;
	const struct renderer *renderer;
	struct doctor_shown shown;
	int error; /* of writing */
};

/* What has been found since. */
static void show(void *context, const struct doctor_report *report)
{
	struct showing *showing = context;
	const struct render_style style = terminal_style(showing->out);

	showing->renderer->doctor(showing->out, &style, report, &showing->shown);
	if ((fflush(showing->out) != 0 || ferror(showing->out)) && !showing->error)
		showing->error = errno;
}

static enum exit_code conclude(struct showing *showing, struct doctor_report *report)
{
	doctor_conclude(report);
	show(showing, report);
	if (showing->error) {
		say("cannot write the output: %s", strerror(showing->error));
		return EXIT_UNOBSERVED;
	}
	return report->is_ok ? EXIT_EXPECTED : EXIT_UNOBSERVED;
}

int command_doctor(int argc, char **argv)
{
	struct options options;
	struct showing showing = {.out = stdout};
	struct doctor_report *report = calloc(1, sizeof(*report));
	enum exit_code code;

	options_parse(COMMAND_DOCTOR, argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	if (!report) {
		say("out of memory");
		return EXIT_UNOBSERVED;
	}
	showing.renderer = options.format->renderer;
	/* Facts first: trying what works raises limits. */
	host_facts_kernel(report);
	host_facts_process(report);
	show(&showing, report);
	survey_facilities(report, show, &showing);
	code = conclude(&showing, report);
	free(report);
	options_release(&options);
	return code;
}
