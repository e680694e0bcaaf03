/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* RPS and NAPI threads, by a namespace's own sysfs. */
#include "tests/lab/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/error.h"

void receive_processors(unsigned *ret_first, unsigned *ret_last)
{
	cpu_set_t given;

	CPU_ZERO(&given);
	sched_getaffinity(0, sizeof(given), &given);
	*ret_first = *ret_last = 0;
	for (unsigned i = CPU_SETSIZE; i-- > 0;) {
		if (!CPU_ISSET(i, &given))
			continue;
		*ret_first = i;
		if (!*ret_last)
			*ret_last = i;
	}
}

/* The namespace's own, mounted nowhere: closing the descriptor is the end of it. */
static int open_sysfs(void)
{
	int context = fsopen("sysfs", FSOPEN_CLOEXEC), mount = -1;

	if (context >= 0 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		mount = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (context >= 0)
		close(context);
	return mount;
}

static int write_setting(int sysfs, const char *device, const char *name, const char *value)
{
	char path[64 + IF_NAMESIZE];
	int fd, result = 0;

	snprintf(path, sizeof(path), "class/net/%s/%s", device, name);
	fd = openat(sysfs, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		result = -errno;
	if (fd >= 0)
		close(fd);
	return result;
}

/* As the kernel reads it: hexadecimal words of 32, the highest first. */
static void write_mask(unsigned one, unsigned other, char *text, size_t size)
{
	size_t used = 0;

	for (unsigned i = (one > other ? one : other) / 32 + 1; i-- > 0;) {
		uint32_t word = (one / 32 == i ? 1u << one % 32 : 0) |
				(other / 32 == i ? 1u << other % 32 : 0);

		used += (size_t)snprintf(text + used, size - used, "%x%s", word, i ? "," : "");
	}
}

/* veth has NAPI when it merges, and uses it for what a side without TSO sends. */
static void ask_veth_for_napi(int any_socket, const char *device)
{
	struct ethtool_value merge = {.cmd = ETHTOOL_SGRO, .data = 1},
			     no_large = {.cmd = ETHTOOL_STSO, .data = 0};
	struct ifreq request = {0};

	strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
	request.ifr_data = (char *)&merge;
	ioctl(any_socket, SIOCETHTOOL, &request);
	request.ifr_data = (char *)&no_large;
	ioctl(any_socket, SIOCETHTOOL, &request);
}

static void receive_by_thread(int sysfs, const char *device)
{
	int any_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (any_socket >= 0) {
		ask_veth_for_napi(any_socket, device);
		close(any_socket);
	}
	write_setting(sysfs, device, "threaded", "1");
}

static int receive_on_mask(int sysfs, const char *device, const char *mask, struct error *ret_error)
{
	int result = write_setting(sysfs, device, "queues/rx-0/rps_cpus", mask);

	return result < 0 ? error_set(ret_error, result,
				      "what %s receives cannot be processed on %s: %s", device,
				      mask, strerror(-result))
			  : 0;
}

int receive_on(unsigned processor, unsigned other, bool has_threads, struct error *ret_error)
{
	struct if_nameindex *devices = if_nameindex();
	int sysfs = open_sysfs(), result = 0;
	char mask[CPU_SETSIZE / 32 * 9], both[sizeof(mask)];

	if (sysfs < 0 || !devices)
		result = error_set(ret_error, -errno, "cannot read a namespace's devices: %s",
				   strerror(errno));
	write_mask(processor, processor, mask, sizeof(mask));
	write_mask(processor, other, both, sizeof(both));
	for (struct if_nameindex *device = devices; result == 0 && device->if_index; device++) {
		if (has_threads)
			receive_by_thread(sysfs, device->if_name);
		result = receive_on_mask(sysfs, device->if_name,
					 strcmp(device->if_name, "lo") ? mask : both, ret_error);
	}
	if (devices)
		if_freenameindex(devices);
	if (sysfs >= 0)
		close(sysfs);
	return result;
}
