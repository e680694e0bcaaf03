/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One target for each parser of foreign bytes: any bytes go in, and what the parser promises is
 * checked.
 *
 * `make fuzz` lets a fuzzer look for bytes that break a promise; the unit tests run those that are
 * kept in tests/fuzz. A broken promise aborts.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Like assert(), but never compiled out. */
#define FUZZ_CHECK(promise)                                                                        \
	do {                                                                                       \
		if (!(promise)) {                                                                  \
			fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__,         \
				#promise);                                                         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

typedef void (*fuzz_function)(const uint8_t *bytes, size_t count);

void fuzz_core(
	const uint8_t *bytes,
	size_t count); /* events of any kind, or a trace -> verdicts, sentences, renderings */
void fuzz_packet(const uint8_t *bytes, size_t count); /* header bytes */
void fuzz_trace(const uint8_t *bytes, size_t count);  /* lines of a trace */
void fuzz_host(const uint8_t *bytes,
	       size_t count); /* lines of a target file, words of a command line, lists of ports */
void fuzz_btf(const uint8_t *bytes, size_t count);    /* the kernel's types */
void fuzz_number(const uint8_t *bytes, size_t count); /* numbers, lengths of time, addresses */
void fuzz_text(const uint8_t *bytes, size_t count);   /* text for a terminal */

struct fuzz_target {
	const char *name; /* of its folders in tests/fuzz/corpus and tests/fuzz/crashers */
	fuzz_function run;
	const char *seeds; /* folders with more of what it takes, as a pattern of glob(); or NULL */
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

#endif
