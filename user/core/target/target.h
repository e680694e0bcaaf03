/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the words on the command line, or the lines of a file, ask for: hosts and their ports. Names are not resolved here.
 *
 * Grammar of words: exactly two bare words are HOST PORT; with a port list (-p) every word is a host; otherwise each word is HOST, HOST:PORT, [V6], [V6]:PORT
 * or a bare V6 literal. Of a line: the same as one word, or HOST LIST, where LIST is as with -p. The port defaults to 80. A host may also be a network, as in
 * 192.0.2.0/24: all of its addresses, those that IPv4 sets apart for network and broadcast too.
 */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include <stddef.h>

#include "user/base/address.h"
#include "user/base/error.h"

#define TARGET_NAME_MAX	    254 /* RFC 1035 section 2.3.4: 253 characters, and the NUL */
#define TARGET_LABEL_MAX    (TARGET_NAME_MAX + 10)
#define TARGET_DEFAULT_PORT 80

struct port_range {
	uint16_t first;
	uint16_t last;
};

/* "22,80,8000-8010": in the order given, duplicates dropped. */
struct port_list {
	struct port_range *ranges; /* owned; free with port_list_release() */
	size_t count;
};

/* A host and the ports on which it is to be probed. */
struct host {
	char *name;		/* as typed, without brackets and port, with the scope; owned */
	struct address literal; /* set when the name is an address; scope and port 0. Of a network the lowest one */
	uint8_t free_bits;	/* of a network: how many of its addresses' last bits are free; else 0 */
	const char *scope;	/* "eth0" of a literal fe80::1%eth0, within name; NULL: none */
	struct port_list ports; /* at least one; owned */
};

struct host_list {
	struct host *hosts; /* owned; free with host_list_release() */
	size_t count;
};

/* The port of a service name for TCP, or -ENOENT: getservbyname() is not pure, so it is handed in. */
typedef int (*target_service_lookup)(const char *name);

/* "443" or a service name. lookup may be NULL. Returns 0, -EINVAL or -ERANGE; the sentence names the range. */
int port_parse(const char *text, target_service_lookup lookup, uint16_t *ret_port, struct error *ret_error);

/* Elements are ports, ranges of numbers and service names. Returns 0, -EINVAL, -ERANGE or -ENOMEM; *ret_list is untouched on failure. */
int port_list_parse(const char *text, target_service_lookup lookup, struct port_list *ret_list, struct error *ret_error);
void port_list_release(struct port_list *list);
size_t port_list_count(const struct port_list *list);
/* The index-th port, in the list's order; index < port_list_count(). */
uint16_t port_list_at(const struct port_list *list, size_t index);
/* All of them in that order, for the caller to free: for who wants one after the other. NULL without memory. */
uint16_t *port_list_expand(const struct port_list *list, size_t *ret_count);

/*
 * All words or none. ports is NULL without -p. A bare number as host is refused with a hint (it is nearly always a mistake for a port or -c), as are
 * empty words, names longer than TARGET_NAME_MAX, control characters and spaces. Returns 0, -EINVAL, -ERANGE or -ENOMEM.
 */
int host_list_parse(const char *const *words, size_t word_count, const struct port_list *ports, target_service_lookup lookup,
		    struct host_list *ret_list, struct error *ret_error);
void host_list_release(struct host_list *list);

/*
 * One line of a file, without its end; it may contain anything, NULs too. "#" begins a comment, at the line's begin or after a space; spaces and tabs around
 * words do not count. ports: for lines that name none; NULL: the default port. Returns 1 with a host, 0 for a line without one, -EINVAL, -ERANGE or -ENOMEM.
 */
int host_parse_line(const char *line, size_t length, const struct port_list *ports, target_service_lookup lookup, struct host *ret_host,
		    struct error *ret_error);
void host_release(struct host *host);

/* Addresses times ports, as far as one can tell: of a name one address. Saturates. */
uint64_t host_target_count(const struct host *host);

/* Of a literal or a network; index < host_address_count(). A network is never expanded in memory. */
uint64_t host_address_count(const struct host *host);
struct address host_address_at(const struct host *host, uint64_t index);

/* "example.com:443", "[2001:db8::1]:443": how a target is called in every output. text has TARGET_LABEL_MAX bytes; returns text. */
char *target_label(const char *name, uint16_t port, char *text);

#endif
