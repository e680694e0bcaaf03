/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The running kernel's BTF as it lies in memory: its sections, and one enum out of it. Parsing all
 * of it, as libbpf does, takes 50 ms and 11 MB.
 */
#ifndef IO_KERNEL_BTF_H
#define IO_KERNEL_BTF_H

#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>

/* linux/btf.h: types one after the other, and the strings that their names are offsets into. */
struct kernel_btf {
	const uint8_t *types;
	size_t type_bytes;
	const char *strings; /* the last one ends within */
	size_t string_bytes;
	void *map; /* for kernel_btf_close(); NULL: none */
	size_t map_bytes;
};

/*
 * The sections of a blob, which stays the caller's. -EBADMSG for what is no BTF of this machine's
 * byte order. Total: whatever it says, nothing beyond `bytes` is a section's.
 */
int kernel_btf_sections(const void *blob, size_t bytes, struct kernel_btf *ret_btf);

/* /sys/kernel/btf/vmlinux; -errno when it cannot be read. */
int kernel_btf_open(struct kernel_btf *ret_btf);
void kernel_btf_close(struct kernel_btf *btf);

/*
 * The type that begins `left` bytes before its section's end: how many it takes. 0: its kind is not
 * known, or it ends behind the section.
 */
size_t kernel_btf_type_bytes(const struct btf_type *type, size_t left);

/* "" beyond the strings. */
const char *kernel_btf_string(const struct kernel_btf *btf, uint32_t offset);

typedef void (*kernel_btf_value)(void *context, const char *name, int64_t value);

/*
 * Calls `take` for every value of the enum called `name` in the blob. Returns the number of values;
 * 0 when there is no such enum; -EBADMSG. Total.
 */
int kernel_btf_read_enum(const void *blob, size_t bytes, const char *name, kernel_btf_value take,
			 void *context);

/* The same from /sys/kernel/btf/vmlinux. Returns -errno when it cannot be read. */
int kernel_btf_enum(const char *name, kernel_btf_value take, void *context);

#endif
