/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The values of single options, strictly: the whole text or nothing. All return 0 or -EINVAL, -ERANGE; outputs are untouched on failure. */
#ifndef APP_OPTIONS_VALUE_H
#define APP_OPTIONS_VALUE_H

#include "user/app/options/options_table.h"
#include "user/base/address.h"
#include "user/base/error.h"
#include "user/core/verdict/verdict.h"
#include "user/render/render.h"

/* "-W (timeout)", "--hold": how an option is called in a sentence. Returns text, cut to size. */
char *option_title(const struct option_row *row, char *text, size_t size);

/* Within the row's min..max, else its hint is added. */
int option_parse_number(const struct option_row *row, const char *text, uint64_t *ret_number, struct error *ret_error);
int option_parse_duration(const struct option_row *row, const char *text, uint64_t *ret_ns, struct error *ret_error);
/* Decimal, or hexadecimal after 0x. */
int option_parse_bits(const struct option_row *row, const char *text, uint64_t *ret_bits, struct error *ret_error);
/* "40000" or "40000-40100". */
int option_parse_source_ports(const char *text, uint16_t *ret_first, uint16_t *ret_last, struct error *ret_error);
int option_parse_status(const struct option_row *row, const char *text, enum status *ret_status, struct error *ret_error);
/* NULL: the default one. */
int option_parse_timestamp(const char *text, enum timestamp_style *ret_style, struct error *ret_error);
/* An address to speak from. */
int option_parse_source(const char *text, struct address *ret_address, struct error *ret_error);
/* What the kernel could have as the name of a device; whether it has it is not asked. */
int option_check_device(const char *text, struct error *ret_error);

#endif
