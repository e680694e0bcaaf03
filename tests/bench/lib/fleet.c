/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A /16 of addresses at the lab's server. */
#include "tests/bench/lib/fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/base/error.h"

#define ADDRESSES 62500 /* 10.4.0.1 to 10.4.249.250, without 0 and 255 at the end */

int fleet_open(struct lab *lab, struct error *ret_error)
{
	int result = lab_ip(lab, LAB_SERVER, "route add local " FLEET_PREFIX "0.0/16 dev lo\n",
			    ret_error);

	if (result == 0)
		result =
			lab_ip(lab, LAB_ROUTER,
			       "route add " FLEET_PREFIX "0.0/16 via " LAB_SERVER4 "\n", ret_error);
	return result < 0 ? result
			  : lab_ip(lab, LAB_CLIENT,
				   "route add " FLEET_PREFIX "0.0/16 via " LAB_ROUTER4 "\n",
				   ret_error);
}

static void write_lines(FILE *file, unsigned count, unsigned port)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned host = i % ADDRESSES;

		fprintf(file, FLEET_PREFIX "%u.%u", host / 250, host % 250 + 1);
		fprintf(file, port ? ":%u\n" : "\n", port + i / ADDRESSES);
	}
}

char *fleet_file_new(unsigned count, unsigned port, struct error *ret_error)
{
	char *path = strdup("/tmp/ktcping-bench-XXXXXX");
	int fd = path ? mkstemp(path) : -1;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		error_set(ret_error, -errno, "cannot make a file of hosts in /tmp: %s",
			  strerror(errno));
		free(path);
		return NULL;
	}
	write_lines(file, count, port);
	if (fclose(file) == 0)
		return path;
	error_set(ret_error, -errno, "cannot write %s: %s", path, strerror(errno));
	fleet_file_remove(path);
	return NULL;
}

void fleet_file_remove(char *path)
{
	if (path)
		unlink(path);
	free(path);
}
