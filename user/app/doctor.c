// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* `ktcping doctor`: look, conclude, show. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/app/command.h"
#include "user/app/options/options.h"
#include "user/app/options/version.h"
#include "user/app/terminal.h"
#include "user/io/doctor/host_facts_kernel.h"
#include "user/io/doctor/host_facts_process.h"
#include "user/io/doctor/survey.h"
#include "user/render/doctor.h"

static const struct argp_option table[] = {
	{"json", 'j', NULL, 0, "one JSON object a line", 0},
	{NULL, 'h', NULL, 0, "this list (also -?)", -1},
	{"version", 'V', NULL, 0, "the version", -1},
	{0},
};

static const char help_text[] =
	"What do this kernel and these privileges allow, and which verdicts suffer from what they do not?\v"
	"Prints facts about the host and this process, then one line a hook or facility of the kernel: loaded (it works), fallback "
	"(something that can do "
	"less does its work) or missing, why, what it is for, which statuses, reasons and figures rest on it, and how it was tested. Each "
	"is tested "
	"by making it, by itself: loaded and attached, or created, and removed again. The last line says whether probing would work.\n"
	"\n"
	"With -j these are objects of type \"fact\" (name, value, note), \"facility\" (name, what, required, test, result, reason, "
	"affects) and, "
	"last, \"doctor\" (ok, explain).\n"
	"\n"
	"Sends nothing, connects to nothing, leaves nothing behind. Without root it tells what is missing.\n"
	"\n"
	"Exit status: 0 probing would work; 3 usage; 4 it would not, or the output could not be written.";

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	bool *is_json = state->input;

	switch (key) {
	case 'j':
		*is_json = true;
		break;
	case 'V':
		puts(VERSION_TEXT);
		exit(EXIT_EXPECTED);
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one word too many: doctor takes no target", text);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Usage messages name the subcommand. */
static bool wants_json(int argc, char **argv)
{
	static const struct argp argp = {.options = table, .parser = parse_option, .doc = help_text};
	char name[] = "ktcping doctor";
	bool is_json = false;

	argv[0] = name;
	argp_err_exit_status = EXIT_USAGE;
	if (argp_parse(&argp, argc, argv, 0, NULL, &is_json))
		exit(EXIT_USAGE);
	return is_json;
}

static enum exit_code show(FILE *out, bool is_json, const struct doctor_report *report)
{
	const struct render_style style = terminal_style(out);

	if (is_json)
		doctor_write_json(out, report);
	else
		doctor_write_text(out, &style, report);
	if (fflush(out) != 0 || ferror(out)) {
		fprintf(stderr, "ktcping: cannot write the output: %s\n", strerror(errno));
		return EXIT_UNOBSERVED;
	}
	return report->is_ok ? EXIT_EXPECTED : EXIT_UNOBSERVED;
}

int command_doctor(int argc, char **argv)
{
	bool is_json = wants_json(argc, argv);
	struct doctor_report *report = calloc(1, sizeof(*report));
	enum exit_code code;

	signal(SIGPIPE, SIG_IGN);
	if (!report) {
		fprintf(stderr, "ktcping: out of memory\n");
		return EXIT_UNOBSERVED;
	}
	/* Facts first: trying things out raises limits. */
	host_facts_kernel(report);
	host_facts_process(report);
	survey_facilities(report);
	doctor_conclude(report);
	code = show(stdout, is_json, report);
	free(report);
	return code;
}
