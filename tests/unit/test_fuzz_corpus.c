/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a fuzzer has found, without the fuzzer: every kept input goes through its target, which
 * aborts at a broken promise. With --verbose the inputs are named; the last one is the culprit.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define PATH_BYTES  512
#define INPUT_BYTES 65536

static void run_file(const struct fuzz_target *target, const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(INPUT_BYTES);
	size_t count;

	cr_assert(file && bytes, "%s", path);
	count = fread(bytes, 1, INPUT_BYTES, file);
	fclose(file);
	cr_log_info("%s: %s", target->name, path);
	target->run(bytes, count);
	free(bytes);
}

/* Returns the number of files; folders: a pattern of glob(), which may match none. */
static size_t run_folders(const struct fuzz_target *target, const char *folders)
{
	const char *root = getenv("KTCPING_ROOT");
	char pattern[PATH_BYTES];
	glob_t files;
	size_t count;

	snprintf(pattern, sizeof(pattern), "%s/%s/*", root ? root : ".", folders);
	if (glob(pattern, 0, NULL, &files))
		return 0;
	for (size_t i = 0; i < files.gl_pathc; i++)
		run_file(target, files.gl_pathv[i]);
	count = files.gl_pathc;
	globfree(&files);
	return count;
}

static void run_target(const char *name)
{
	char folder[PATH_BYTES];
	const struct fuzz_target *target = fuzz_targets;

	while (strcmp(target->name, name))
		target++;
	snprintf(folder, sizeof(folder), "tests/fuzz/corpus/%s", name);
	cr_expect_gt(run_folders(target, folder), 0, "%s is empty", folder);
	snprintf(folder, sizeof(folder), "tests/fuzz/crashers/%s", name);
	run_folders(target, folder);
	if (target->seeds)
		cr_expect_gt(run_folders(target, target->seeds), 0, "%s is empty", target->seeds);
}

Test(fuzz_corpus, core_keeps_its_promises_whatever_is_fed)
{
	run_target("core");
}

Test(fuzz_corpus, packet_is_total)
{
	run_target("packet");
}

Test(fuzz_corpus, trace_lines_are_understood_as_written_or_refused)
{
	run_target("trace");
}

Test(fuzz_corpus, hosts_and_ports_are_taken_whole_or_refused)
{
	run_target("host");
}

Test(fuzz_corpus, btf_is_read_within_its_bounds)
{
	run_target("btf");
}

Test(fuzz_corpus, numbers_are_within_their_range_or_refused)
{
	run_target("number");
}

Test(fuzz_corpus, text_cannot_steer_a_terminal)
{
	run_target("text");
}

Test(fuzz_corpus, a_target_runs_without_any_bytes)
{
	for (size_t i = 0; i < fuzz_target_count; i++)
		fuzz_targets[i].run((const uint8_t *)"", 0);
}
