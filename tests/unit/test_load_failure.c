/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Why the kernel cannot be observed: each cause has a sentence of its own, the most basic one
 * first.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "user/io/kernel/load_failure.h"

#define COUNT_OF(array)	 (sizeof(array) / sizeof((array)[0]))
#define CAPABILITY(name) (1ull << (name))
#define EVERYTHING	 (~0ull)
#define ENOUGH		 (CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON))

static const struct {
	struct load_failure failure;
	const char *says; /* and no other case does */
} cases[] = {
	{{.result = -EPERM, .has_btf = true}, "needs root; run it as root"},
	{{.result = -EPERM, .is_root = true, .has_btf = true}, "lacks CAP_BPF"},
	{{.result = -EPERM, .is_root = true, .has_btf = true, .capabilities = CAPABILITY(CAP_BPF)},
	 "lacks CAP_PERFMON"},
	{{.result = -EPERM,
	  .is_root = true,
	  .has_btf = true,
	  .capabilities = EVERYTHING,
	  .is_confidential = true},
	 "lockdown=confidentiality"},
	{{.result = -ENOENT, .is_root = true, .capabilities = EVERYTHING}, "no BTF"},
	{{.result = -ESRCH,
	  .is_root = true,
	  .has_btf = true,
	  .capabilities = EVERYTHING,
	  .missing = "net_dev_start_xmit"},
	 "too old, it has no tracepoint net_dev_start_xmit"},
	{{.result = -EMFILE, .is_root = true, .has_btf = true, .capabilities = EVERYTHING},
	 "no file descriptors left"},
	{{.result = -ENOMEM,
	  .is_root = true,
	  .has_btf = true,
	  .capabilities = EVERYTHING,
	  .missing = "net_dev_start_xmit"},
	 "no memory for the BPF"},
	{{.result = -ENOENT, .is_root = true, .capabilities = EVERYTHING, .is_without_sys = true},
	 "/sys is not mounted"},
	{{.result = -EPERM, .is_root = true, .has_btf = true, .capabilities = EVERYTHING},
	 "a security module"},
	{{.result = -EINVAL,
	  .is_root = true,
	  .has_btf = true,
	  .capabilities = EVERYTHING,
	  .log = "0: R1=ctx()\ninvalid bpf_context access\n"},
	 "invalid bpf_context access"},
};

static const char *explained(const struct load_failure *failure, struct error *error)
{
	struct load_failure whole = *failure;

	whole.kernel = "5.4.0";
	if (!whole.log)
		whole.log = "";
	cr_expect_eq(load_failure_explain(&whole, error), failure->result);
	return error->text;
}

Test(failure, each_cause_has_its_own_sentence)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct error error;
		const char *text = explained(&cases[i].failure, &error);

		cr_expect(strstr(text, cases[i].says), "%s", text);
		for (size_t k = 0; k < COUNT_OF(cases); k++)
			if (k != i)
				cr_expect_not(strstr(text, cases[k].says), "%s", text);
	}
}

Test(failure, a_verifier_that_says_no_is_quoted_with_its_last_words)
{
	struct load_failure failure = {
		.result = -EACCES, .is_root = true, .has_btf = true, .capabilities = EVERYTHING};
	struct error error;

	failure.log = "libbpf: prog 'x': -- BEGIN PROG LOAD LOG --\n0: (79) r1\nR1 is not "
		      "allowed\nprocessed 1 insns (limit 1000000)\n"
		      "-- END PROG LOAD LOG --\nlibbpf: failed to load object 'x'\n";
	cr_expect_str_eq(explained(&failure, &error),
			 "cannot observe the kernel: kernel 5.4.0 refused the BPF programs "
			 "(EACCES): R1 is not allowed");
	failure.log = "one line without an end";
	cr_expect(strstr(explained(&failure, &error), ": one line without an end"));
	failure.is_watching = true;
	cr_expect(strstr(explained(&failure, &error),
			 "of watch, which need Linux 5.12 or newer (EACCES)"));
}

Test(failure, capabilities_without_root_are_enough)
{
	struct load_failure failure = {
		.result = -EINVAL, .has_btf = true, .capabilities = ENOUGH, .log = "why"};
	struct error error;

	cr_expect(strstr(explained(&failure, &error), "(EINVAL): why"));
	failure.capabilities = CAPABILITY(CAP_SYS_ADMIN);
	cr_expect(strstr(explained(&failure, &error), "(EINVAL): why"));
}

Test(failure, without_descriptors_nothing_is_said_to_be_missing_in_the_kernel)
{
	struct load_failure failure = {.result = -EMFILE,
				       .is_root = true,
				       .has_btf = true,
				       .capabilities = EVERYTHING,
				       .missing = "kfree_skb"};
	struct error error;

	cr_expect(strstr(explained(&failure, &error), "no file descriptors left"), "%s",
		  error.text);
}
