/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel types that the BPF programs read, by hand instead of the 150,000 lines that
 * bpftool would dump.
 *
 * Only names and types count here: order and offsets are the running kernel's, found by CO-RE when
 * the object is loaded. So a member needs no neighbours, and the anonymous unions around it in the
 * kernel may be left out. `make vmlinux-check` holds every member against the running kernel.
 */
#ifndef VMLINUX_H
#define VMLINUX_H

/* What bpf_helpers.h, bpf_helper_defs.h and bpf_endian.h expect to be there. */
typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __le16;
typedef __u16 __be16;
typedef __u32 __le32;
typedef __u32 __be32;
typedef __u64 __le64;
typedef __u64 __be64;
typedef __u16 __sum16;
typedef __u32 __wsum;
typedef _Bool bool;

enum {
	false = 0,
	true = 1,
};

/*
 * User ABI (linux/bpf.h): fixed for ever, so it needs no relocation. That header itself is not
 * used: it brings its own __u8 …
 */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_EXIST = 2,
};

/* bpf_task_storage_get() */
enum {
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};

/* BPF_MAP_CREATE */
enum {
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
};

/* bpf_ringbuf_submit() */
enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};

/* bpf_ringbuf_query() */
enum {
	BPF_RB_AVAIL_DATA = 0,
};

/* bpf_get_ns_current_pid_tgid() */
struct bpf_pidns_info {
	__u32 pid;
	__u32 tgid;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__s64 counter;
} atomic64_t;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct ns_common {
	unsigned int inum; /* what /proc/PID/ns/net shows */
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct list_head {
	struct list_head *next;
};

struct hlist_node;

struct hlist_head {
	struct hlist_node *first;
};

/* From a file descriptor of the current task to its socket. */
struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
	unsigned int f_flags;
	struct hlist_head *f_ep; /* from 5.11 on */
	void *private_data; /* of a socket: struct socket; of an epoll descriptor: struct eventpoll */
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[]; /* level + 1 of them */
};

struct signal_struct {
	atomic_t live;	     /* threads that have not begun to exit */
	struct pid *pids[4]; /* by enum pid_type: 1 is that of the thread group */
};

struct task_struct {
	unsigned int flags;
	void *stack;
	struct files_struct *files;
	struct signal_struct *signal;
	int tgid;
	int pid;
	struct pid *thread_pid;
	struct task_struct *group_leader;
	char comm[16];
};

struct kernel_siginfo;

struct sigaction {
	void (*sa_handler)(int);
	unsigned long sa_flags;
};

struct k_sigaction {
	struct sigaction sa;
};

struct io_cqe {
	int fd; /* until the request is done */
};

struct io_kiocb {
	__u8 opcode;
	unsigned int flags; /* 64 bits from 6.8 on: the low ones */
	struct io_cqe cqe;
};

struct io_uring_cqe {
	__s32 res;
};

struct io_ring_ctx;

/* The registers of a system call. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r8;
	unsigned long r10;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned short cs; /* unsigned long before 6.9 */
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 pstate;
	__s32 syscallno;
};
#endif

struct bpf_xdp_entity {
	struct bpf_prog *prog; /* NULL: none is attached */
};

struct Qdisc {
	void *enqueue; /* a function; NULL: the device has no queue */
};

struct net_device {
	char name[16];
	unsigned int flags; /* IFF_LOOPBACK is 8 */
	int ifindex;
	possible_net_t nd_net;
	struct {
		struct list_head
			lower; /* of struct netdev_adjacent: the devices that this one was made over */
	} adj_list;
	struct bpf_xdp_entity xdp_state[3]; /* by enum bpf_xdp_mode */
	struct Qdisc *qdisc;
};

struct netdev_adjacent {
	struct net_device *dev;
	struct list_head list;
};

typedef enum {
	SS_FREE,
	SS_UNCONNECTED,
} socket_state;

struct socket {
	struct sock *sk;
	socket_state state;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num; /* the local port, in host order */
	unsigned short skc_family;
	volatile unsigned char skc_state;
	int skc_bound_dev_if; /* SO_BINDTODEVICE; 0: none */
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie; /* 0 until somebody asks for it: SO_COOKIE, or the cookie helper */
};

struct sock {
	struct sock_common __sk_common;
	int sk_err;
	int sk_err_soft;
	__u16 sk_protocol; /* a bit-field before 5.6 */
	__u8 sk_shutdown;
	struct socket *sk_socket; /* NULL: no descriptor is left */
};

struct tcp_sock {
	__u32 snd_una;
	__u32 retrans_stamp;
	__u32 total_retrans;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

typedef unsigned int sk_buff_data_t; /* 64-bit kernels count from skb->head */

struct sk_buff {
	struct sock *sk;
	struct net_device *dev;
	unsigned int len;
	sk_buff_data_t tail; /* offset of the end of the linear data from head */
	unsigned char *head; /* the three offsets below count from here */
	unsigned char *data;
	__be16 protocol;
	__u16 transport_header; /* 0xffff: not set */
	__u16 network_header;
	__u16 mac_header;
	int skb_iif; /* the device that it came in by, or that traffic control took it away from; 0: neither */
	__u8 redirected : 1; /* traffic control has sent it to another device; from 5.7 on */
	__u8 tc_skip_classify : 1; /* a traffic control action took it away from its device, an ifb brought it back */
};

struct sk_buff_head {
	struct sk_buff *prev; /* the last one; the head itself: there is none */
};

struct neigh_table {
	int family;
};

struct neighbour {
	struct neigh_table *tbl;
	struct net_device *dev;
	struct sk_buff_head arp_queue; /* what waits for its link-layer address */
	__u8 nud_state;
	__u8 primary_key[]; /* its address */
};

#pragma clang attribute pop

#endif
