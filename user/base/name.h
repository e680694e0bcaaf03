/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of an enum's values, as a table by value. */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include <stddef.h>

/* "unknown" for a value without one. */
#define NAME_IN(table, value) name_in(table, sizeof(table) / sizeof((table)[0]), (size_t)(value))

static inline const char *name_in(const char *const *table, size_t count, size_t value)
{
	return value < count && table[value] ? table[value] : "unknown";
}

#endif
