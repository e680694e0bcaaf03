/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records that the programs read, cut out of the kernel's types: BTF of some kilobytes for
 * libbpf's CO-RE relocations, with the same names, members, offsets and sizes, and other ids.
 * Members of names that the programs do not know are left out, and what pointers point to: a
 * relocation never goes through one.
 */
#ifndef IO_KERNEL_CUT_H
#define IO_KERNEL_CUT_H

struct btf;
struct kernel_types;

/* NULL with errno. The caller frees it: btf__free(). */
struct btf *kernel_cut(const struct kernel_types *types);

#endif
