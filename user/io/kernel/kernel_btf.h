/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One enum or one name out of the running kernel's BTF, without parsing all of it: libbpf takes 20
 * ms and 11 MB for that, and the first dropped packet would wait. Anything more than that is
 * libbpf's work.
 */
#ifndef IO_KERNEL_BTF_H
#define IO_KERNEL_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*kernel_btf_value)(void *context, const char *name, int64_t value);

/*
 * Calls `take` for every value of the enum called `name` in the BTF blob (linux/btf.h). Returns the
 * number of values; 0 when there is no such enum; -EBADMSG for what is no BTF of this machine's
 * byte order. Total: reads nothing beyond `bytes`.
 */
int kernel_btf_read_enum(const void *btf, size_t bytes, const char *name, kernel_btf_value take,
			 void *context);

/* The same from /sys/kernel/btf/vmlinux. Returns -errno when it cannot be read. */
int kernel_btf_enum(const char *name, kernel_btf_value take, void *context);

/*
 * Is anything in the blob called so: a type, a member, a value? false, too, for what is no BTF of
 * this machine's byte order. Total.
 */
bool kernel_btf_read_name(const void *btf, size_t bytes, const char *name);

/*
 * The same in a file that is read from its beginning to its end, and not kept. The name has fewer
 * than KERNEL_BTF_NAME_MAX bytes.
 */
#define KERNEL_BTF_NAME_MAX 64
bool kernel_btf_find_name(int fd, const char *name);

/*
 * The same in /sys/kernel/btf/vmlinux, if that can be read: mapped, or where that is not allowed
 * (before 6.16) read. A millisecond or less.
 */
bool kernel_btf_has_name(const char *name);

#endif
