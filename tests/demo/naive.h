/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a plain tool finds out: non-blocking connect(), poll(), SO_ERROR, and a clock in user space.
 */
#ifndef DEMO_NAIVE_H
#define DEMO_NAIVE_H

#include <stdint.h>

#include "tests/lab/lab.h"

#define NAIVE_TIMEOUT_MS 4000

struct naive_answer {
	/* 0: connected; ETIMEDOUT: our own timeout; else SO_ERROR, or what connect() failed with */
	int error;
	double elapsed_ms; /* from connect() to the answer */
};

/* Connect once from the lab's client to the IPv4 address. */
struct naive_answer naive_connect(struct lab *lab, const char *host, uint16_t port);

/* "connected after 1003.2 ms". Returns text. */
char *naive_format(const struct naive_answer *answer, char *text, size_t size);

#endif
