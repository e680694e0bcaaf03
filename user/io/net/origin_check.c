// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Why sockets cannot be made as asked for, in a sentence for the person who asked. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/io/net/netns.h"
#include "user/io/net/origin.h"

#define COMMAND_MAX 256

/* The command that shows more, to be run there. */
static const char *command(const struct place *place, const char *words, char *text)
{
	if (!place_name(place))
		return words;
	return netns_command(place_name(place), words, text, COMMAND_MAX);
}

static const char *where(const struct place *place, char *text)
{
	if (!place_name(place))
		return "on this host";
	snprintf(text, COMMAND_MAX, "in the network namespace %s", place_name(place));
	return text;
}

static int say_no_device(const struct place *place, int result, struct error *ret_error)
{
	char there[COMMAND_MAX], see[COMMAND_MAX];
	const char *device = place_source(place)->device;

	if (result == -ENODEV)
		return error_set(ret_error, result, "-I %s: there is no such device %s; see: %s", device, where(place, there),
				 command(place, "ip -brief link", see));
	if (result == -EPERM)
		return error_set(ret_error, result, "-I %s: not permitted; CAP_NET_RAW is needed, run as root", device);
	return error_set(ret_error, result, "-I %s: the socket cannot be bound to it: %s", device, strerror(-result));
}

static int say_no_number(const char *option, uint32_t number, int result, struct error *ret_error)
{
	if (result == -EPERM)
		return error_set(ret_error, result, "%s %u: not permitted; CAP_NET_ADMIN is needed, run as root", option, number);
	return error_set(ret_error, result, "%s %u: the kernel refuses it: %s", option, number, strerror(-result));
}

static int say_no_option(const struct place *place, enum place_option option, int result, struct error *ret_error)
{
	const struct source *source = place_source(place);

	switch (option) {
	case PLACE_DEVICE:
		return say_no_device(place, result, ret_error);
	case PLACE_MARK:
		return say_no_number("-m", source->mark, result, ret_error);
	case PLACE_TOS:
		return say_no_number("-Q", (uint32_t)source->tos, result, ret_error);
	case PLACE_TTL:
		return say_no_number("--ttl", source->ttl, result, ret_error);
	case PLACE_OPTIONS:
		break;
	}
	return result;
}

/* The address is there, but sockets see only those of their own VRF, and link-local ones only of their own device. */
static int say_address_elsewhere(const struct place *place, const struct address *address, int result, struct error *ret_error)
{
	const char *doubt = address->family == AF_INET6 ? "still being checked for duplicates, or " : "";
	const char *device = place_source(place)->device;
	char text[ADDRESS_TEXT_MAX], see[COMMAND_MAX];

	address_format(address, text);
	if (!device)
		return error_set(ret_error, result, "-S %s: this address is %sof a VRF, to be named as well, as in: -S %s -I VRF", text,
				 doubt, text);
	return error_set(ret_error, result, "-S %s: this address is %sof another device or VRF than %s; see: %s", text, doubt, device,
			 command(place, "ip -brief address", see));
}

static int say_no_address(const struct place *place, const struct address *address, int result, struct error *ret_error)
{
	char text[ADDRESS_TEXT_MAX], there[COMMAND_MAX], see[COMMAND_MAX];

	address_format(address, text);
	if (result == -EINVAL && address_is_link_local(address))
		return error_set(ret_error, result, "-S %s: a link-local address needs its device, as in: -S %s -I DEVICE", text, text);
	if (result == -EADDRNOTAVAIL && place_has_address(place, address) > 0)
		return say_address_elsewhere(place, address, result, ret_error);
	if (result == -EADDRNOTAVAIL)
		return error_set(ret_error, result, "-S %s: there is no such address %s; see: %s", text, where(place, there),
				 command(place, "ip -brief address", see));
	return error_set(ret_error, result, "-S %s: the socket cannot be bound to it: %s", text, strerror(-result));
}

static int say_no_port(uint16_t port, int result, struct error *ret_error)
{
	if (result == -EACCES)
		return error_set(ret_error, result, "--sport %u: not permitted; CAP_NET_BIND_SERVICE is needed, run as root", port);
	return error_set(ret_error, result, "--sport %u: the socket cannot be bound to it: %s", port, strerror(-result));
}

/* The address alone first: so it is known whose fault it is. Then the port, on another socket, for one can be bound but once. */
static int check_bind(const struct place *place, int fd, int family, struct error *ret_error)
{
	const struct source *source = place_source(place);
	const struct address *address = family == AF_INET ? &source->v4 : &source->v6;
	int port_fd, result = place_bind(place, fd, family, 0);

	if (result < 0)
		return say_no_address(place, address, result, ret_error);
	if (!source->first_port)
		return 0;
	port_fd = place_socket(place, family);
	result = port_fd < 0 ? port_fd : place_bind(place, port_fd, family, source->first_port);
	if (port_fd >= 0)
		close(port_fd);
	return result == 0 || result == -EADDRINUSE ? 0 : say_no_port(source->first_port, result, ret_error);
}

int place_check(const struct place *place, int family, struct error *ret_error)
{
	int fd = place_open_socket(place, family), result = 0;
	char there[COMMAND_MAX];

	if (fd < 0)
		return error_set(ret_error, fd, "no IPv%d socket can be made %s: %s", family == AF_INET ? 4 : 6, where(place, there),
				 strerror(-fd));
	for (enum place_option option = 0; option < PLACE_OPTIONS && result == 0; option++) {
		result = place_set_option(place, fd, family, option);
		if (result < 0)
			say_no_option(place, option, result, ret_error);
	}
	if (result == 0)
		result = check_bind(place, fd, family, ret_error);
	close(fd);
	return result;
}
