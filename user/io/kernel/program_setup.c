// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Read-only data and the maps' config. */
#include "user/io/kernel/program_setup.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "include/ktp_config.h"
#include "include/ktp_event.h"
#include "include/ktp_follow.h"
#include "include/ktp_handover.h"
#include "ktcping.skel.h"

_Static_assert(OBSERVER_RINGS_MAX == KTP_RINGS_MAX, "as many as the kernel side has");

uint32_t program_ring_bytes(const struct observer_config *config)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);

	while (bytes < config->ring_bytes)
		bytes *= 2;
	return (uint32_t)bytes;
}

unsigned program_cpus(void)
{
	int cpus = libbpf_num_possible_cpus(); /* as /sys has them, which may not be there */

	return cpus > 0 ? (unsigned)cpus : (unsigned)sysconf(_SC_NPROCESSORS_CONF);
}

/* Of other programs, all at once: 40 MiB. */
#define ATTEMPTS_ALLOCATED 32768u

uint32_t program_attempts(const struct observer_config *config, const struct kernel_fit *fit)
{
	bool is_bounded =
		config->filter && !fit->can_allocate && config->attempts > ATTEMPTS_ALLOCATED;

	return is_bounded ? ATTEMPTS_ALLOCATED : config->attempts;
}

/* PROC_PID_INIT_INO of include/linux/proc_ns.h: the same on every kernel. */
#define INITIAL_PIDNS 0xeffffffcu
#define TASKS	      16384 /* thread groups, and calls of their threads under way */
#define REQUESTS      8192  /* of io_uring that connect, two each */
#define EPOLL_TARGETS 65536

/* What a system call of this machine is to the kernel side. */
static const struct {
	long number;
	enum ktp_call call;
} syscalls[] = {
	{SYS_connect, KTP_CALL_CONNECT},
	{SYS_getpeername, KTP_CALL_PEERNAME},
	{SYS_getsockopt, KTP_CALL_SO_ERROR},
	{SYS_shutdown, KTP_CALL_SHUTDOWN},
	{SYS_ppoll, KTP_CALL_POLL},
	{SYS_pselect6, KTP_CALL_SELECT},
	{SYS_epoll_pwait, KTP_CALL_EPOLL},
	{SYS_epoll_ctl, KTP_CALL_EPOLL_CTL},
	{SYS_sendto, KTP_CALL_SENDTO},
	{SYS_sendmsg, KTP_CALL_SENDMSG},
	{SYS_write, KTP_CALL_SEND},
	{SYS_writev, KTP_CALL_SEND},
	{SYS_recvfrom, KTP_CALL_RECVFROM},
	{SYS_recvmsg, KTP_CALL_RECVMSG},
	{SYS_read, KTP_CALL_RECEIVE},
	{SYS_readv, KTP_CALL_RECEIVE},
	{SYS_sendmmsg, KTP_CALL_SEND},
	{SYS_recvmmsg, KTP_CALL_RECVFROM},
	{SYS_sendfile, KTP_CALL_SEND},
	{SYS_splice, KTP_CALL_SPLICE},
	{SYS_io_uring_enter, KTP_CALL_HIDDEN},
	{SYS_io_submit, KTP_CALL_HIDDEN},
	{SYS_io_uring_setup, KTP_CALL_HIDES},
	{SYS_io_uring_register, KTP_CALL_HIDES},
	{SYS_fcntl, KTP_CALL_FCNTL},
	{SYS_ioctl, KTP_CALL_IOCTL},
	{SYS_execve, KTP_CALL_EXEC},
	{SYS_execveat, KTP_CALL_EXEC},
	{SYS_restart_syscall, KTP_CALL_RESTART},
	{SYS_rt_sigreturn, KTP_CALL_SIGRETURN},
#ifdef SYS_poll
	{SYS_poll, KTP_CALL_POLL},
#endif
#ifdef SYS_select
	{SYS_select, KTP_CALL_SELECT},
#endif
#ifdef SYS_epoll_wait
	{SYS_epoll_wait, KTP_CALL_EPOLL},
#endif
#ifdef SYS_epoll_pwait2
	{SYS_epoll_pwait2, KTP_CALL_EPOLL},
#endif
};

/* Without a watched program there is nothing to be kept of any. */
static void leave_out_calls(struct ktcping_bpf *skeleton)
{
	struct bpf_map *maps[] = {skeleton->maps.ktp_open_syscalls,   skeleton->maps.ktp_requests,
				  skeleton->maps.ktp_tasks,	      skeleton->maps.ktp_users,
				  skeleton->maps.ktp_watched_sockets, skeleton->maps.ktp_epolls};

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		bpf_map__set_autocreate(maps[i], false);
}

