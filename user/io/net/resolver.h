/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names to addresses through getaddrinfo(), so that the host's own rules (nsswitch.conf) apply,
 * without ever holding up the main loop.
 *
 *	resolver_ask(r, 7, "example.com", AF_UNSPEC);
 *	… resolver_fd(r) becomes readable …
 *	while (resolver_take(r, &answer))
 *		…
 *
 * A few threads do the waiting. They are started when there is something to ask, block all signals,
 * and stay in the network namespace of the thread that asked first: enter another one before that.
 * Lookups may open sockets of their own, TCP ones too. One thread at a time may use a resolver. It
 * caches nothing and never retries: getaddrinfo() does what the host's configuration says.
 */
#ifndef IO_RESOLVER_H
#define IO_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "user/io/net/lookup.h"

#define RESOLVER_MAX_THREADS 8

struct resolver;

/* NULL and errno on failure. No thread is started yet. */
struct resolver *resolver_new(void);

/*
 * NULL is fine. Never waits: lookups that hang end by themselves, or with the process, and their
 * answers are dropped. Closes resolver_fd().
 */
void resolver_free(struct resolver *resolver);

/* For poll(): readable as long as resolver_take() has something to give. Do not read it. */
int resolver_fd(const struct resolver *resolver);

/*
 * family: AF_UNSPEC, AF_INET or AF_INET6. name is copied; literals and scopes ("fe80::1%eth0") are
 * fine. id is the caller's own, and need not be unique. Answers come in any order. Returns 0,
 * -EINVAL for an empty name or another family, -ENOMEM, or -EAGAIN when no thread can be started at
 * all.
 */
int resolver_ask(struct resolver *resolver, uint32_t id, const char *name, int family);

/* Never waits. Returns false when no answer is there; *ret_answer is then untouched. */
bool resolver_take(struct resolver *resolver, struct lookup_answer *ret_answer);

/* How many questions have been asked whose answers have not been taken. */
uint32_t resolver_pending(struct resolver *resolver);

#endif
