// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Open, configure, load, attach. First as for a new kernel; only if that is refused is the kernel's BTF asked what it lacks. */
#include "user/io/kernel/program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_follow.h"
#include "ktcping.skel.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/kernel_names.h"
#include "user/io/kernel/libbpf_log.h"
#include "user/io/kernel/load_failure.h"
#include "user/io/kernel/misses.h"
#include "user/io/pidfd.h"

struct programs {
	struct ktcping_bpf *skeleton;
	int ring_fds[KTP_RINGS_MAX]; /* as many as ring_count; none where the skeleton's own do */
	unsigned ring_count;
	uint32_t ring_bytes;
	bool may_detach;
	struct misses *misses;
	char hooks[256];
};

static bool is_needed(const struct hook *hook, const struct observer_config *config, const struct kernel_fit *fit)
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

/* is_fitted: only what this kernel's BTF says it has. Sets *ret_missing when a must-have is not there. */
static void choose(const struct programs *programs, const struct observer_config *config, const struct kernel_fit *fit, bool is_fitted,
		   const char **ret_missing)
{
	for (size_t i = 0; i < hook_count; i++) {
		bool is_there = !is_fitted || kernel_tracepoint_args(hooks[i].tracepoint) > 0;

		bool is_wanted = is_needed(&hooks[i], config, fit);
		bool is_must = hooks[i].need == HOOK_MUST || (hooks[i].need == HOOK_CALLS && is_wanted);

		bpf_program__set_autoload(program_of(programs, hooks[i].program), is_there && is_wanted);
		if (hooks[i].second)
			bpf_program__set_autoload(program_of(programs, hooks[i].second), is_there && is_wanted && is_twice(&hooks[i], fit));
		if (!is_there && is_must && !*ret_missing)
			*ret_missing = hooks[i].tracepoint;
	}
}

/* Open and load; is_fitted: with the kernel's BTF asked first. A failed object cannot be loaded again, so each try opens its own. */
static int try_load(struct programs *programs, const struct observer_config *config, bool is_fitted, const char **ret_missing)
{
	struct kernel_fit fit = is_fitted ? kernel_fit_look() : kernel_fit_newest();
	int result;

	ktcping_bpf__destroy(programs->skeleton);
	libbpf_log_clear();
	programs->skeleton = ktcping_bpf__open();
	if (!programs->skeleton)
		return -errno;
	result = program_configure(programs->skeleton, config, &fit);
	if (result < 0)
		return result;
	choose(programs, config, &fit, is_fitted, ret_missing);
	/* No verdict rests on it: a kernel that is not that new does without. */
	bpf_program__set_autoload(programs->skeleton->progs.ktp_look_back, !is_fitted && config->filter && config->filter->looks_back);
	return *ret_missing ? -ESRCH : ktcping_bpf__load(programs->skeleton);
}

static void note_missing(struct programs *programs, const char *name)
{
	size_t used = strlen(programs->hooks);

	snprintf(programs->hooks + used, sizeof(programs->hooks) - used, "%s%s", used ? ", " : "without ", name);
}

/* The skeleton keeps links, and destroys them with itself. */
static struct bpf_link **link_of(const struct programs *programs, const struct bpf_program *program)
{
	struct bpf_object_skeleton *skeleton = programs->skeleton->skeleton;
	int i = 0;

	while (*skeleton->progs[i].prog != program)
		i++;
	return skeleton->progs[i].link;
}

/* Returns whether it is; the link keeps it. */
static bool attach_program(struct programs *programs, const char *name, bool keeps_descriptor)
{
	struct bpf_program *program = program_of(programs, name);
	struct bpf_link *link = bpf_program__fd(program) >= 0 ? bpf_program__attach(program) : NULL;

	if (!link)
		return false;
	*link_of(programs, program) = link;
	if (!keeps_descriptor)
		bpf_program__unload(program); /* descriptors are for probes */
	return true;
}

/* The first program of a tracepoint before the second one: they run as they were attached. The first one's descriptor tells how often it was skipped. */
static bool attach_hook(struct programs *programs, const struct hook *hook)
{
	bool has_second;

	if (!attach_program(programs, hook->program, true))
		return false;
	has_second = hook->second && attach_program(programs, hook->second, programs->may_detach);
	if (hook->turn != HOOK_EXPLAINS)
		misses_add(programs->misses, bpf_program__fd(program_of(programs, hook->program)), has_second ? hook->turn : -1);
	return true;
}

