/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The programs as they are loaded: by the few types that are cut out of the kernel's, they become
 * what libbpf makes of them by all.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "tests/scenarios/scenario.h"
#include "user/io/btf/kernel_types.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/kernel_fit.h"
#include "user/io/kernel/libbpf_log.h"
#include "user/io/kernel/loader.h"
#include "user/io/kernel/observer_config.h"
#include "user/io/kernel/program_setup.h"

static void choose(const struct ktcping_bpf *skeleton, const struct hook *hook, bool is_preemptible)
{
	bpf_program__set_autoload(bpf_object__find_program_by_name(skeleton->obj, hook->program),
				  true);
	if (hook->second && (is_preemptible || !hook->is_preempted))
		bpf_program__set_autoload(
			bpf_object__find_program_by_name(skeleton->obj, hook->second), true);
}

/* As its own handlers of tp_btf/… and iter/… would. */
static void know_by_libbpf(struct ktcping_bpf *skeleton)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, skeleton->obj)
	{
		const char *section = bpf_program__section_name(program);
		const char *target = strchr(section, '/');
		bool is_iterator = !strncmp(section, "ktp_iter/", strlen("ktp_iter/"));

		cr_assert(target);
		bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
		bpf_program__set_expected_attach_type(program, is_iterator ? BPF_TRACE_ITER
									   : BPF_TRACE_RAW_TP);
		if (bpf_program__autoload(program))
			cr_assert_eq(bpf_program__set_attach_target(program, 0, target + 1), 0);
	}
}

/*
 * All programs that this kernel has a tracepoint for. What links a call of the kernel's is its own.
 */
static void load_all(struct ktcping_bpf *skeleton, const struct kernel_types *types,
		     bool is_by_libbpf)
{
	static const struct observer_filter all = {0};
	const struct observer_config config = {
		.ring_bytes = 4096, .rings = 1, .attempts = 16, .has_path = true, .filter = &all};
	struct kernel_fit fit = kernel_fit_look(types);

	fit.has_rdonly_cast = false;
	cr_assert_eq(program_configure(skeleton, &config, &fit), 0);
	for (size_t i = 0; i < hook_count; i++)
		if (kernel_types_tracepoint(types, hooks[i].tracepoint) &&
		    (hooks[i].need != HOOK_URING || fit.uring_complete_args == 3))
			choose(skeleton, &hooks[i], fit.is_preemptible);
	bpf_program__set_autoload(skeleton->progs.ktp_look_back, fit.can_look_back);
	if (is_by_libbpf)
		know_by_libbpf(skeleton);
	cr_assert_eq(ktcping_bpf__load(skeleton), 0, "%s", libbpf_log_text());
}

/* But for the descriptors of maps, and for calls of bpf_rdonly_cast(), which do not run here. */
static bool is_same(const struct bpf_insn *a, const struct bpf_insn *b)
{
	bool is_map = a->code == (BPF_LD | BPF_IMM | BPF_DW) &&
		      (a->src_reg == BPF_PSEUDO_MAP_FD || a->src_reg == BPF_PSEUDO_MAP_VALUE);
	bool is_call = a->code == (BPF_JMP | BPF_CALL) && a->src_reg == BPF_PSEUDO_KFUNC_CALL;
	struct bpf_insn given = *b;

	if (is_map || is_call)
		given.imm = a->imm;
	if (is_call)
		given.src_reg = a->src_reg;
	return !memcmp(a, &given, sizeof(given));
}

static void expect_same_program(const struct bpf_program *a, const struct bpf_program *b)
{
	cr_assert_eq(bpf_program__insn_cnt(a), bpf_program__insn_cnt(b), "%s",
		     bpf_program__name(a));
	for (size_t i = 0; i < bpf_program__insn_cnt(a); i++)
		cr_assert(is_same(&bpf_program__insns(a)[i], &bpf_program__insns(b)[i]),
			  "%s, instruction %zu", bpf_program__name(a), i);
}

Test(loading, programs_are_as_all_types_of_the_kernel_make_them)
{
	struct lab *lab = scenario_lab(); /* for its privileges */
	struct ktcping_bpf *by_libbpf = ktcping_bpf__open(), *by_cut;
	struct loader *loader = loader_new();
	struct bpf_program *program;
	unsigned compared = 0;

	cr_assert(lab && by_libbpf && loader);
	by_cut = loader_open(loader);
	cr_assert(by_cut);
	load_all(by_cut, loader_types(loader), false);
	load_all(by_libbpf, loader_types(loader), true);
	bpf_object__for_each_program(program, by_cut->obj)
	{
		const char *name = bpf_program__name(program);

		if (bpf_program__fd(program) < 0)
			continue;
		expect_same_program(program,
				    bpf_object__find_program_by_name(by_libbpf->obj, name));
		compared++;
	}
	cr_expect_gt(compared, 20);
	ktcping_bpf__destroy(by_cut);
	ktcping_bpf__destroy(by_libbpf);
	loader_free(loader);
}
