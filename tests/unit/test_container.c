/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which container a control group is of. */
#include <criterion/criterion.h>
#include <string.h>

#include "user/core/container.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static const struct {
	const char *path;
	const char *id;
} cases[] = {
	{"/system.slice/docker-" ID ".scope", ID},
	{"/docker/" ID, ID},
	{"/machine.slice/libpod-" ID ".scope/container", ID},
	{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234abcd_0000.slice/"
	 "cri-containerd-" ID ".scope",
	 ID},
	{"/docker/" OTHER "/docker/" ID, ID},
	{"/system.slice/ssh.service", NULL},
	{"/docker/" ID "0", NULL},
	{"/", NULL},
	{"", NULL},
	{NULL, NULL},
};

Test(container, is_the_innermost_id_of_the_path)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char id[CONTAINER_ID_DIGITS + 1];
		const char *found = container_id(cases[i].path, id);

		cr_expect_eq(found == NULL, cases[i].id == NULL, "%s", cases[i].path);
		cr_expect(!found || strcmp(found, cases[i].id) == 0, "%s: %s", cases[i].path,
			  found);
	}
}
