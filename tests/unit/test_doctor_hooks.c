/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of hooks speaks the language of verdicts, and the causes of a failure have short forms.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "user/core/verdict/verdict.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/load_failure.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define COUNT_OF(array)	 (sizeof(array) / sizeof((array)[0]))
#define EVERYTHING	 (~0ull)
#define CAPABILITY(name) (1ull << (name))

/* Neither status nor reason: fields of -j, a command, and two things that only people see. */
static const char *const others[] = {
	"rtt_us", "queue_us", "neighbour_us", "app_us",	       "syn_sent", "syn_unanswered",
	"answer", "drop",     "every status", "timeline (-v)", "path",	   "watch",
};

static bool is_known(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(others); i++)
		if (!strcmp(word, others[i]))
			return true;
	for (int reason = 0; reason < REASON_COUNT; reason++)
		if (!strcmp(word, reason_name((enum reason)reason)))
			return true;
	return status_parse(word) >= 0;
}

Test(hooks, say_what_suffers_without_them_in_words_that_verdicts_have)
{
	cr_assert_gt(hook_count, 0);
	for (size_t i = 0; i < hook_count; i++) {
		cr_expect(hooks[i].affects[0], "%s affects nothing", hooks[i].tracepoint);
		for (const char *const *word = hooks[i].affects; *word; word++)
			cr_expect(is_known(*word), "%s: %s", hooks[i].tracepoint, *word);
	}
}

Test(hooks, have_each_name_and_program_once)
{
	for (size_t i = 0; i < hook_count; i++)
		for (size_t k = 0; k < i; k++) {
			cr_expect_str_neq(hook_name(&hooks[i]), hook_name(&hooks[k]));
			cr_expect_str_neq(hooks[i].program, hooks[k].program);
		}
}

static const struct {
	struct load_failure failure;
	const char *says;
} cases[] = {
	{{.result = -EPERM, .has_btf = true}, "not permitted: this process lacks CAP_BPF"},
	{{.result = -EPERM, .has_btf = true, .capabilities = CAPABILITY(CAP_BPF)},
	 "not permitted: this process lacks CAP_PERFMON"},
	{{.result = -EPERM, .has_btf = true, .capabilities = EVERYTHING, .is_nested = true},
	 "not permitted: capabilities of this user namespace do not count for BPF"},
	{{.result = -EACCES, .has_btf = true, .capabilities = EVERYTHING, .is_confidential = true},
	 "not permitted: the kernel is locked down (lockdown=confidentiality)"},
	{{.result = -ESRCH, .capabilities = EVERYTHING, .missing = "kfree_skb"},
	 "this kernel has no BTF that can be read"},
	{{.result = -ESRCH, .has_btf = true, .capabilities = EVERYTHING, .missing = "kfree_skb"},
	 "this kernel has no tracepoint kfree_skb"},
	{{.result = -EACCES,
	  .has_btf = true,
	  .capabilities = EVERYTHING,
	  .log = "0: R1=ctx()\ninvalid bpf_context access\nprocessed 3 insns\n"},
	 "refused (EACCES): invalid bpf_context access"},
	{{.result = -EMFILE, .has_btf = true, .capabilities = EVERYTHING},
	 "refused (EMFILE): Too many open files"},
	{{.result = -4095, .has_btf = true, .capabilities = EVERYTHING, .log = "odd"},
	 "refused (?): odd"},
};

Test(failure_in_short, each_cause_has_its_own_words)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct load_failure failure = cases[i].failure;
		char text[256];

		failure.log = failure.log ? failure.log : "";
		load_failure_shorten(&failure, text, sizeof(text));
		cr_expect_str_eq(text, cases[i].says);
	}
}

Test(failure_in_short, is_cut_to_fit)
{
	struct load_failure failure = {.result = -EACCES,
				       .has_btf = true,
				       .capabilities = EVERYTHING,
				       .log = "a long last line of a verifier"};
	char text[24];

	load_failure_shorten(&failure, text, sizeof(text));
	cr_expect_str_eq(text, "refused (EACCES): a lon");
}

Test(failure_in_short, a_nested_user_namespace_and_a_missing_proc_have_sentences)
{
	struct load_failure failure = {.result = -EPERM,
				       .is_root = true,
				       .has_btf = true,
				       .capabilities = EVERYTHING,
				       .is_nested = true,
				       .log = ""};
	struct error error;

	cr_expect_eq(load_failure_explain(&failure, &error), -EPERM);
	cr_expect(strstr(error.text, "user namespace"), "%s", error.text);
	failure = (struct load_failure){.result = -ENOENT,
					.is_root = true,
					.capabilities = EVERYTHING,
					.is_without_proc = true,
					.log = ""};
	cr_expect_eq(load_failure_explain(&failure, &error), -ENOENT);
	cr_expect(strstr(error.text, "mount -t proc"), "%s", error.text);
}

/* "libbpf: failed to load ..." comes last and says nothing. */
Test(failure_in_short, quotes_the_cause_and_not_its_consequence)
{
	struct load_failure failure = {
		.result = -EINVAL, .has_btf = true, .capabilities = EVERYTHING};
	char text[256];

	failure.log = "libbpf: prog 'x': bad relocation\nlibbpf: failed to load object "
		      "'x'\nlibbpf: failed to load BPF skeleton 'x': -22\n";
	load_failure_shorten(&failure, text, sizeof(text));
	cr_expect_str_eq(text, "refused (EINVAL): libbpf: prog 'x': bad relocation");
}
