/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A sentence put together piece by piece in a fixed buffer; what does not fit is cut. */
#ifndef WORDS_SENTENCE_H
#define WORDS_SENTENCE_H

#include <stddef.h>
#include <stdint.h>

#include "user/base/address.h"
#include "user/base/error.h"

#define EXPLAIN_MAX 512 /* bytes of a sentence */

struct sentence {
	char *text;
	size_t size;
	size_t used;
};

/* What a bit of a mask is called. */
struct bit_name {
	unsigned bit;
	const char *name;
};

struct sentence sentence_start(char *text, size_t size);
/* All return their sentence, so that pieces can be chained. */
struct sentence *sentence_add(struct sentence *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "SYN-ACK": the names of the bits that are set, joined; an empty name ends them. */
struct sentence *sentence_bits(struct sentence *s, unsigned bits, const struct bit_name *names,
			       const char *between, const char *otherwise);
/* With the port if it has one. */
struct sentence *sentence_address(struct sentence *s, const struct address *address);
struct sentence *sentence_host(struct sentence *s, const struct address *address);
/* "4 s", "1.0 s", "350 ms" */
struct sentence *sentence_seconds(struct sentence *s, uint64_t ns);
/* "1 SYN", "2 SYNs", "no SYN" */
struct sentence *sentence_syns(struct sentence *s, unsigned count);

#endif
