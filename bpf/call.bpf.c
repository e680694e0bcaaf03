// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The application's view: what watched programs are told about sockets that connect. Calls are found by what their number is to us, tasks by whether they
 * have connected, sockets by the descriptor: so dup(), fork() and passed descriptors need no tracking. Reads addresses and results, never data.
 *
 * Only loaded to watch: a tracepoint at system calls costs every task of the host something.
 */
#include "bpf/call.bpf.h"

#define S_IFMT	      0170000
#define S_IFSOCK      0140000
#define IPPROTO_TCP   6
#define IPPROTO_MPTCP 262
#define SOL_SOCKET    1
#define SO_ERROR      4
#define MSG_FASTOPEN  0x20000000
#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_MOD 3
#define EINTR	      4

/* So many descriptors of one poll(), select() or epoll_wait() are looked at. */
#define FDS_MAX 64

const volatile __u8 ktp_syscalls[KTP_SYSCALLS_MAX] = {};

/* epoll_wait() gives back what epoll_ctl() was given. */
struct ktp_epoll {
	__u64 epoll;
	__u64 data;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct ktp_epoll);
	__type(value, __u64);
} ktp_epolls SEC(".maps");

static __always_inline struct file *file_of(__s32 fd)
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
static __always_inline __u64 socket_of(__s32 fd)
{
	struct file *file = file_of(fd);
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

#if defined(__TARGET_ARCH_x86)
#define USER32_CS 0x23
static __always_inline void read_call(const struct pt_regs *regs, long *ret_number, __u64 *arguments)
{
	/* A 32-bit program's numbers are others. */
	*ret_number = BPF_CORE_READ(regs, cs) == USER32_CS ? -1 : (long)BPF_CORE_READ(regs, orig_ax);
	arguments[0] = BPF_CORE_READ(regs, di);
	arguments[1] = BPF_CORE_READ(regs, si);
	arguments[2] = BPF_CORE_READ(regs, dx);
	arguments[3] = BPF_CORE_READ(regs, r10);
}
#elif defined(__TARGET_ARCH_arm64)
static __always_inline void read_call(const struct pt_regs *regs, long *ret_number, __u64 *arguments)
{
	*ret_number = BPF_CORE_READ(regs, syscallno);
	arguments[0] = BPF_CORE_READ(regs, regs[0]);
	arguments[1] = BPF_CORE_READ(regs, regs[1]);
	arguments[2] = BPF_CORE_READ(regs, regs[2]);
	arguments[3] = BPF_CORE_READ(regs, regs[3]);
}
#else
static __always_inline void read_call(const struct pt_regs *regs, long *ret_number, __u64 *arguments)
{
	*ret_number = -1; /* this architecture's registers are not known here */
}
#endif

static __always_inline __u8 call_of(long number)
{
	return number >= 0 && number < KTP_SYSCALLS_MAX ? ktp_syscalls[number & (KTP_SYSCALLS_MAX - 1)] : 0;
}

/* Tell what a call said of the socket, if it is followed. Not inlined, and not static: verified once, for all that loop over descriptors. */
__noinline int ktp_tell_socket(__u64 sk, __u32 call, __s32 fd, __s32 result, __u64 enter_ns)
{
	struct ktp_app *app = bpf_map_lookup_elem(&ktp_apps, &sk);
	struct ktp_pending pending = {.enter_ns = enter_ns, .sk = sk, .fd = fd, .call = (__u8)call};

	if (!app)
		return 0;
	if (call == KTP_CALL_SEND || call == KTP_CALL_RECEIVE) {
		if (app->transfers >= KTP_TRANSFERS_MAX)
			return 0;
		app->transfers++;
	}
	ktp_emit_call(&pending, &app->attempt, result, result < 0 && call != KTP_CALL_SO_ERROR ? -result : 0, false);
	return 0;
}

__noinline int ktp_tell_fd(__s32 fd, __u32 call, __s32 result, __u64 enter_ns)
{
	__u64 sk = socket_of(fd);

	return sk ? ktp_tell_socket(sk, call, fd, result, enter_ns) : 0;
}

struct user_pollfd {
	__s32 fd;
	__s16 events;
	__s16 revents;
};

static __always_inline void tell_poll(const struct ktp_pending *pending)
{
	for (__u32 i = 0; i < FDS_MAX && i < pending->arguments[1]; i++) {
		struct user_pollfd pollfd;

		if (bpf_probe_read_user(&pollfd, sizeof(pollfd), (const void *)(pending->arguments[0] + i * sizeof(pollfd))))
			return;
		ktp_tell_fd(pollfd.fd, KTP_CALL_POLL, (__u16)pollfd.revents, pending->enter_ns);
	}
}

/* The sets say before the call what is asked for, and after it what is so. */
static __always_inline __u64 word_of(__u64 set, __u32 word)
{
	__u64 bits = 0;

	if (set)
		bpf_probe_read_user(&bits, sizeof(bits), (const void *)(set + word * sizeof(bits)));
	return bits;
}

__noinline int ktp_tell_word(__u64 readable, __u64 writable, __u64 exceptional, __u32 first_fd, __u64 enter_ns)
{
	__u64 any = readable | writable | exceptional;

	for (__u32 i = 0; i < 64; i++) {
		__u64 bit = 1ull << i;

		if (any & bit)
			ktp_tell_fd((__s32)(first_fd + i), KTP_CALL_SELECT,
				    (readable & bit ? 1 : 0) | (writable & bit ? 4 : 0) | (exceptional & bit ? 2 : 0), enter_ns);
	}
	return 0;
}

static __always_inline void tell_select(const struct ktp_pending *pending)
{
	for (__u32 word = 0; word < 4 && word * 64 < pending->arguments[0]; word++) {
		__u64 readable = word_of(pending->arguments[1], word);
		__u64 writable = word_of(pending->arguments[2], word);
		__u64 exceptional = word_of(pending->arguments[3], word);

		if (readable | writable | exceptional)
			ktp_tell_word(readable, writable, exceptional, word * 64, pending->enter_ns);
	}
}

struct user_epoll_event {
	__u32 events;
	__u64 data;
}
#if defined(__TARGET_ARCH_x86)
__attribute__((packed))
#endif
;

static __always_inline __u64 epoll_of(__s32 fd)
{
	struct file *file = file_of(fd);

	return file ? (__u64)BPF_CORE_READ(file, private_data) : 0;
}

__noinline int ktp_tell_epoll(__u64 epoll, __u64 data, __u32 events, __u64 enter_ns)
{
	struct ktp_epoll key = {.epoll = epoll, .data = data};
	__u64 *sk = bpf_map_lookup_elem(&ktp_epolls, &key);

	return sk ? ktp_tell_socket(*sk, KTP_CALL_EPOLL, -1, (__s32)events, enter_ns) : 0;
}

static __always_inline void tell_epoll(const struct ktp_pending *pending, long count)
{
	__u64 epoll = epoll_of(pending->fd);

	for (__u32 i = 0; i < FDS_MAX && (long)i < count; i++) {
		struct user_epoll_event event;

		if (bpf_probe_read_user(&event, sizeof(event), (const void *)(pending->arguments[1] + i * sizeof(event))))
			return;
		ktp_tell_epoll(epoll, event.data, event.events, pending->enter_ns);
	}
}

static __always_inline void note_epoll(const struct ktp_pending *pending)
{
	struct user_epoll_event event;
	__u64 sk = socket_of((__s32)pending->arguments[2]);
	struct ktp_epoll key = {.epoll = epoll_of(pending->fd)};

	if (!sk || (pending->arguments[1] != EPOLL_CTL_ADD && pending->arguments[1] != EPOLL_CTL_MOD) ||
	    bpf_probe_read_user(&event, sizeof(event), (const void *)pending->arguments[3]))
		return;
	key.data = event.data;
	bpf_map_update_elem(&ktp_epolls, &key, &sk, BPF_ANY);
	ktp_tell_socket(sk, KTP_CALL_EPOLL_CTL, (__s32)pending->arguments[2], 0, pending->enter_ns);
}

/* Its own numbers for "try again after the signal" never reach a program (include/linux/errno.h). */
static __always_inline __s32 error_of(long result)
{
	if (result >= 0)
		return 0;
	return result <= -512 && result >= -516 ? EINTR : (__s32)-result;
}

/* It began during this call; or the socket has one already; or it failed before it began, and then it gets a key of its own. */
static __always_inline void tell_connect(const struct ktp_pending *pending, long result)
{
	struct ktp_attempt attempt = pending->attempt;
	struct ktp_app *app = bpf_map_lookup_elem(&ktp_apps, &pending->sk);
	__s32 error = error_of(result);

	if (!attempt.cookie) {
		if (app)
			attempt = app->attempt;
		else
			attempt = (struct ktp_attempt){.cookie = 1ull << 63 | pending->enter_ns, .number = 1};
		ktp_emit_call(pending, &attempt, 0, 0, true);
	}
	ktp_emit_call(pending, &attempt, error ? -1 : 0, error, false);
}

static __always_inline void tell_so_error(const struct ktp_pending *pending)
{
	__s32 error = 0;

	if (!bpf_probe_read_user(&error, sizeof(error), (const void *)pending->arguments[3]))
		ktp_tell_socket(pending->sk, KTP_CALL_SO_ERROR, pending->fd, error, pending->enter_ns);
}

static __always_inline bool is_connecting(const struct ktp_pending *pending)
{
	return pending->call == KTP_CALL_CONNECT || pending->call == KTP_CALL_SEND_FASTOPEN;
}

/* Is there something to be told when it returns? */
static __always_inline bool is_of_interest(struct ktp_pending *pending)
{
	switch (pending->call) {
	case KTP_CALL_POLL:
	case KTP_CALL_SELECT:
	case KTP_CALL_EPOLL:
		return true;
	case KTP_CALL_SO_ERROR:
		if (pending->arguments[1] != SOL_SOCKET || pending->arguments[2] != SO_ERROR)
			return false;
		break;
	case KTP_CALL_SEND:
		if (pending->arguments[3] & MSG_FASTOPEN) /* of sendto() only; others have no flags there, or none that high */
			pending->call = KTP_CALL_SEND_FASTOPEN;
		break;
	}
	pending->sk = socket_of(pending->fd);
	if (!pending->sk)
		return false;
	return is_connecting(pending) ? ktp_is_watched((const struct sock *)pending->sk)
				      : bpf_map_lookup_elem(&ktp_apps, &pending->sk) != NULL;
}

static __always_inline void note_user(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, one = 1;

	bpf_map_update_elem(&ktp_users, &tgid, &one, BPF_ANY);
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(ktp_sys_enter, const struct pt_regs *regs, long id)
{
	struct ktp_pending pending = {.call = call_of(id)};
	__u64 key;
	__u32 tgid;
	long number;

	if (!pending.call)
		return 0;
	key = bpf_get_current_pid_tgid();
	tgid = key >> 32;
	if (pending.call != KTP_CALL_CONNECT && !bpf_map_lookup_elem(&ktp_users, &tgid))
		return 0;
	read_call(regs, &number, pending.arguments);
	if (number != id)
		return 0;
	pending.fd = (__s32)pending.arguments[0];
	pending.enter_ns = bpf_ktime_get_ns();
	if (pending.call == KTP_CALL_EPOLL_CTL) {
		note_epoll(&pending);
		return 0;
	}
	if (pending.call == KTP_CALL_CLOSE) {
		ktp_tell_fd(pending.fd, KTP_CALL_CLOSE, 0, pending.enter_ns);
		return 0;
	}
	if (!is_of_interest(&pending))
		return 0;
	if (pending.call == KTP_CALL_SELECT)
		tell_select(&pending);
	if (is_connecting(&pending)) {
		note_user();
		if (pending.call == KTP_CALL_CONNECT)
			bpf_probe_read_user(pending.sockaddr, sizeof(pending.sockaddr), (const void *)pending.arguments[1]);
	}
	if (bpf_map_update_elem(&ktp_pendings, &key, &pending, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(ktp_sys_exit, const struct pt_regs *regs, long result)
{
	__u64 key = bpf_get_current_pid_tgid(), arguments[4];
	struct ktp_pending *found, pending;
	__u32 tgid = key >> 32;
	long number;

	read_call(regs, &number, arguments);
	if (!call_of(number) || !bpf_map_lookup_elem(&ktp_users, &tgid))
		return 0;
	found = bpf_map_lookup_elem(&ktp_pendings, &key);
	if (!found)
		return 0;
	pending = *found;
	bpf_map_delete_elem(&ktp_pendings, &key);
	switch (pending.call) {
	case KTP_CALL_CONNECT:
	case KTP_CALL_SEND_FASTOPEN:
		tell_connect(&pending, result);
		break;
	case KTP_CALL_POLL:
		if (result >= 0)
			tell_poll(&pending);
		break;
	case KTP_CALL_SELECT:
		if (result > 0)
			tell_select(&pending);
		break;
	case KTP_CALL_EPOLL:
		tell_epoll(&pending, result);
		break;
	case KTP_CALL_SO_ERROR:
		if (result == 0)
			tell_so_error(&pending);
		break;
	default:
		ktp_tell_socket(pending.sk, pending.call, pending.fd,
				result < 0	      ? -error_of(result)
				: result > 0x7fffffff ? 0x7fffffff
						      : (__s32)result,
				pending.enter_ns);
	}
	return 0;
}

/* A task's children are watched like itself. */
SEC("?tp_btf/sched_process_fork")
int BPF_PROG(ktp_fork, const struct task_struct *parent, const struct task_struct *child)
{
	__u32 from = ktp_tgid(), to = BPF_CORE_READ(child, tgid), one = 1;

	if (!ktp_config.follows_children || !ktp_config.is_initial_pidns || to == from || !bpf_map_lookup_elem(&ktp_tasks, &from))
		return 0;
	if (bpf_map_update_elem(&ktp_tasks, &to, &one, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
	return 0;
}

SEC("?tp_btf/sched_process_exit")
int BPF_PROG(ktp_exit, const struct task_struct *task)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);

	if (BPF_CORE_READ(task, pid) != (int)tgid)
		return 0;
	bpf_map_delete_elem(&ktp_tasks, &tgid);
	bpf_map_delete_elem(&ktp_users, &tgid);
	return 0;
}

/* Its address may be another socket's next. */
SEC("?tp_btf/tcp_destroy_sock")
int BPF_PROG(ktp_destroy, const struct sock *sk)
{
	__u64 key = (__u64)sk;

	if (!ktp_is_idle())
		bpf_map_delete_elem(&ktp_apps, &key);
	return 0;
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
