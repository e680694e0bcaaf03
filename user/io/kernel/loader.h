/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Opens and loads objects of the kernel programs. What libbpf would search all of the kernel's BTF
 * for it is given: the types that the programs read, and the ids of their tracepoints.
 *
 * libbpf asks for the latter whom it has been told to ask for all sections of names that it does
 * not know, which the programs' are: SEC("?ktp_tp/kfree_skb"). There is one such at a time, and so
 * one loader.
 */
#ifndef IO_LOADER_H
#define IO_LOADER_H

struct kernel_types;
struct ktcping_bpf;
struct loader;

/* NULL with errno: EBUSY, there is one already. */
struct loader *loader_new(void);
/* When the objects are loaded, or closed. */
void loader_free(struct loader *loader);

/*
 * An object of the caller's, nothing of which is loaded yet. NULL with errno. That a program's
 * tracepoint is not there its load says by -ESRCH.
 */
struct ktcping_bpf *loader_open(struct loader *loader);
/* The running kernel's. From the first loader_open() on. */
const struct kernel_types *loader_types(const struct loader *loader);

#endif
