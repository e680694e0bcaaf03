/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a system call is about: its number and arguments, and what is behind a descriptor of the current task. */
#ifndef BPF_FD_H
#define BPF_FD_H

#include "bpf/follow.bpf.h"

#define S_IFMT	      0170000
#define S_IFSOCK      0140000
#define IPPROTO_TCP   6
#define IPPROTO_MPTCP 262
#define O_NONBLOCK    04000

static __always_inline struct file *ktp_file_of(__s32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;

	if (fd < 0 || (__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

/* The TCP (or MPTCP) socket behind a descriptor, as an address; 0: it is something else. */
static __always_inline __u64 ktp_socket_of(__s32 fd)
{
	struct file *file = ktp_file_of(fd);
	struct socket *socket;
	struct sock *sk;
	__u16 protocol;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	protocol = BPF_CORE_READ(sk, sk_protocol);
	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP ? (__u64)sk : 0;
}

static __always_inline bool ktp_is_blocking(__s32 fd)
{
	struct file *file = ktp_file_of(fd);

	return file && !(BPF_CORE_READ(file, f_flags) & O_NONBLOCK);
}

/* Some epoll descriptor tells of it already. Where the kernel has no such list (before 5.11) none is found. */
static __always_inline bool ktp_is_in_epoll(__s32 fd)
{
	struct file *file = ktp_file_of(fd);

	return file && bpf_core_field_exists(file->f_ep) && BPF_CORE_READ(file, f_ep, first);
}

/* What tells one epoll descriptor from another, in whichever process. */
static __always_inline __u64 ktp_epoll_of(__s32 fd)
{
	struct file *file = ktp_file_of(fd);

	return file ? (__u64)BPF_CORE_READ(file, private_data) : 0;
}

/*
 * The registers are read where they lie: this runs for every system call of the host. A 32-bit program's numbers are others, and an architecture that is
 * not here has none.
 */
#if defined(__TARGET_ARCH_x86)
#define USER32_CS 0x23
static __always_inline bool ktp_is_native(const struct pt_regs *regs)
{
	return regs->cs != USER32_CS;
}

static __always_inline long ktp_number_of(const struct pt_regs *regs)
{
	return (long)regs->orig_ax;
}

static __always_inline void ktp_read_arguments(const struct pt_regs *regs, __u64 *arguments)
{
	arguments[0] = regs->di;
	arguments[1] = regs->si;
	arguments[2] = regs->dx;
	arguments[3] = regs->r10;
}
#elif defined(__TARGET_ARCH_arm64)
#define PSR_MODE32_BIT 0x10
static __always_inline bool ktp_is_native(const struct pt_regs *regs)
{
	return !(regs->pstate & PSR_MODE32_BIT);
}

static __always_inline long ktp_number_of(const struct pt_regs *regs)
{
	return regs->syscallno;
}

static __always_inline void ktp_read_arguments(const struct pt_regs *regs, __u64 *arguments)
{
	arguments[0] = regs->regs[0];
	arguments[1] = regs->regs[1];
	arguments[2] = regs->regs[2];
	arguments[3] = regs->regs[3];
}
#else
static __always_inline bool ktp_is_native(const struct pt_regs *regs)
{
	return false;
}

static __always_inline long ktp_number_of(const struct pt_regs *regs)
{
	return -1;
}

static __always_inline void ktp_read_arguments(const struct pt_regs *regs, __u64 *arguments)
{
}
#endif

#endif
