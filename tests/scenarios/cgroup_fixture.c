/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A lab whose client runs programs in a cgroup of its own. */
#include "tests/scenarios/cgroup_fixture.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lab/cgroup.h"

#define OBJECT ".output/tests/cgroup.bpf.o"

/* A test has a process of its own, and makes one cgroup. */
static char path[CGROUP_PATH_MAX];

/* The link ends with this process. */
static void attach(const char *name)
{
	const char *object_path = getenv("CGROUP_OBJECT") ? getenv("CGROUP_OBJECT") : OBJECT;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bpf_object *object = bpf_object__open_file(object_path, NULL);
	struct bpf_program *program;
	struct bpf_link *link;

	cr_assert(fd >= 0 && object, "cannot open %s and %s: %s", path, object_path,
		  strerror(errno));
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	if (bpf_object__load(object) < 0)
		cr_skip_test("this kernel loads no cgroup programs: %s", strerror(errno));
	program = bpf_object__find_program_by_name(object, name);
	cr_assert(program, "no program %s in %s", name, object_path);
	link = bpf_program__attach_cgroup(program, fd);
	cr_assert(link, "cannot attach %s: %s", name, strerror(errno));
}

struct lab *cgroup_fixture(const char *program)
{
	static char procs[CGROUP_PATH_MAX + 16];
	struct lab *lab = scenario_lab();
	struct error error;

	if (cgroup_new(path, &error) < 0)
		cr_skip_test("no cgroup here: %s", error.text);
	if (program)
		attach(program);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	lab->client_procs = procs;
	return lab;
}

const char *cgroup_fixture_path(void)
{
	return path;
}
