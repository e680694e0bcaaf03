// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One object a trial: a failed one cannot be loaded again. */
#include "user/io/program_trial.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/libbpf_log.h"
#include "user/io/refusal.h"

/* libbpf's words for "no such tracepoint" are an error number that it has for nothing else here. */
static void set_result(struct trial *trial, int result, const char *tracepoint)
{
	struct refusal refusal;

	trial->result = result;
	trial->reason[0] = '\0';
	if (result == 0)
		return;
	refusal = refusal_look(result, result == -ESRCH ? tracepoint : NULL, libbpf_log_text());
	refusal_shorten(&refusal, trial->reason, sizeof(trial->reason));
}

/* NULL with errno. Whose pids are compared is another question than whether the programs load. */
static struct ktcping_bpf *open_object(const struct program_sizes *sizes, const struct kernel_fit *fit)
{
	struct ktcping_bpf *skeleton;

	libbpf_log_clear();
	skeleton = ktcping_bpf__open();
	if (skeleton)
		program_configure(skeleton, sizes, fit);
	return skeleton;
}

static int attach_and_detach(const struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach(program);

	if (!link)
		return errno ? -errno : -EINVAL;
	bpf_link__destroy(link);
	return 0;
}

static int try_hook(const struct hook *hook, const struct program_sizes *sizes, const struct kernel_fit *fit)
{
	struct bpf_program *program;
	struct ktcping_bpf *skeleton;
	int result;

	skeleton = open_object(sizes, fit);
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

void trial_hook(const struct hook *hook, const struct program_sizes *sizes, struct trial *ret_trial)
{
	struct trial trial = {.fit = kernel_fit_newest()};
	int result = try_hook(hook, sizes, &trial.fit);

	/* Neither a permission nor a missing tracepoint is a matter of arguments. */
	if (result < 0 && result != -EPERM && result != -ESRCH) {
		trial.fit = kernel_fit_look();
		result = try_hook(hook, sizes, &trial.fit);
	}
	set_result(&trial, result, hook->tracepoint);
	*ret_trial = trial;
}

static int create(const struct bpf_map *map)
{
	int fd =
		bpf_map_create(bpf_map__type(map), NULL, bpf_map__key_size(map), bpf_map__value_size(map), bpf_map__max_entries(map), NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

void trial_map(enum trial_map map, const struct program_sizes *sizes, struct trial *ret_trial)
{
	struct trial trial = {.fit = kernel_fit_newest()};
	struct ktcping_bpf *skeleton = open_object(sizes, &trial.fit);
	int result = skeleton ? 0 : -errno;

	if (skeleton) {
		const struct bpf_map *const maps[] = {
			[TRIAL_RING] = skeleton->maps.ktp_ring,
			[TRIAL_SOCKETS] = skeleton->maps.ktp_sockets,
			[TRIAL_TUPLES] = skeleton->maps.ktp_tuples,
		};

		trial.size = bpf_map__max_entries(maps[map]);
		result = create(maps[map]);
		ktcping_bpf__destroy(skeleton);
	}
	set_result(&trial, result, NULL);
	*ret_trial = trial;
}
