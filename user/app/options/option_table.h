/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The one table of options: the parser of every command goes by it, and so do --help, the man page
 * and the completion. A new option is a row, a field in struct options, and what reads the field.
 */
#ifndef APP_OPTION_TABLE_H
#define APP_OPTION_TABLE_H

#include "user/app/options/help.h"
#include "user/app/options/option_row.h"

/* More than a command has. */
#define OPTION_ROWS_MAX 96

/*
 * Those of a command, in the order in which --help has them, each with its key and with a row for
 * each format that the command can write. Returns how many.
 */
size_t option_rows(enum command command, struct option_row ret_rows[OPTION_ROWS_MAX]);

#endif
