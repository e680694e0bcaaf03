/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a system call is about: its number and arguments, and what is behind a descriptor of the
 * current task.
 */
#ifndef BPF_FD_H
#define BPF_FD_H

#include "bpf/follow.bpf.h"

#define S_IFMT	      0170000
#define S_IFSOCK      0140000
#define IPPROTO_MPTCP 262
#define O_NONBLOCK    04000
#define O_ASYNC	      020000

/*
 * Where the members on the way from a task to its sockets are. libbpf looks a struct up in the
 * kernel's BTF for every function that is in the object, also for those of no program that is
 * loaded: half a millisecond each. So only the programs know them, and note them for the functions.
 */
enum ktp_offset {
	KTP_TASK_FILES,
	KTP_FILES_TABLE,
	KTP_TABLE_SIZE,
	KTP_TABLE_FILES,
	KTP_FILE_INODE,
	KTP_FILE_PRIVATE,
	KTP_INODE_MODE,
	KTP_SOCKET_SK,
	KTP_OFFSETS,
};

__u32 ktp_offsets[KTP_OFFSETS] __weak = {};

/* By every program that looks behind a descriptor, before it does. */
static __always_inline void ktp_note_offsets(void)
{
	ktp_offsets[KTP_TASK_FILES] = bpf_core_field_offset(struct task_struct, files);
	ktp_offsets[KTP_FILES_TABLE] = bpf_core_field_offset(struct files_struct, fdt);
	ktp_offsets[KTP_TABLE_SIZE] = bpf_core_field_offset(struct fdtable, max_fds);
	ktp_offsets[KTP_TABLE_FILES] = bpf_core_field_offset(struct fdtable, fd);
	ktp_offsets[KTP_FILE_INODE] = bpf_core_field_offset(struct file, f_inode);
	ktp_offsets[KTP_FILE_PRIVATE] = bpf_core_field_offset(struct file, private_data);
	ktp_offsets[KTP_INODE_MODE] = bpf_core_field_offset(struct inode, i_mode);
	ktp_offsets[KTP_SOCKET_SK] = bpf_core_field_offset(struct socket, sk);
}

static __always_inline __u64 ktp_read_pointer(__u64 from, __u32 offset)
{
	__u64 pointer = 0;

	bpf_probe_read_kernel(&pointer, sizeof(pointer), (const void *)(from + offset));
	return pointer;
}

static __always_inline __u64 ktp_file_of(__s32 fd)
{
	__u64 files = ktp_read_pointer((__u64)bpf_get_current_task(), ktp_offsets[KTP_TASK_FILES]);
	__u64 table = ktp_read_pointer(files, ktp_offsets[KTP_FILES_TABLE]);
	__u32 size = 0;

	bpf_probe_read_kernel(&size, sizeof(size),
			      (const void *)(table + ktp_offsets[KTP_TABLE_SIZE]));
	if (fd < 0 || (__u32)fd >= size)
		return 0;
	return ktp_read_pointer(ktp_read_pointer(table, ktp_offsets[KTP_TABLE_FILES]),
				(__u32)fd * sizeof(__u64));
}

/* The socket behind a descriptor, as an address; 0: it is something else. */
static __always_inline __u64 ktp_any_socket_of(__s32 fd)
{
	__u64 file = ktp_file_of(fd);
	__u16 mode = 0;

	if (!file)
		return 0;
	bpf_probe_read_kernel(&mode, sizeof(mode),
			      (const void *)(ktp_read_pointer(file, ktp_offsets[KTP_FILE_INODE]) +
					     ktp_offsets[KTP_INODE_MODE]));
	if ((mode & S_IFMT) != S_IFSOCK)
		return 0;
	return ktp_read_pointer(ktp_read_pointer(file, ktp_offsets[KTP_FILE_PRIVATE]),
				ktp_offsets[KTP_SOCKET_SK]);
}

/* Likewise, if it is a TCP (or MPTCP) socket. */
static __always_inline __u64 ktp_socket_of(__s32 fd)
{
	__u64 sk = ktp_any_socket_of(fd);
	__u16 protocol = sk ? BPF_CORE_READ((const struct sock *)sk, sk_protocol) : 0;

	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP ? sk : 0;
}

/* AF_UNIX and kin; 0: no socket. */
static __always_inline __u16 ktp_family_of(__s32 fd)
{
	__u64 sk = ktp_any_socket_of(fd);

	return sk ? BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_family) : 0;
}

/* O_NONBLOCK and kin; of no file none. */
static __always_inline __u32 ktp_flags_of(__s32 fd)
{
	const struct file *file = (const struct file *)ktp_file_of(fd);

	return file ? BPF_CORE_READ(file, f_flags) : 0;
}

/*
 * Some epoll descriptor has it already. Where the kernel has no such list (before 5.11) none is
 * found.
 */
static __always_inline bool ktp_is_in_epoll(__s32 fd)
{
	const struct file *file = (const struct file *)ktp_file_of(fd);

	return file && bpf_core_field_exists(file->f_ep) && BPF_CORE_READ(file, f_ep, first);
}

/* What distinguishes epoll descriptors, in whichever process. */
static __always_inline __u64 ktp_epoll_of(__s32 fd)
{
	__u64 file = ktp_file_of(fd);

	return file ? ktp_read_pointer(file, ktp_offsets[KTP_FILE_PRIVATE]) : 0;
}

/*
 * The registers are read where they lie: this runs for every system call of the host. A 32-bit
 * program's numbers are others, and an architecture that is not here has none.
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
