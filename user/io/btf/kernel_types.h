/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What loading the programs asks of the running kernel's types: the ids of its tracepoints, which
 * of its functions are there, and the records that the programs read. All of it comes from one walk
 * over the kernel's BTF, one or two milliseconds; libbpf would parse the whole of it, for 50.
 */
#ifndef IO_KERNEL_TYPES_H
#define IO_KERNEL_TYPES_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf;
struct kernel_btf;
struct kernel_types;

/* What is looked for; all else is not there afterwards. NULL ends a list. */
struct kernel_wanted {
	const struct btf
		*programs; /* the records that are in these CO-RE relocations, and theirs */
	const char *const *names;
	const char *const *tracepoints; /* "kfree_skb" */
};

/* NULL with errno: ENOENT where the kernel has no BTF. */
struct kernel_types *kernel_types_new(const struct kernel_wanted *wanted);

/* The same of BTF that stays the caller's; for tests. */
struct kernel_types *kernel_types_of(const struct kernel_btf *btf,
				     const struct kernel_wanted *wanted);
void kernel_types_free(struct kernel_types *types);

/* Is anything called so? */
bool kernel_types_has(const struct kernel_types *types, const char *name);
/*
 * Its id among the kernel's types: the first of that kind (BTF_KIND_*) and name. 0: there is none.
 */
uint32_t kernel_types_id(const struct kernel_types *types, uint32_t kind, const char *name);
/* What a tracepoint is known by: btf_trace_NAME. 0: there is none. */
uint32_t kernel_types_tracepoint(const struct kernel_types *types, const char *tracepoint);
/* How many arguments it has; 0: there is none. */
unsigned kernel_types_tracepoint_args(const struct kernel_types *types, const char *tracepoint);

/* NULL: there is no type of that number. */
const struct btf_type *kernel_types_at(const struct kernel_types *types, uint32_t id);
const char *kernel_types_name(const struct kernel_types *types, uint32_t name_off);
bool kernel_types_is_wanted(const struct kernel_types *types, uint32_t name_off);

/* The n-th type that has a wanted name and may have members; 0: there are no more. */
uint32_t kernel_types_record(const struct kernel_types *types, unsigned index);

#endif