/* When all are attached. No followed socket is under way at this moment. */
static void begin_handover(struct programs *programs)
{
	__atomic_store_n(&programs_shared(programs)->hands_over, 1, __ATOMIC_SEQ_CST);
	misses_begin(programs->misses);
}

/* Each by itself: one that is refused costs only its own evidence. */
static int attach(struct programs *programs, const char **ret_missing)
{
	programs->misses = misses_new(bpf_map__fd(programs->skeleton->maps.ktp_handovers), program_cpus());
	if (!programs->misses)
		return -errno;
	for (size_t i = 0; i < hook_count; i++) {
		bool is_chosen = bpf_program__autoload(program_of(programs, hooks[i].program));

		if (is_chosen && attach_hook(programs, &hooks[i]))
			continue;
		if (hooks[i].need == HOOK_MUST || (hooks[i].need == HOOK_CALLS && is_chosen)) {
			*ret_missing = hooks[i].tracepoint;
			return errno ? -errno : -ESRCH;
		}
		if (hooks[i].need == HOOK_SHOULD || is_chosen)
			note_missing(programs, hook_name(&hooks[i]));
	}
	begin_handover(programs);
	if (!programs->hooks[0])
		snprintf(programs->hooks, sizeof(programs->hooks), "all hooks");
	return 0;
}

