/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A skipped scenario is accepted only when tests/may_skip lists it and its probe fails. No lab. */
#include <string.h>

#include "tests/scenarios/cli.h"

#define LISTED	 "[SKIP] watch_rows::a_poll_by_aio_v6: this kernel has no io_submit()\n"
#define UNLISTED "[SKIP] honest::curl_v4: curl is not here\n"

/* The probe is a command that ends with the status: 0 the kernel can, 1 it cannot, 2 unknown. */
static struct command_result judge(const char *log, int probe_status)
{
	char line[1024];

	snprintf(line, sizeof(line),
		 "d=$(mktemp -d) && trap 'rm -r $d' EXIT && printf '#!/bin/sh\\nexit %d\\n' > "
		 "$d/probe && chmod +x $d/probe && "
		 "printf '%%s' '%s' > $d/log && tests/judge_skips.sh $d/log $d/probe",
		 probe_status, log);
	return cli_shell(NULL, line);
}

Test(skips, what_is_listed_may_be_skipped_while_the_probe_fails)
{
	struct command_result result = judge("[PASS] open::real_server_v4: (0.24s)\n" LISTED, 1);

	expect_status(result, 0);
	expect_said(result.output.bytes, "watch_rows/a_poll_by_aio_v6");
	expect_said(result.output.bytes, "io_submit");
}

Test(skips, nothing_else_may_be_skipped)
{
	static const struct {
		const char *log;
		int probe_status;
		const char *word;
	} refused[] = {
		{LISTED, 0, "can do what it needs"},
		{LISTED, 2, "does not tell why"},
		{UNLISTED, 1, "honest/curl_v4"},
		{UNLISTED LISTED, 1, "honest/curl_v4"},
		{"[SKIP] a line of another form\n", 1, "does not allow"},
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct command_result result = judge(refused[i].log, refused[i].probe_status);

		expect_status(result, 1);
		expect_said(result.output.bytes, refused[i].word);
	}
}

Test(skips, each_probe_gives_an_answer_on_this_kernel)
{
	struct command_result result =
		cli_shell(NULL, "probes=$(sed '/^#/d' tests/may_skip | cut -f2 | sort -u) && [ "
				"\"$probes\" ] || exit 2; "
				"for probe in $probes; do .output/tests/kernel_can $probe; [ $? "
				"-le 1 ] || exit 1; done");

	expect_status(result, 0);
}
