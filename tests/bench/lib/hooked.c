/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The least that observing can cost: programs that do nothing, at ktcping's tracepoints. */
#include "tests/bench/lib/hooked.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#define OBJECT	    ".output/tests/hooks.bpf.o"
#define LINKS_MAX   16
#define CALL_PREFIX "empty_sys_"

/* Of the only object that there is at a time. */
static struct bpf_link *links[LINKS_MAX];
static size_t link_count;

static int attach_all(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(program))
			continue;
		link = link_count < LINKS_MAX ? bpf_program__attach(program) : NULL;
		if (!link)
			return errno ? -errno : -E2BIG;
		links[link_count++] = link;
	}
	return 0;
}

static void leave_out_calls(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program,
				     object) if (strncmp(bpf_program__name(program), CALL_PREFIX,
							 strlen(CALL_PREFIX)) == 0)
		bpf_program__set_autoload(program, false);
}

struct bpf_object *hooked_attach(bool has_calls, struct error *ret_error)
{
	struct bpf_object *object = bpf_object__open(OBJECT);
	int result = object ? 0 : -errno;

	if (object && !has_calls)
		leave_out_calls(object);
	if (result == 0)
		result = bpf_object__load(object);
	if (result == 0)
		result = attach_all(object);
	if (result == 0)
		return object;
	error_set(ret_error, result, "%s cannot be attached: %s", OBJECT, strerror(-result));
	hooked_detach(object);
	return NULL;
}

void hooked_detach(struct bpf_object *object)
{
	while (link_count)
		bpf_link__destroy(links[--link_count]);
	bpf_object__close(object);
}
