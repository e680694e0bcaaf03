// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tried out: what fails says why. */
#include "user/io/net/origin_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/net/netns.h"
#include "user/io/net/origin_socket.h"

#define COMMAND_MAX 256

/* The command that shows more, to be run there. */
static const char *command(const struct origin *origin, const char *words, char *text)
{
	if (!origin_name(origin))
		return words;
	return netns_command(origin_name(origin), words, text, COMMAND_MAX);
}

static const char *where(const struct origin *origin, char *text)
{
	if (!origin_name(origin))
		return "on this host";
	snprintf(text, COMMAND_MAX, "in the network namespace %s", origin_name(origin));
	return text;
}

static int say_no_device(const struct origin *origin, int result, struct error *ret_error)
{
	char there[COMMAND_MAX], see[COMMAND_MAX];
	const char *device = origin_source(origin)->device;

	if (result == -ENODEV)
		return error_set(ret_error, result, "-I %s: there is no such device %s; see: %s",
				 device, where(origin, there),
				 command(origin, "ip -brief link", see));
	if (result == -EPERM)
		return error_set(ret_error, result,
				 "-I %s: not permitted; CAP_NET_RAW is needed, run as root",
				 device);
	return error_set(ret_error, result, "-I %s: the socket cannot be bound to it: %s", device,
			 strerror(-result));
}

static int say_no_number(const char *option, uint32_t number, int result, struct error *ret_error)
{
	if (result == -EPERM)
		return error_set(ret_error, result,
				 "%s %u: not permitted; CAP_NET_ADMIN is needed, run as root",
				 option, number);
	return error_set(ret_error, result, "%s %u: the kernel refuses it: %s", option, number,
			 strerror(-result));
}

static int say_no_option(const struct origin *origin, enum origin_option option, int result,
			 struct error *ret_error)
{
	const struct source *source = origin_source(origin);

	switch (option) {
	case ORIGIN_DEVICE:
		return say_no_device(origin, result, ret_error);
	case ORIGIN_MARK:
		return say_no_number("-m", source->mark, result, ret_error);
	case ORIGIN_TOS:
		return say_no_number("-Q", (uint32_t)source->tos, result, ret_error);
	case ORIGIN_OPTIONS:
		break;
	}
	return result;
}

/*
 * The address is there, but sockets see only those of their own VRF, and link-local ones only of
 * their own device.
 */
static int say_address_elsewhere(const struct origin *origin, const struct address *address,
				 int result, struct error *ret_error)
{
	const char *doubt =
		address->family == AF_INET6 ? "still being checked for duplicates, or " : "";
	const char *device = origin_source(origin)->device;
	char text[ADDRESS_TEXT_MAX], see[COMMAND_MAX];

	address_format(address, text);
	if (!device)
		return error_set(ret_error, result,
				 "-S %s: this address is %sof a VRF, to be named as well, as in: "
				 "-S %s -I VRF",
				 text, doubt, text);
	return error_set(ret_error, result,
			 "-S %s: this address is %sof another device or VRF than %s; see: %s", text,
			 doubt, device, command(origin, "ip -brief address", see));
}

static int say_no_address(const struct origin *origin, const struct address *address, int result,
			  struct error *ret_error)
{
	char text[ADDRESS_TEXT_MAX], there[COMMAND_MAX], see[COMMAND_MAX];

	address_format(address, text);
	if (result == -EINVAL && address_is_link_local(address))
		return error_set(
			ret_error, result,
			"-S %s: a link-local address needs its device, as in: -S %s -I DEVICE",
			text, text);
	if (result == -EADDRNOTAVAIL && origin_has_address(origin, address) > 0)
		return say_address_elsewhere(origin, address, result, ret_error);
	if (result == -EADDRNOTAVAIL)
		return error_set(ret_error, result, "-S %s: there is no such address %s; see: %s",
				 text, where(origin, there),
				 command(origin, "ip -brief address", see));
	return error_set(ret_error, result, "-S %s: the socket cannot be bound to it: %s", text,
			 strerror(-result));
}

static int say_no_port(uint16_t port, int result, struct error *ret_error)
{
	if (result == -EACCES)
		return error_set(
			ret_error, result,
			"--sport %u: not permitted; CAP_NET_BIND_SERVICE is needed, run as root",
			port);
	return error_set(ret_error, result, "--sport %u: the socket cannot be bound to it: %s",
			 port, strerror(-result));
}

/*
 * The address alone first: so it is known whose fault it is. Then the port, on another socket, for
 * one can be bound but once.
 */
static int check_bind(const struct origin *origin, int fd, int family, struct error *ret_error)
{
	const struct source *source = origin_source(origin);
	const struct address *address = family == AF_INET ? &source->v4 : &source->v6;
	int port_fd, result = origin_bind(origin, fd, family, 0);

	if (result < 0)
		return say_no_address(origin, address, result, ret_error);
	if (!source->first_port)
		return 0;
	port_fd = origin_socket(origin, family);
	result = port_fd < 0 ? port_fd : origin_bind(origin, port_fd, family, source->first_port);
	if (port_fd >= 0)
		close(port_fd);
	return result == 0 || result == -EADDRINUSE
		       ? 0
		       : say_no_port(source->first_port, result, ret_error);
}

int origin_check(const struct origin *origin, int family, struct error *ret_error)
{
	int fd = origin_open_socket(origin, family), result = 0;
	char there[COMMAND_MAX];

	if (fd < 0)
		return error_set(ret_error, fd, "no IPv%d socket can be made %s: %s",
				 family == AF_INET ? 4 : 6, where(origin, there), strerror(-fd));
	for (enum origin_option option = 0; option < ORIGIN_OPTIONS && result == 0; option++) {
		result = origin_set_option(origin, fd, family, option);
		if (result < 0)
			say_no_option(origin, option, result, ret_error);
	}
	if (result == 0)
		result = check_bind(origin, fd, family, ret_error);
	close(fd);
	return result;
}