/* An array of maps is loaded empty. All at once, for the kernel waits for all programs of the host each time; one by one before 5.18 or so. */
static int make_rings(struct programs *programs, const struct observer_config *config)
{
	int rings = bpf_map__fd(programs->skeleton->maps.ktp_rings);
	uint32_t indices[KTP_RINGS_MAX], count = config->rings;

	programs->ring_bytes = program_ring_bytes(config);
	if (count <= 2)
		return 0;
	for (uint32_t i = 0; i < count; i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ktp_ring", 0, 0, programs->ring_bytes, NULL);

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
	int result;

	if (!programs) {
		error_set(ret_error, -ENOMEM, "cannot observe the kernel: out of memory");
		return NULL;
	}
	programs->may_detach = config->may_detach;
	program_raise_memlock();
	result = try_load(programs, config, false, &missing);
	/* Neither a permission nor a limit of ours is a matter of what the kernel has. */
	if (result < 0 && result != -EPERM && result != -EMFILE && result != -ENFILE)
		result = try_load(programs, config, true, &missing);
	if (result == 0)
		result = make_rings(programs, config);
	if (result == 0)
		result = attach(programs, &missing);
	if (result == 0)
		return programs;
	failure = load_failure_look(result, missing, libbpf_log_text());
	failure.is_watching = config->filter != NULL;
	load_failure_explain(&failure, ret_error);
	programs_free(programs);
	return NULL;
}

static void detach(const struct programs *programs, const char *name)
{
	struct bpf_program *program = program_of(programs, name);
	struct bpf_link **link = link_of(programs, program);

	if (!*link)
		bpf_program__unload(program); /* it never was attached, and never will be */
	bpf_link__destroy(*link);
	*link = NULL;
}

/* The second program of a tracepoint before the first one, which leaves no marks any more: alone, it would take over everything. */
static void detach_all(const struct programs *programs)
{
	__atomic_store_n(&programs_shared(programs)->hands_over, 0, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < hook_count; i++) {
		if (hooks[i].second)
			detach(programs, hooks[i].second);
		detach(programs, hooks[i].program);
	}
}

void programs_free(struct programs *programs)
{
	if (!programs)
		return;
	if (programs->misses) /* else none is attached */
		detach_all(programs);
	misses_free(programs->misses);
	ktcping_bpf__destroy(programs->skeleton);
	for (unsigned i = 0; i < programs->ring_count; i++)
		close(programs->ring_fds[i]);
	free(programs);
}

void programs_detach(struct programs *programs)
{
	misses_end(programs->misses);
	detach_all(programs);
}

int programs_attach(struct programs *programs, const char **ret_missing)
{
	for (size_t i = 0; i < hook_count; i++) {
		if (bpf_program__fd(program_of(programs, hooks[i].program)) < 0 || attach_hook(programs, &hooks[i]))
			continue;
		*ret_missing = hooks[i].tracepoint;
		return errno ? -errno : -ESRCH;
	}
	begin_handover(programs);
	return 0;
}

struct misses *programs_misses(const struct programs *programs)
{
	return programs->misses;
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

const char *programs_hooks(const struct programs *programs)
{
	return programs->hooks;
}

int programs_watch(const struct programs *programs, uint32_t tgid, bool has_hidden_calls)
{
	const struct ktcping_bpf *skeleton = programs->skeleton;
	uint32_t visibility = has_hidden_calls ? KTP_CALLS_HIDDEN : KTP_CALLS_SEEN;

	if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.ktp_tasks), &tgid, &visibility, BPF_ANY) < 0)
		return -errno;
	if (!skeleton->rodata->ktp_config.is_initial_pidns) /* the kernel side learns its number when it connects */
		return 0;
	/* The kernel side may have found out meanwhile that it makes some. */
	bpf_map_update_elem(bpf_map__fd(skeleton->maps.ktp_users), &tgid, &visibility, has_hidden_calls ? BPF_ANY : BPF_NOEXIST);
	__atomic_store_n(&skeleton->bss->ktp_shared.seen[tgid & (KTP_SEEN_BYTES - 1)], 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* The kernel side takes out who ends, but for those that had ended when they were put in; or whose end it did not see. */
static bool is_alive(const struct programs *programs, uint32_t key)
{
	bool is_child = key >> 31; /* by its number in the initial pid namespace */

	if (is_child && !programs->skeleton->rodata->ktp_config.is_initial_pidns)
		return true;
	return !pidfd_has_ended((pid_t)(key & ~(1u << 31)));
}

bool programs_have_tasks(const struct programs *programs)
{
	int tasks = bpf_map__fd(programs->skeleton->maps.ktp_tasks);
	uint32_t key, *previous = NULL;

	while (bpf_map_get_next_key(tasks, previous, &key) == 0) {
		if (is_alive(programs, key))
			return true;
		previous = &key;
	}
	return false;
}

int programs_look_back(const struct programs *programs, void (*take)(void *context, const struct ktp_late *late), void *context)
{
	const struct bpf_program *program = programs->skeleton->progs.ktp_look_back;
	struct bpf_link *link = bpf_program__fd(program) < 0 ? NULL : bpf_program__attach_iter(program, NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1, error = errno;
	struct ktp_late late;

	while (fd >= 0 && read(fd, &late, sizeof(late)) == sizeof(late))
		take(context, &late);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return fd >= 0 ? 0 : error ? -error : -ENOENT;
}

/* What programs ask about the socket. At its address there may be another one by now. */
static void forget_watched(const struct programs *programs, uint64_t key, uint64_t cookie)
{
	int watched_sockets = bpf_map__fd(programs->skeleton->maps.ktp_watched_sockets);
	struct ktp_watched_socket watched;

	if (bpf_map_lookup_elem(watched_sockets, &key, &watched) < 0 || watched.attempt.cookie != cookie)
		return;
	bpf_map_delete_elem(watched_sockets, &key);
	if (watched.mptcp)
		bpf_map_delete_elem(watched_sockets, &watched.mptcp);
}

void programs_forget(const struct programs *programs, uint64_t cookie, uint32_t number)
{
	int sockets = bpf_map__fd(programs->skeleton->maps.ktp_sockets);
	int tuples = bpf_map__fd(programs->skeleton->maps.ktp_tuples);
	bool is_ours = programs->skeleton->rodata->ktp_config.filter == KTP_FILTER_OWN;
	struct ktp_attempt owner;
	struct ktp_socket socket;

	if (bpf_map_lookup_elem(sockets, &cookie, &socket) < 0 || socket.number != number) /* it connects anew */
		return;
	for (unsigned i = 0; i < socket.tuple_count && i < KTP_TUPLES_MAX; i++) /* unless a later attempt has it by now */
		if (bpf_map_lookup_elem(tuples, &socket.tuples[i], &owner) == 0 && owner.cookie == cookie)
			bpf_map_delete_elem(tuples, &socket.tuples[i]);
	if (!is_ours)
		forget_watched(programs, socket.watched, cookie);
	if (socket.isn)
		bpf_map_delete_elem(bpf_map__fd(programs->skeleton->maps.ktp_isns), &socket.isn);
	if (bpf_map_delete_elem(sockets, &cookie) == 0 && !is_ours)
		__atomic_fetch_sub(&programs->skeleton->bss->ktp_shared.active, 1, __ATOMIC_SEQ_CST); /* the kernel side counted it */
}
