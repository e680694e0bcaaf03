/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the BPF object is set before it is loaded: for this process, by the config asked for, and by what the kernel has. */
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
	unsigned uring_complete_args; /* 3 with the completion as a whole (6.12); 7: its parts */
	bool can_print_symbols;	      /* bpf_snprintf() */
	bool has_rdonly_cast;	      /* bpf_rdonly_cast() */
	bool can_allocate;	      /* hash maps have an allocator of their own, which any program may use (6.1) */
	bool is_preemptible;	      /* a task may be preempted at a tracepoint, in the middle of a program (7.0) */
};

/* Whose connects are followed, instead of this process's own: all that is set has to be met. Zeroed: all programs'. */
struct observer_filter {
	bool has_tasks; /* only those told of by observer_watch() */
	bool follows_children;
	bool looks_back; /* for observer_look_back() */
	char comm[16];	 /* "": any */
	uint64_t cgroup; /* its id; 0: any */
	uint32_t netns;	 /* 0: any */
};

#define OBSERVER_RINGS_MAX 8

struct observer_config {
	size_t ring_bytes;     /* of each ring; rounded up to a power of two of at least one page */
	unsigned rings;	       /* 1 to OBSERVER_RINGS_MAX */
	uint32_t attempts;     /* how many may be followed at once; see program_attempts() */
	bool has_path;	       /* the first SYN's way over devices of other namespaces is wanted, too: the hooks of HOOK_PATH, EVENT_HOP */
	bool may_detach;       /* programs_detach() will be wanted, which costs a descriptor a program */
	bool forgets_at_close; /* what a socket does after its end is not wanted: the kernel side itself removes it then */
	uint32_t
		netns; /* the inode of the namespace where all sockets are, whose neighbours then cost next to nothing; 0: several, or unknown */
	const struct observer_filter *filter; /* NULL: this process's own. Else the hooks of HOOK_CALLS, too */
};

/* As the newest kernel has it, and what is wrong with it the load will say; but for is_preemptible, which no load can tell. Half a millisecond. */
struct kernel_fit kernel_fit_newest(void);
/* As this kernel's BTF has it, and a helper tried out: some tens of milliseconds. */
struct kernel_fit kernel_fit_look(void);

/* As it will be. */
uint32_t program_ring_bytes(const struct observer_config *config);
/*
 * Likewise. Of our own all places are there from the beginning. Of other programs they are allocated as they are needed (1 KiB each, and 128 bytes at once), and
 * where that cannot be done, only some are there.
 */
uint32_t program_attempts(const struct observer_config *config, const struct kernel_fit *fit);

/* How many the kernel side keeps marks for; another one's calls are not handed over, and lost when they are skipped. */
unsigned program_cpus(void);

/* Before loading. Returns -errno when this process's pid namespace cannot be told; all else is set then. */
int program_configure(struct ktcping_bpf *skeleton, const struct observer_config *config, const struct kernel_fit *fit);

/* Before 5.11 maps count against RLIMIT_MEMLOCK; later kernels do not care, and not being allowed to is no failure by itself. */
void program_raise_memlock(void);

#endif
