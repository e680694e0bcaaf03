/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the running kernel has of what the programs use. */
#ifndef IO_KERNEL_FIT_H
#define IO_KERNEL_FIT_H

#include <stdbool.h>

/* What differs between kernels within one program. */
struct kernel_fit {
	unsigned kfree_skb_args;      /* 2, 3 with the reason, 4 with rx_sk */
	unsigned retransmit_skb_args; /* 2, 3 with the error */
	unsigned uring_complete_args; /* 3 with the completion as a whole (6.12); 7: its parts */
	bool can_print_symbols;	      /* bpf_snprintf() */
	bool has_rdonly_cast;	      /* bpf_rdonly_cast() */
	/* Hash maps have an allocator of their own, which any program may use (6.1) */
	bool can_allocate;
	/* A task may be preempted at a tracepoint, in the middle of a program (7.0) */
	bool is_preemptible;
};

/*
 * As the newest kernel has it, and what is wrong with it the load will say; but for is_preemptible,
 * which no load can show. Half a millisecond.
 */
struct kernel_fit kernel_fit_newest(void);
/* As this kernel's BTF has it, and a helper tried out: some tens of milliseconds. */
struct kernel_fit kernel_fit_look(void);

#endif
