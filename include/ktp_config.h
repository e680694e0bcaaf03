/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What user space configures the kernel programs with before they are loaded, and the words they
 * share while running.
 */
#ifndef KTP_CONFIG_H
#define KTP_CONFIG_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

/* Whose connects are admitted at CLOSE -> SYN_SENT. */
enum ktp_filter {
	/*
	 * This process, and only sockets whose cookie was asked for before connect(): not the
	 * resolver's
	 */
	KTP_FILTER_OWN = 1,
	KTP_FILTER_TASKS = 2,  /* thread groups in ktp_tasks */
	KTP_FILTER_COMM = 4,   /* threads of this name */
	KTP_FILTER_CGROUP = 8, /* threads in this cgroup or below it */
	KTP_FILTER_NETNS = 16, /* sockets of this network namespace */
	KTP_FILTER_ALL = 32,   /* all but this process */
};

/* Read-only once loaded, so that the verifier prunes what does not apply. */
struct ktp_config {
	/*
	 * Device and inode of /proc/self/ns/pid: pids are compared in the caller's own pid
	 * namespace
	 */
	__u64 pidns_dev;
	__u64 pidns_ino;
	__u32 filter; /* enum ktp_filter; of several, all have to be met */
	__u32 tgid;   /* this process, as the pid namespace above numbers it */
	/*
	 * How many arguments these tracepoints have on the running kernel; reading one more would
	 * not load.
	 */
	__u32 kfree_skb_args;	   /* 2: skb, location; 3: + reason (5.17); 4: + rx_sk (6.12) */
	__u32 retransmit_skb_args; /* 2: sk, skb; 3: + err (6.18) */
	__u32 can_print_symbols;   /* bpf_snprintf() is there (5.13) */
	/* SYNs are looked for in other namespaces, too: bpf/path.bpf.c is loaded */
	__u32 has_path;
	/*
	 * A socket is followed no longer than until it is CLOSE, and user space need not remove it
	 */
	__u32 forgets_at_close;
	__u32 netns;	       /* where all followed sockets are; 0: not known, or several */
	__u32 has_rdonly_cast; /* bpf_rdonly_cast() is there (6.2) */
	__u32 sk_buff_id;      /* for it: of struct sk_buff among the kernel's types */
	__u32 net_device_id;
	/* 1 and 2: ktp_first_ring and ktp_second_ring; more: those of ktp_rings */
	__u32 rings;
	/* The pid namespace above is the initial one: then it numbers every task */
	__u32 is_initial_pidns;
	__u32 follows_children; /* what a task of ktp_tasks forks is one of them */
	/*
	 * KTP_FILTER_NETNS, as the next one is of KTP_FILTER_CGROUP, and the last one of
	 * KTP_FILTER_COMM
	 */
	__u32 filter_netns;
	/* Tracepoints are: a task may lose its CPU within a program (7.0) */
	__u32 is_preemptible;
	__u64 cgroup; /* its id */
	char comm[16];
};

/*
 * Thread groups by number, many to a byte: where it is 0, none of them has anything to do with a
 * watched socket.
 */
#define KTP_SEEN_BYTES 32768

/* Ports, many to a byte: where it is 0, no followed socket has had any of them. */
#define KTP_PORT_BYTES 8192

/*
 * No helper has this number: user space makes a call of the kernel's bpf_rdonly_cast() of it, whose
 * own is not the same on every kernel.
 */
#define KTP_RDONLY_CAST 0x4b5450

/* System calls by what they are to us; 0 for all others. */
#define KTP_SYSCALLS_MAX 512

/* Why evidence was lost. */
enum ktp_loss {
	KTP_LOSS_RING,	  /* the ring was full */
	KTP_LOSS_MAP,	  /* no room left to follow a socket or a tuple */
	KTP_LOSS_HEADERS, /* a followed socket's packet whose headers could not be read */
	KTP_LOSS_KINDS,
};

/*
 * Count grows for ever. first_ns: of the losses since user space last set it to 0. All
 * CLOCK_MONOTONIC.
 */
struct ktp_loss_span {
	__u64 count;
	__u64 first_ns;
	__u64 last_ns;
};

/* One ring for each thread that makes connects: it gets the records about its own sockets. */
#define KTP_RINGS_MAX 8 /* a power of two */

struct ktp_ring_shared {
	/*
	 * Set by the reader before it sleeps; the first record worth waking for clears it and wakes
	 * the reader, once.
	 */
	__u32 reader_sleeps;
	/*
	 * Of the thread whose connects it is for, as ktp_config's pid namespace numbers it; 0:
	 * none. Others' go to the first ring
	 */
	__u32 tid;
	struct ktp_loss_span losses[KTP_LOSS_KINDS];
	__u64 connecting;    /* the cookie of the socket that was admitted last, */
	__u64 connecting_sk; /* and its address */
	__u64 pad[4];	     /* the next one is another processor's, and so are its cache lines */
};

/* Shared words in .bss, mapped into user space. */
struct ktp_shared {
	/*
	 * How many attempts are waited for. 0 makes every program that is about packets and sockets
	 * return at once. User space counts its threads that have probes under way; of other
	 * programs' sockets the kernel side counts those that it follows, and user space takes off
	 * those that it forgets. All programs read it on all processors: it is to be written
	 * seldom.
	 */
	__u64 active;
	__u64 zero; /* never written, and the verifier does not know */
	/*
	 * Answers may be seen in another namespace than the socket's, by the device under its own;
	 * or, as user space says, sockets are in others than ktp_config.netns
	 */
	__u64 has_lower;
	__u64 has_foreign; /* some calls of a watched task are not looked at: a 32-bit program's */
	__u64 hands_over;  /* the second programs are attached, too: include/ktp_handover.h */
	/*
	 * Traffic control was seen to send SYNs of ours by another device, whence they come back
	 * without their socket
	 */
	__u64 has_detached;
	__u64 pad[2];
	struct ktp_ring_shared rings[KTP_RINGS_MAX];
	/* By number in the initial pid namespace; set and never cleared */
	__u8 seen[KTP_SEEN_BYTES];
	__u8 ports[KTP_PORT_BYTES]; /* set and never cleared */
};

_Static_assert(sizeof(struct ktp_config) == 104, "ktp_config has no holes");
_Static_assert(sizeof(struct ktp_ring_shared) == 128 &&
		       __builtin_offsetof(struct ktp_shared, rings) == 64,
	       "no cache line is shared");

#endif
