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

static enum exit_code show(FILE *out, const struct format *format,
			   const struct doctor_report *report)
{
	const struct render_style style = terminal_style(out);

	format->renderer->doctor(out, &style, report);
	if (fflush(out) != 0 || ferror(out)) {
		say("cannot write the output: %s", strerror(errno));
		return EXIT_UNOBSERVED;
	}
	return report->is_ok ? EXIT_EXPECTED : EXIT_UNOBSERVED;
}

int command_doctor(int argc, char **argv)
{
	struct options options;
	struct doctor_report *report = calloc(1, sizeof(*report));
	enum exit_code code;

	options_parse(COMMAND_DOCTOR, argc, argv, &options);
	signal(SIGPIPE, SIG_IGN);
	if (!report) {
		say("out of memory");
		return EXIT_UNOBSERVED;
	}
	/* Facts first: trying what works raises limits. */
	host_facts_kernel(report);
	host_facts_process(report);
	survey_facilities(report);
	doctor_conclude(report);
	code = show(stdout, options.format, report);
	free(report);
	options_release(&options);
	return code;
}
