// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One object a probe: a failed one cannot be loaded again. */
#include "user/io/doctor/feature_probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/kernel/libbpf_log.h"
#include "user/io/kernel/load_failure.h"
#include "user/io/kernel/loader.h"
#include "user/io/kernel/program_setup.h"

/* libbpf's words for "no such tracepoint" are an error number that it has for nothing else here. */
static void set_result(struct feature_probe *probe, int result, const char *tracepoint)
{
	struct load_failure failure;

	probe->result = result;
	probe->reason[0] = '\0';
	if (result == 0)
		return;
	failure =
		load_failure_look(result, result == -ESRCH ? tracepoint : NULL, libbpf_log_text());
	load_failure_shorten(&failure, probe->reason, sizeof(probe->reason));
}

/* NULL with errno. Whose pids are compared is another question than whether the programs load. */
static struct ktcping_bpf *open_object(struct loader *loader, const struct observer_config *config,
				       struct kernel_fit *ret_fit)
{
	struct ktcping_bpf *skeleton = loader ? loader_open(loader) : NULL;

	if (!skeleton)
		return NULL;
	*ret_fit = kernel_fit_look(loader_types(loader));
	program_configure(skeleton, config, ret_fit);
	return skeleton;
}

static int attach_and_detach(const struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach_trace(program);

	if (!link)
		return errno ? -errno : -EINVAL;
	bpf_link__destroy(link);
	return 0;
}

static int try_hook(struct loader *loader, const struct hook *hook,
		    const struct observer_config *config, struct kernel_fit *ret_fit)
{
	struct bpf_program *program;
	struct ktcping_bpf *skeleton;
	int result;

	skeleton = open_object(loader, config, ret_fit);
	if (!skeleton)
		return -errno;
	program = bpf_object__find_program_by_name(skeleton->obj, hook->program);
	if (program)
		bpf_program__set_autoload(program, true);
	result = program ? ktcping_bpf__load(skeleton) : -ENOENT;
	if (result == 0)
		result = attach_and_detach(program);
	ktcping_bpf__destroy(skeleton);
	return result;
}

void feature_probe_hook(struct loader *loader, const struct hook *hook,
			const struct observer_config *given, struct feature_probe *ret_probe)
{
	static const struct observer_filter all = {0};
	bool is_watching = hook->need == HOOK_CALLS || hook->need == HOOK_URING;
	struct observer_config watching = *given;
	const struct observer_config *config = is_watching ? &watching : given;
	struct feature_probe probe = {0};

	watching.filter = &all; /* else what it keeps is left out */
	set_result(&probe, try_hook(loader, hook, config, &probe.fit), hook->tracepoint);
	*ret_probe = probe;
}

static int create(enum bpf_map_type type, uint32_t key_bytes, uint32_t value_bytes,
		  uint32_t entries)
{
	int fd = bpf_map_create(type, NULL, key_bytes, value_bytes, entries, NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int try_map(struct loader *loader, enum feature_map map,
		   const struct observer_config *config, struct kernel_fit *ret_fit,
		   uint32_t *ret_size)
{
	struct ktcping_bpf *skeleton;
	const struct bpf_map *tried;
	int result;

	if (map == FEATURE_RING) {
		*ret_size = program_ring_bytes(config);
		return create(BPF_MAP_TYPE_RINGBUF, 0, 0, *ret_size);
	}
	skeleton = open_object(loader, config, ret_fit);
	if (!skeleton)
		return -errno;
	tried = map == FEATURE_SOCKETS ? skeleton->maps.ktp_sockets : skeleton->maps.ktp_tuples;
	*ret_size = bpf_map__max_entries(tried);
	result = create(bpf_map__type(tried), bpf_map__key_size(tried), bpf_map__value_size(tried),
			*ret_size);
	ktcping_bpf__destroy(skeleton);
	return result;
}

void feature_probe_map(struct loader *loader, enum feature_map map,
		       const struct observer_config *config, struct feature_probe *ret_probe)
{
	struct feature_probe probe = {0};
	uint32_t size = 0;
	int result = try_map(loader, map, config, &probe.fit, &size);

	probe.size = size;
	set_result(&probe, result, NULL);
	*ret_probe = probe;
}
