/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the BPF object is set before it is loaded: for this process, by the sizes asked for, and by what the kernel has. */
#ifndef IO_PROGRAM_SETUP_H
#define IO_PROGRAM_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ktcping_bpf;

/* What differs between kernels within one program. */
struct kernel_fit {
	unsigned kfree_skb_args;      /* 2, 3 with the reason, 4 with rx_sk */
	unsigned retransmit_skb_args; /* 2, 3 with the error */
	bool can_print_symbols;	      /* bpf_snprintf() */
	bool has_rdonly_cast;	      /* bpf_rdonly_cast() */
};

#define PROGRAM_RINGS_MAX 8

struct program_sizes {
	size_t ring_bytes;     /* of each ring; rounded up to a power of two of at least one page */
	unsigned rings;	       /* 1 to PROGRAM_RINGS_MAX */
	uint32_t attempts;     /* how many may be followed at once */
	bool has_path;	       /* the first SYN's way over devices of other namespaces is wanted, too: the hooks of HOOK_PATH, EVENT_HOP */
	bool may_rest;	       /* programs_rest() will be wanted, which costs a descriptor a program */
	bool forgets_at_close; /* nobody waits for what a socket does after its end: the kernel side itself removes it then */
	uint32_t
		netns; /* the inode of the namespace where all sockets are, whose neighbours then cost next to nothing; 0: several, or unknown */
};

/* As the newest kernel has it: costs nothing, and what is wrong with it the load will say. */
struct kernel_fit kernel_fit_newest(void);
/* As this kernel's BTF has it, and a helper tried out: some tens of milliseconds. */
struct kernel_fit kernel_fit_look(void);

/* As it will be. */
uint32_t program_ring_bytes(const struct program_sizes *sizes);

/* Before loading. Returns -errno when this process's pid namespace cannot be told; all else is set then. */
int program_configure(struct ktcping_bpf *skeleton, const struct program_sizes *sizes, const struct kernel_fit *fit);

/* Before 5.11 maps count against RLIMIT_MEMLOCK; later kernels do not care, and not being allowed to is no failure by itself. */
void program_raise_memlock(void);

#endif
