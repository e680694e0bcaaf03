/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Instants as text, without the C library's idea of a time zone (which it reads from a file).
 *
 * Times are nanoseconds; decimals are cut off, not rounded, so that a text never names a later
 * second than the instant.
 */
#ifndef RENDER_TIMESTAMP_H
#define RENDER_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

/* Fits every text of this module, with its NUL. */
#define TIMESTAMP_MAX 48

/*
 * RFC 3339 in UTC, "2026-01-01T12:00:00.123456Z", of nanoseconds since 1970. decimals: 1 to 9. text
 * has TIMESTAMP_MAX bytes; returns text.
 */
char *timestamp_format_utc(uint64_t wall_ns, int decimals, char *text);

/* Seconds: "1767225600.123456". Likewise. */
char *timestamp_format_seconds(uint64_t time_ns, int decimals, char *text);

#endif
