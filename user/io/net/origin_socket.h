/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets of an origin, with its options, address and port. */
#ifndef IO_ORIGIN_SOCKET_H
#define IO_ORIGIN_SOCKET_H

#include "user/io/net/origin.h"

/*
 * A TCP socket made inside, with all options of the source but address and port. The descriptor, or
 * -errno.
 */
int origin_socket(const struct origin *origin, int family);
/*
 * Its two halves, for who must have a socket although an option fails: the device may be gone by
 * now.
 */
int origin_open_socket(const struct origin *origin, int family);
int origin_set_options(const struct origin *origin, int fd, int family); /* 0 or -errno */

/* IP_TTL, IPV6_UNICAST_HOPS; 0: the kernel's choice. Returns 0 or -errno. */
int origin_set_ttl(int fd, int family, uint8_t ttl);

/* In the order in which they are set. */
enum origin_option {
	ORIGIN_DEVICE,
	ORIGIN_MARK,
	ORIGIN_TOS,
	ORIGIN_OPTIONS,
};

/* One of them; 0, also when it is not asked for, or -errno. */
int origin_set_option(const struct origin *origin, int fd, int family, enum origin_option option);

/*
 * bind() it to the source's address, if there is one of that family, and to the port (0: the
 * kernel's choice at connect()). 0 or -errno.
 */
int origin_bind(const struct origin *origin, int fd, int family, uint16_t port);

/*
 * Could a socket made now be bound to this address? 0; -EADDRNOTAVAIL: it is not this host's, or of
 * another VRF; or another -errno.
 */
int origin_try_address(const struct origin *origin, const struct address *address);

/* Has any of the namespace's devices this address, of whichever VRF it is? 1, 0 or -errno. */
int origin_has_address(const struct origin *origin, const struct address *address);

#endif
