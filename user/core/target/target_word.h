/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One word that names a target, taken apart: on the command line or in a file. */
#ifndef CORE_TARGET_WORD_H
#define CORE_TARGET_WORD_H

#include <stdbool.h>

#include "user/core/target/host.h"

/* Taken apart by its punctuation alone; all of it points into the text. */
struct word {
	const char *text;
	const char *host; /* not empty; without brackets, with the scope */
	size_t host_length;
	const char *port; /* what follows the colon, perhaps nothing; NULL without a colon */
};

/* Bytes of the UTF-8 sequence that text starts with; 0: none, a space or a control character. */
size_t word_character_length(const char *text);
/* Decimal digits only, and at least one. */
bool word_is_number(const char *text, size_t length);

/* Returns 0 or -EINVAL. */
int word_split(const char *text, struct word *ret_word, struct error *ret_error);

/* ports: for a word without its own, copied; NULL: the default. 0, -EINVAL, -ERANGE, -ENOMEM. */
int word_to_host(const struct word *word, const struct port_list *ports,
		 target_service_lookup lookup, struct host *ret_host, struct error *ret_error);

#endif