static void set_filter(struct ktcping_bpf *skeleton, const struct observer_config *config)
{
	struct ktp_config *ktp = &skeleton->rodata->ktp_config;
	const struct observer_filter *filter = config->filter;

	ktp->filter = (filter->has_tasks ? KTP_FILTER_TASKS : 0) |
		      (filter->comm[0] ? KTP_FILTER_COMM : 0) |
		      (filter->cgroup ? KTP_FILTER_CGROUP : 0) |
		      (filter->netns ? KTP_FILTER_NETNS : 0);
	if (!ktp->filter)
		ktp->filter = KTP_FILTER_ALL;
	ktp->follows_children = filter->follows_children;
	ktp->filter_netns = filter->netns;
	ktp->cgroup = filter->cgroup;
	memcpy(ktp->comm, filter->comm, sizeof(ktp->comm));
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++)
		if (syscalls[i].number < KTP_SYSCALLS_MAX)
			skeleton->rodata->ktp_syscalls[syscalls[i].number] =
				(uint8_t)syscalls[i].call;
	bpf_map__set_max_entries(skeleton->maps.ktp_open_syscalls, TASKS);
	bpf_map__set_max_entries(skeleton->maps.ktp_requests, REQUESTS);
	bpf_map__set_max_entries(skeleton->maps.ktp_tasks, TASKS);
	bpf_map__set_max_entries(skeleton->maps.ktp_users, TASKS);
	bpf_map__set_max_entries(skeleton->maps.ktp_epolls, EPOLL_TARGETS);
}

static void set_attempts(struct ktcping_bpf *skeleton, const struct observer_config *config,
			 const struct kernel_fit *fit)
{
	uint32_t attempts = program_attempts(config, fit),
		 flags = config->filter && fit->can_allocate ? BPF_F_NO_PREALLOC : 0;
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} maps[] = {{skeleton->maps.ktp_sockets, attempts},
		    {skeleton->maps.ktp_tuples, attempts * KTP_TUPLES_MAX},
		    {skeleton->maps.ktp_isns, attempts},
		    {skeleton->maps.ktp_watched_sockets, 2 * attempts}};

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		bpf_map__set_max_entries(maps[i].map, maps[i].entries);
		bpf_map__set_map_flags(maps[i].map, flags);
	}
}

int program_configure(struct ktcping_bpf *skeleton, const struct observer_config *config,
		      const struct kernel_fit *fit)
{
	struct ktp_config *ktp = &skeleton->rodata->ktp_config;
	uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE);
	struct stat namespace;

	ktp->filter = KTP_FILTER_OWN;
	if (config->filter)
		set_filter(skeleton, config);
	else
		leave_out_calls(skeleton);
	ktp->tgid = (uint32_t)getpid();
	ktp->kfree_skb_args = fit->kfree_skb_args;
	ktp->retransmit_skb_args = fit->retransmit_skb_args;
	ktp->can_print_symbols = fit->can_print_symbols;
	ktp->has_path = config->has_path;
	ktp->forgets_at_close = config->forgets_at_close;
	ktp->netns = config->netns;
	ktp->has_rdonly_cast = fit->has_rdonly_cast;
	ktp->sk_buff_id = fit->sk_buff_id;
	ktp->net_device_id = fit->net_device_id;
	ktp->rings = config->rings;
	ktp->is_preemptible = fit->is_preemptible;
	bpf_map__set_autocreate(skeleton->maps.ktp_task_marks, fit->is_preemptible);
	bpf_map__set_autocreate(skeleton->maps.ktp_spare_marks, fit->is_preemptible);
	bpf_map__set_max_entries(skeleton->maps.ktp_first_ring,
				 config->rings > 2 ? page : program_ring_bytes(config));
	bpf_map__set_max_entries(skeleton->maps.ktp_second_ring,
				 config->rings == 2 ? program_ring_bytes(config) : page);
	bpf_map__set_max_entries(skeleton->maps.ktp_handovers, program_cpus() * KTP_TURNS);
	set_attempts(skeleton, config, fit);
	if (stat("/proc/self/ns/pid", &namespace) < 0)
		return -errno;
	/* As the kernel itself writes a dev_t */
	ktp->pidns_dev = (uint64_t)major(namespace.st_dev) << 20 | minor(namespace.st_dev);
	ktp->pidns_ino = namespace.st_ino;
	ktp->is_initial_pidns = namespace.st_ino == INITIAL_PIDNS;
	return 0;
}

void program_raise_memlock(void)
{
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
}
