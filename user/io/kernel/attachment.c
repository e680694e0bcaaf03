// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program of each tracepoint, or two: the skeleton keeps their links. */
#include "user/io/kernel/attachment.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/ktp_config.h"
#include "ktcping.skel.h"
#include "user/io/kernel/hooks.h"
#include "user/io/kernel/misses.h"
#include "user/io/kernel/program_setup.h"

struct attachment {
	struct ktcping_bpf *skeleton;
	bool may_detach;
	struct misses *misses;
	char hooks[256];
};

static struct bpf_program *program_of(const struct attachment *attachment, const char *name)
{
	return bpf_object__find_program_by_name(attachment->skeleton->obj, name);
}

static void note_missing(struct attachment *attachment, const char *name)
{
	size_t used = strlen(attachment->hooks);

	snprintf(attachment->hooks + used, sizeof(attachment->hooks) - used, "%s%s",
		 used ? ", " : "without ", name);
}

/* The skeleton keeps links, and destroys them with itself. */
static struct bpf_link **link_of(const struct attachment *attachment,
				 const struct bpf_program *program)
{
	struct bpf_object_skeleton *skeleton = attachment->skeleton->skeleton;
	int i = 0;

	while (*skeleton->progs[i].prog != program)
		i++;
	return skeleton->progs[i].link;
}

/* Returns whether it is; the link keeps it. */
static bool attach_program(struct attachment *attachment, const char *name, bool keeps_descriptor)
{
	struct bpf_program *program = program_of(attachment, name);
	struct bpf_link *link =
		bpf_program__fd(program) >= 0 ? bpf_program__attach_trace(program) : NULL;

	if (!link)
		return false;
	*link_of(attachment, program) = link;
	if (!keeps_descriptor)
		bpf_program__unload(program); /* descriptors are for probes */
	return true;
}

/*
 * The first program of a tracepoint before the second one: they run as they were attached. The
 * first one's descriptor counts how often it was skipped.
 */
static bool attach_hook(struct attachment *attachment, const struct hook *hook)
{
	bool has_second;

	if (!attach_program(attachment, hook->program, true))
		return false;
	has_second =
		hook->second && attach_program(attachment, hook->second, attachment->may_detach);
	if (hook->turn != HOOK_EXPLAINS)
		misses_add(attachment->misses,
			   bpf_program__fd(program_of(attachment, hook->program)),
			   has_second ? hook->turn : -1);
	return true;
}

/* When all are attached. No followed socket is under way at this moment. */
static void begin_handover(struct attachment *attachment)
{
	__atomic_store_n(&attachment->skeleton->bss->ktp_shared.hands_over, 1, __ATOMIC_SEQ_CST);
	misses_begin(attachment->misses);
}

static void detach(const struct attachment *attachment, const char *name)
{
	struct bpf_program *program = program_of(attachment, name);
	struct bpf_link **link = link_of(attachment, program);

	if (!*link)
		bpf_program__unload(program); /* it never was attached, and never will be */
	bpf_link__destroy(*link);
	*link = NULL;
}

/*
 * The second program of a tracepoint before the first one, which leaves no marks any more: alone,
 * it would take over everything.
 */
static void detach_all(const struct attachment *attachment)
{
	__atomic_store_n(&attachment->skeleton->bss->ktp_shared.hands_over, 0, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < hook_count; i++) {
		if (hooks[i].second)
			detach(attachment, hooks[i].second);
		detach(attachment, hooks[i].program);
	}
}

/* Each by itself: one that is refused costs only its own evidence. */
static int attach_all(struct attachment *attachment, const char **ret_missing)
{
	attachment->misses =
		misses_new(bpf_map__fd(attachment->skeleton->maps.ktp_handovers), program_cpus());
	if (!attachment->misses)
		return -errno;
	for (size_t i = 0; i < hook_count; i++) {
		bool is_chosen = bpf_program__autoload(program_of(attachment, hooks[i].program));

		if (is_chosen && attach_hook(attachment, &hooks[i]))
			continue;
		if (hooks[i].need == HOOK_MUST || (hooks[i].need == HOOK_CALLS && is_chosen)) {
			*ret_missing = hooks[i].tracepoint;
			return errno ? -errno : -ESRCH;
		}
		if (hooks[i].need == HOOK_SHOULD || is_chosen)
			note_missing(attachment, hook_name(&hooks[i]));
	}
	begin_handover(attachment);
	if (!attachment->hooks[0])
		snprintf(attachment->hooks, sizeof(attachment->hooks), "all hooks");
	return 0;
}

struct attachment *attachment_new(struct ktcping_bpf *skeleton, bool may_detach,
				  const char **ret_missing)
{
	struct attachment *attachment = calloc(1, sizeof(*attachment));
	int result;

	if (!attachment)
		return NULL;
	attachment->skeleton = skeleton;
	attachment->may_detach = may_detach;
	result = attach_all(attachment, ret_missing);
	if (result == 0)
		return attachment;
	attachment_free(attachment);
	errno = -result;
	return NULL;
}

void attachment_free(struct attachment *attachment)
{
	if (!attachment)
		return;
	if (attachment->misses) /* else none is attached */
		detach_all(attachment);
	misses_free(attachment->misses);
	free(attachment);
}

void attachment_detach(struct attachment *attachment)
{
	misses_end(attachment->misses);
	detach_all(attachment);
}

int attachment_attach(struct attachment *attachment, const char **ret_missing)
{
	for (size_t i = 0; i < hook_count; i++) {
		if (bpf_program__fd(program_of(attachment, hooks[i].program)) < 0 ||
		    attach_hook(attachment, &hooks[i]))
			continue;
		*ret_missing = hooks[i].tracepoint;
		return errno ? -errno : -ESRCH;
	}
	begin_handover(attachment);
	return 0;
}

struct misses *attachment_misses(const struct attachment *attachment)
{
	return attachment->misses;
}

const char *attachment_hooks(const struct attachment *attachment)
{
	return attachment->hooks;
}
