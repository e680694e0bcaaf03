// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Open, configure by what the kernel has, load, attach. */
#include "user/io/kernel/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/btf/kernel_types.h"
#include "user/io/kernel/attachment.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/libbpf_log.h"
#include "user/io/kernel/load_failure.h"
#include "user/io/kernel/loader.h"
#include "user/io/kernel/program_setup.h"

struct programs {
	struct ktcping_bpf *skeleton;
	int ring_fds[KTP_RINGS_MAX]; /* as many as ring_count; none where the skeleton's own do */
	unsigned ring_count;
	uint32_t ring_bytes;
	struct attachment *attachment;
};

static bool is_needed(const struct hook *hook, const struct observer_config *config,
		      const struct kernel_fit *fit)
{
	switch (hook->need) {
	case HOOK_MUST:
	case HOOK_SHOULD:
		return true;
	case HOOK_SUBSTITUTE:
		return fit->kfree_skb_args < 3;
	case HOOK_PATH:
		return config->has_path;
	case HOOK_CALLS:
		return config->filter != NULL;
	case HOOK_URING:
		return config->filter != NULL && fit->uring_complete_args == 3;
	}
	return false;
}

static bool is_twice(const struct hook *hook, const struct kernel_fit *fit)
{
	return hook->second && (fit->is_preemptible || !hook->is_preempted);
}

static struct bpf_program *program_of(const struct programs *programs, const char *name)
{
	return bpf_object__find_program_by_name(programs->skeleton->obj, name);
}

/* Sets *ret_missing when a must-have is not there. */
static void choose(const struct programs *programs, const struct observer_config *config,
		   const struct kernel_fit *fit, const struct kernel_types *types,
		   const char **ret_missing)
{
	for (size_t i = 0; i < hook_count; i++) {
		bool is_there = kernel_types_tracepoint(types, hooks[i].tracepoint);
		bool is_wanted = is_needed(&hooks[i], config, fit);
		bool is_must =
			hooks[i].need == HOOK_MUST || (hooks[i].need == HOOK_CALLS && is_wanted);

		bpf_program__set_autoload(program_of(programs, hooks[i].program),
					  is_there && is_wanted);
		if (hooks[i].second)
			bpf_program__set_autoload(program_of(programs, hooks[i].second),
						  is_there && is_wanted &&
							  is_twice(&hooks[i], fit));
		if (!is_there && is_must && !*ret_missing)
			*ret_missing = hooks[i].tracepoint;
	}
	/* No verdict rests on it: a kernel that is not that new does without. */
	bpf_program__set_autoload(programs->skeleton->progs.ktp_look_back,
				  config->filter && config->filter->looks_back &&
					  fit->can_look_back);
}

static int load(struct programs *programs, struct loader *loader,
		const struct observer_config *config, const char **ret_missing)
{
	struct kernel_fit fit;
	int result;

	programs->skeleton = loader_open(loader);
	if (!programs->skeleton)
		return errno ? -errno : -EINVAL;
	fit = kernel_fit_look(loader_types(loader));
	result = program_configure(programs->skeleton, config, &fit);
	if (result < 0)
		return result;
	choose(programs, config, &fit, loader_types(loader), ret_missing);
	return *ret_missing ? -ESRCH : ktcping_bpf__load(programs->skeleton);
}

/*
 * An array of maps is loaded empty. All at once, for the kernel waits for all programs of the host
 * each time; one by one before 5.18 or so.
 */
static int make_rings(struct programs *programs, const struct observer_config *config)
{
	int rings = bpf_map__fd(programs->skeleton->maps.ktp_rings);
	uint32_t indices[KTP_RINGS_MAX], count = config->rings;

	programs->ring_bytes = program_ring_bytes(config);
	if (count <= 2)
		return 0;
	for (uint32_t i = 0; i < count; i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ktp_ring", 0, 0,
					programs->ring_bytes, NULL);

		if (fd < 0)
			return -errno;
		programs->ring_fds[programs->ring_count++] = fd;
		indices[i] = i;
	}
	if (bpf_map_update_batch(rings, indices, programs->ring_fds, &count, NULL) == 0)
		return 0;
	for (uint32_t i = 0; i < config->rings; i++)
		if (bpf_map_update_elem(rings, &i, &programs->ring_fds[i], BPF_ANY) < 0)
			return -errno;
	return 0;
}

struct programs *programs_load(const struct observer_config *config, struct error *ret_error)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	const char *missing = NULL;
	struct load_failure failure;
	struct loader *loader;
	int result;

	if (!programs) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		return NULL;
	}
	program_raise_memlock();
	loader = loader_new();
	result = loader ? load(programs, loader, config, &missing) : errno ? -errno : -ENOMEM;
	loader_free(loader);
	if (result == 0)
		result = make_rings(programs, config);
	if (result == 0) {
		programs->attachment =
			attachment_new(programs->skeleton, config->may_detach, &missing);
		result = programs->attachment ? 0 : -errno;
	}
	if (result == 0)
		return programs;
	failure = load_failure_look(result, missing, libbpf_log_text());
	failure.is_watching = config->filter != NULL;
	load_failure_explain(&failure, ret_error);
	programs_free(programs);
	return NULL;
}

void programs_free(struct programs *programs)
{
	if (!programs)
		return;
	attachment_free(programs->attachment);
	ktcping_bpf__destroy(programs->skeleton);
	for (unsigned i = 0; i < programs->ring_count; i++)
		close(programs->ring_fds[i]);
	free(programs);
}

struct ktcping_bpf *programs_skeleton(const struct programs *programs)
{
	return programs->skeleton;
}

struct attachment *programs_attachment(const struct programs *programs)
{
	return programs->attachment;
}

int programs_ring_fd(const struct programs *programs, unsigned index)
{
	const struct ktcping_bpf *skeleton = programs->skeleton;

	if (programs->ring_count)
		return programs->ring_fds[index];
	return bpf_map__fd(index ? skeleton->maps.ktp_second_ring : skeleton->maps.ktp_first_ring);
}

uint32_t programs_ring_bytes(const struct programs *programs)
{
	return programs->ring_bytes;
}

uint32_t programs_attempts(const struct programs *programs)
{
	return bpf_map__max_entries(programs->skeleton->maps.ktp_sockets);
}

struct ktp_shared *programs_shared(const struct programs *programs)
{
	return &programs->skeleton->bss->ktp_shared;
}
