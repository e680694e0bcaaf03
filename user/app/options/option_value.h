/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The values of single options, strictly: the whole text or nothing. All return 0 or -EINVAL,
 * -ERANGE with the sentence; outputs are untouched on failure.
 */
#ifndef APP_OPTION_VALUE_H
#define APP_OPTION_VALUE_H

#include <sys/types.h>

#include "user/app/options/option_row.h"
#include "user/base/address.h"
#include "user/base/error.h"
#include "user/core/verdict/verdict.h"

#define OPTION_TITLE_MAX 32

/* "-W (timeout)", "--hold": how an option is called in a sentence. Returns text. */
char *option_title(const struct option_row *row, char text[OPTION_TITLE_MAX]);

typedef int (*option_number_parser)(const struct option_row *row, const char *text,
				    uint64_t *ret_number, struct error *ret_error);

/* Within the row's min..max, else its hint is added. */
int option_parse_number(const struct option_row *row, const char *text, uint64_t *ret_number,
			struct error *ret_error);
int option_parse_duration(const struct option_row *row, const char *text, uint64_t *ret_ns,
			  struct error *ret_error);
/* Decimal, or hexadecimal after 0x. */
int option_parse_bits(const struct option_row *row, const char *text, uint64_t *ret_bits,
		      struct error *ret_error);
/* Likewise, without the bits of ECN. */
int option_parse_tos(const struct option_row *row, const char *text, uint64_t *ret_tos,
		     struct error *ret_error);
/* "40000" or "40000-40100". */
int option_parse_port_range(const struct option_row *row, const char *text, uint16_t *ret_first,
			    uint16_t *ret_last, struct error *ret_error);
int option_parse_status(const struct option_row *row, const char *text, enum status *ret_status,
			struct error *ret_error);
int option_parse_timestamp(const char *text, enum timestamp_style *ret_style,
			   struct error *ret_error);
/* An address to send from. */
int option_parse_source(const char *text, struct address *ret_address, struct error *ret_error);
/* What the kernel could have as the name of an interface; whether it has it is not asked. */
int option_check_interface(const char *text, struct error *ret_error);
/* "4711" or "4711,4712", added to the pids, of which there may be WATCH_PIDS_MAX. */
int option_parse_pids(const char *text, pid_t *pids, size_t *count, struct error *ret_error);

#endif
