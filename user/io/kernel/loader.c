// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A handler of the programs' sections, which libbpf has none for. */
#include "user/io/kernel/loader.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/btf/kernel_cut.h"
#include "user/io/btf/kernel_types.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/kernel_fit.h"
#include "user/io/kernel/libbpf_log.h"

#define TRACEPOINTS	"ktp_tp/"
#define TRACEPOINTS_MAX 64
#define ITERATORS	"ktp_iter/"

struct loader {
	struct kernel_types *types;
	int cut_fd; /* what libbpf takes for the kernel's BTF */
	char cut_path[32];
	int handler;
};

static int set_attach_id(struct bpf_prog_load_opts *options, const struct kernel_types *types,
			 const char *section)
{
	char function[64];

	if (!strncmp(section, TRACEPOINTS, strlen(TRACEPOINTS))) {
		options->expected_attach_type = BPF_TRACE_RAW_TP;
		options->attach_btf_id =
			kernel_types_tracepoint(types, section + strlen(TRACEPOINTS));
	} else {
		snprintf(function, sizeof(function), "bpf_iter_%s", section + strlen(ITERATORS));
		options->expected_attach_type = BPF_TRACE_ITER;
		options->attach_btf_id = kernel_types_id(types, BTF_KIND_FUNC, function);
	}
	return options->attach_btf_id ? 0 : -ESRCH;
}

/*
 * Of the kernel's functions that are no helpers libbpf would have to know all types: their calls
 * are compiled as such of a helper that there is not.
 */
static int link_calls(struct bpf_program *program, const struct kernel_types *types)
{
	size_t count = bpf_program__insn_cnt(program), bytes = count * sizeof(struct bpf_insn);
	struct bpf_insn *instructions = malloc(bytes);
	int id = (int)kernel_types_id(types, BTF_KIND_FUNC, "bpf_rdonly_cast"), result;

	if (!instructions)
		return -ENOMEM;
	memcpy(instructions, bpf_program__insns(program), bytes);
	for (size_t i = 0; i < count; i++) {
		if (instructions[i].code != (BPF_JMP | BPF_CALL) || instructions[i].src_reg ||
		    instructions[i].imm != KTP_RDONLY_CAST)
			continue;
		instructions[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
		instructions[i].imm = id;
	}
	result = bpf_program__set_insns(program, instructions, count);
	free(instructions);
	return result;
}

static int prepare(struct bpf_program *program, struct bpf_prog_load_opts *options, long cookie)
{
	const struct loader *loader = (const struct loader *)cookie; /* NOLINT: libbpf's way */

	int result = set_attach_id(options, loader->types, bpf_program__section_name(program));

	if (result < 0)
		return result;
	/* Not before: of an object with tracing programs libbpf reads all types. */
	bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
	return link_calls(program, loader->types);
}

struct loader *loader_new(void)
{
	struct loader *loader = calloc(1, sizeof(*loader));
	LIBBPF_OPTS(libbpf_prog_handler_opts, options, .prog_prepare_load_fn = prepare,
		    .cookie = (long)loader);

	if (!loader)
		return NULL;
	loader->cut_fd = memfd_create("ktcping-types", MFD_CLOEXEC);
	snprintf(loader->cut_path, sizeof(loader->cut_path), "/proc/self/fd/%d", loader->cut_fd);
	loader->handler = libbpf_register_prog_handler(NULL, BPF_PROG_TYPE_RAW_TRACEPOINT,
						       BPF_TRACE_RAW_TP, &options);
	if (loader->cut_fd >= 0 && loader->handler >= 0)
		return loader;
	errno = loader->cut_fd < 0 ? errno : -loader->handler;
	loader_free(loader);
	return NULL;
}

void loader_free(struct loader *loader)
{
	int error = errno;

	if (!loader)
		return;
	libbpf_unregister_prog_handler(loader->handler);
	kernel_types_free(loader->types);
	if (loader->cut_fd >= 0)
		close(loader->cut_fd);
	free(loader);
	errno = error;
}

static int write_cut(int fd, const struct kernel_types *types)
{
	struct btf *cut = kernel_cut(types);
	uint32_t bytes = 0;
	const void *data = cut ? btf__raw_data(cut, &bytes) : NULL;
	int result = data && write(fd, data, bytes) == (ssize_t)bytes ? 0 : -errno;

	btf__free(cut);
	return result;
}

/* Once: all objects are of the same programs. */
static int look(struct loader *loader, const struct btf *programs)
{
	const char *tracepoints[TRACEPOINTS_MAX] = {0};
	const struct kernel_wanted wanted = {programs, kernel_fit_names, tracepoints};
	struct kernel_types *types;
	int result;

	for (size_t i = 0; i < hook_count && i < TRACEPOINTS_MAX - 1; i++)
		tracepoints[i] = hooks[i].tracepoint;
	types = kernel_types_new(&wanted);
	result = types ? write_cut(loader->cut_fd, types) : -errno;

	if (result == 0)
		loader->types = types;
	else
		kernel_types_free(types);
	return result;
}

struct ktcping_bpf *loader_open(struct loader *loader)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = loader->cut_path);
	struct ktcping_bpf *skeleton;
	int result = 0;

	libbpf_log_clear();
	skeleton = ktcping_bpf__open_opts(&options);
	if (skeleton && !loader->types)
		result = look(loader, bpf_object__btf(skeleton->obj));
	if (result == 0)
		return skeleton;
	ktcping_bpf__destroy(skeleton);
	errno = -result;
	return NULL;
}

const struct kernel_types *loader_types(const struct loader *loader)
{
	return loader->types;
}
