/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the words on the command line ask for: hosts and their ports. Names are not resolved here.
 *
 * Grammar of words: exactly two bare words are HOST PORT; with a port list (-p) every word is a
 * host; otherwise each word is HOST, HOST:PORT, [V6], [V6]:PORT or a bare V6 literal. The port
 * defaults to 80. A host may also be a network, as in 192.0.2.0/24: all of its addresses, those
 * that IPv4 sets apart for network and broadcast too.
 */
#ifndef CORE_TARGET_H
#define CORE_TARGET_H

#include "user/core/target/host.h"

#define TARGET_LABEL_MAX (TARGET_NAME_MAX + 10)

struct host_list {
	struct host *hosts; /* owned; free with host_list_release() */
	size_t count;
};

/*
 * All words or none. ports is NULL without -p. A bare number as host is refused with a hint (it is
 * nearly always a mistake for a port or -c), as are empty words, names longer than TARGET_NAME_MAX,
 * control characters and spaces. Returns 0, -EINVAL, -ERANGE or -ENOMEM.
 */
int host_list_parse(const char *const *words, size_t word_count, const struct port_list *ports,
		    target_service_lookup lookup, struct host_list *ret_list,
		    struct error *ret_error);
void host_list_release(struct host_list *list);

/* "example.com:443", "[2001:db8::1]:443", in text, which has TARGET_LABEL_MAX bytes. */
char *target_label(const char *name, uint16_t port, char *text);

#endif
