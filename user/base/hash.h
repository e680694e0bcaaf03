/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* FNV-1a: for short keys that no stranger chooses to collide. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START 2166136261u

/* Of a key in pieces: hash is HASH_START, or what came before. */
static inline uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t count)
{
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ byte[i]) * 16777619u;
	return hash;
}

#endif
