/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the running kernel has of what the programs use. */
#ifndef IO_KERNEL_FIT_H
#define IO_KERNEL_FIT_H

#include <stdbool.h>
#include <stdint.h>

struct kernel_types;

/* What differs between kernels within one program. */
struct kernel_fit {
	unsigned kfree_skb_args;      /* 2, 3 with the reason, 4 with rx_sk */
	unsigned retransmit_skb_args; /* 2, 3 with the error */
	unsigned uring_complete_args; /* 3 with the completion as a whole (6.12); 7: its parts */
	bool can_print_symbols;	      /* bpf_snprintf() */
	bool has_rdonly_cast;	      /* bpf_rdonly_cast() */
	uint32_t sk_buff_id;	      /* for it: of struct sk_buff among the kernel's types */
	uint32_t net_device_id;
	/* Hash maps have an allocator of their own, which any program may use (6.1) */
	bool can_allocate;
	bool can_look_back; /* go through the files of tasks, on a kernel that is new enough (6.18) */
	/* A task may be preempted at a tracepoint, in the middle of a program (7.0) */
	bool is_preemptible;
};

/* The names that kernel_types_new() has to look for. NULL ends the list. */
extern const char *const kernel_fit_names[];

struct kernel_fit kernel_fit_look(const struct kernel_types *types);

#endif
