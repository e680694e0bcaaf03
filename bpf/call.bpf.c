// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The application's view: what watched programs are told about sockets that connect. Calls are found by what their number is to us, tasks by whether they
 * have connected, sockets by the descriptor: so dup(), fork() and passed descriptors need no tracking. Reads addresses and results, never data.
 *
 * Only loaded to watch: a tracepoint at system calls costs every task of the host something.
 */
#include "bpf/call_many.bpf.h"
#include "bpf/fd.bpf.h"
#include "bpf/handover.bpf.h"
#include "bpf/watched.bpf.h"

#define SOL_SOCKET   1
#define SO_ERROR     4
#define TCP_INFO     11
#define MSG_ERRQUEUE 0x2000
#define MSG_FASTOPEN 0x20000000
#define AF_UNIX	     1
/* Of a 64-bit struct msghdr, after msg_name, msg_namelen, msg_iov, msg_iovlen and msg_control: where msg_controllen is. */
#define MSG_CONTROLLEN 40
#define F_SETFL	       4
#define F_SETOWN       8
#define F_SETSIG       10
#define F_SETOWN_EX    15
#define FIOASYNC       0x5452
#define FIONBIO	       0x5421
#define FIONCLEX       0x5450
#define FIOCLEX	       0x5451
#define SIG_DFL	       0
#define SIG_IGN	       1
#define SA_RESTART     0x10000000

const volatile __u8 ktp_syscalls[KTP_SYSCALLS_MAX] = {};

static __always_inline __u8 call_of(long number)
{
	return number >= 0 && number < KTP_SYSCALLS_MAX ? ktp_syscalls[number & (KTP_SYSCALLS_MAX - 1)] : 0;
}

static __always_inline void tell_so_error(const struct ktp_syscall *syscall)
{
	__s32 error = 0;

	if (!bpf_probe_read_user(&error, sizeof(error), (const void *)syscall->arguments[3]))
		ktp_tell_socket(syscall->sk, KTP_CALL_SO_ERROR, syscall->fd, error, syscall->enter_ns);
}

/* What it has connected to before stays known, so that another connect() that brings the error is not taken for one that never began. */
static __always_inline bool is_followed(__u64 sk)
{
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	return watched && ktp_followed(watched->attempt.cookie);
}

static __always_inline bool is_connecting(const struct ktp_syscall *syscall)
{
	return syscall->call == KTP_CALL_CONNECT || syscall->call == KTP_CALL_SEND_FASTOPEN;
}

/* The queue of errors is no transfer: what it says is not looked at, and may be all that was asked. */
static __always_inline bool is_receipt(struct ktp_syscall *syscall, __u64 flags)
{
	syscall->call = KTP_CALL_RECEIVE;
	if (!(flags & MSG_ERRQUEUE))
		return true;
	if (is_followed(ktp_socket_of(syscall->fd)))
		mark_calls_hidden();
	return false;
}

/* A descriptor may be given to a process whose calls are not seen. */
static __always_inline void note_gift(const struct ktp_syscall *syscall)
{
	__u64 bytes;

	if (ktp_family_of(syscall->fd) == AF_UNIX &&
	    (bpf_probe_read_user(&bytes, sizeof(bytes), (const void *)(syscall->arguments[1] + MSG_CONTROLLEN)) || bytes))
		mark_calls_hidden();
}

/* From the socket to a pipe, or the other way. */
static __always_inline void read_splice(struct ktp_syscall *syscall)
{
	syscall->call = KTP_CALL_RECEIVE;
	if (ktp_socket_of(syscall->fd))
		return;
	syscall->call = KTP_CALL_SEND;
	syscall->fd = (__s32)syscall->arguments[2];
}

/* Is there something to be told when it returns? */
static __always_inline bool is_of_interest(struct ktp_syscall *syscall)
{
	switch (syscall->call) {
	case KTP_CALL_POLL:
	case KTP_CALL_SELECT:
	case KTP_CALL_EPOLL:
		return true;
	case KTP_CALL_SO_ERROR:
		if (syscall->arguments[1] == IPPROTO_TCP && syscall->arguments[2] == TCP_INFO)
			syscall->call = KTP_CALL_TCP_INFO;
		else if (syscall->arguments[1] != SOL_SOCKET || syscall->arguments[2] != SO_ERROR)
			return false;
		break;
	case KTP_CALL_SENDTO:
		syscall->call = syscall->arguments[3] & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SENDMSG:
		note_gift(syscall);
		syscall->call = syscall->arguments[2] & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SPLICE:
		read_splice(syscall);
		break;
	case KTP_CALL_RECVFROM:
		if (!is_receipt(syscall, syscall->arguments[3]))
			return false;
		break;
	case KTP_CALL_RECVMSG:
		if (!is_receipt(syscall, syscall->arguments[2]))
			return false;
		break;
	}
	syscall->sk = ktp_socket_of(syscall->fd);
	if (!syscall->sk)
		return false;
	return is_connecting(syscall) ? ktp_is_watched((const struct sock *)syscall->sk) : is_followed(syscall->sk);
}

static __always_inline void note_user(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, visibility = ktp_config.filter & KTP_FILTER_TASKS ? ktp_task_visibility() : 0;
	__u32 sees = visibility ? visibility : KTP_CALLS_SEEN;

	bpf_map_update_elem(&ktp_users, &tgid, &sees, BPF_NOEXIST);
	ktp_note_seen(tgid);
}

/* shutdown() of, or connect() to nowhere with a socket that is SYN_SENT ends its attempt; close() is seen at the socket itself. */
static __always_inline bool note_disconnect(const struct ktp_syscall *syscall)
{
	__u64 sk = ktp_socket_of(syscall->fd);
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	if (!watched || BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state) != KTP_SYN_SENT)
		return false;
	if (syscall->call == KTP_CALL_SHUTDOWN)
		ktp_tell_socket(sk, KTP_CALL_SHUTDOWN, syscall->fd, 0, syscall->enter_ns);
	ktp_emit_close(sk, watched);
	return true;
}

/* As much as there is of the address; false when that cannot be read just now. Zero where nothing was read. */
static __always_inline bool read_sockaddr(struct ktp_syscall *syscall)
{
	__u32 bytes = syscall->arguments[2] < KTP_SOCKADDR_MAX ? syscall->arguments[2] : KTP_SOCKADDR_MAX;

	return bytes >= sizeof(__u16) && !bpf_probe_read_user(syscall->sockaddr, bytes, (const void *)syscall->arguments[1]);
}

/* Some calls say it all when they are entered. Returns false for the others. */
static __always_inline bool note_at_once(struct ktp_syscall *syscall)
{
	switch (syscall->call) {
	case KTP_CALL_EPOLL_CTL:
		note_epoll(syscall);
		return true;
	case KTP_CALL_HIDDEN:
		mark_calls_hidden();
		return true;
	case KTP_CALL_SHUTDOWN:
		return note_disconnect(syscall);
	case KTP_CALL_CONNECT:
		if (!read_sockaddr(syscall) || syscall->sockaddr[0] || syscall->sockaddr[1])
			return false;
		note_disconnect(syscall); /* AF_UNSPEC */
		return true;
	}
	return false;
}

/* It may be done before the first connect(). */
static __always_inline bool may_hide(__u8 call)
{
	return call == KTP_CALL_HIDES || call == KTP_CALL_FCNTL || call == KTP_CALL_IOCTL;
}

/* A signal will tell it of the descriptor, or says of whom it is told. */
static __always_inline bool asks_for_signal(__u8 call, const __u64 *arguments)
{
	if (call == KTP_CALL_IOCTL)
		return (__u32)arguments[1] == FIOASYNC;
	switch ((__u32)arguments[1]) {
	case F_SETFL:
		return arguments[2] & O_ASYNC;
	case F_SETOWN:
	case F_SETOWN_EX:
	case F_SETSIG:
		return true;
	}
	return false;
}

/* It asks nothing of the socket, but sets something of the descriptor. */
static __always_inline bool is_setting(__u32 request)
{
	return request == FIONBIO || request == FIOASYNC || request == FIOCLEX || request == FIONCLEX;
}

/* From now on it may be told what no call of its own tells. Of other descriptors many ask for signals: those are not about sockets. */
static __always_inline void note_hidden(const struct ktp_syscall *syscall)
{
	if (syscall->call != KTP_CALL_HIDES) {
		if (!asks_for_signal(syscall->call, syscall->arguments))
			return;
		ktp_tell_offsets();
		if (!ktp_socket_of(syscall->fd))
			return;
	}
	mark_calls_hidden();
}

/* A 32-bit call: its number is another's here. */
static __always_inline void note_foreign(void)
{
	if (!ktp_is_user(bpf_get_current_pid_tgid() >> 32) && !(ktp_config.filter & KTP_FILTER_TASKS && ktp_task_visibility()))
		return;
	mark_calls_hidden();
	ktp_shared.has_foreign = 1;
}

/* An interrupted call that the kernel makes again is one call to the program, and began when it began. */
static __always_inline void go_on(struct ktp_syscall *syscall, __u64 task)
{
	const struct ktp_syscall *before = bpf_map_lookup_elem(&ktp_open_syscalls, &task);

	if (!before || !(before->interrupted == KTP_HANDLED || before->interrupted >= KTP_ERESTARTSYS) || before->call != syscall->call ||
	    before->sk != syscall->sk)
		return;
	syscall->enter_ns = before->enter_ns;
	syscall->attempt = before->attempt;
	syscall->begins = before->begins;
}

static __always_inline void enter(const struct pt_regs *regs, __u8 call, __u64 task)
{
	struct ktp_syscall syscall = {.call = call};

	ktp_read_arguments(regs, syscall.arguments);
	syscall.fd = (__s32)syscall.arguments[0];
	if (may_hide(call)) {
		note_hidden(&syscall);
		if (call != KTP_CALL_IOCTL || is_setting((__u32)syscall.arguments[1]) || !ktp_is_user(task >> 32))
			return;
	}
	ktp_tell_offsets();
	syscall.enter_ns = bpf_ktime_get_ns();
	if (note_at_once(&syscall) || !is_of_interest(&syscall)) {
		bpf_map_delete_elem(&ktp_open_syscalls, &task); /* one whose return was not seen: this one's would be taken for it */
		return;
	}
	if (syscall.call == KTP_CALL_SELECT)
		ktp_tell_asked(syscall.arguments[0], syscall.arguments[1], syscall.arguments[2], syscall.arguments[3], syscall.enter_ns);
	if (syscall.call == KTP_CALL_POLL)
		ktp_note_polled(syscall.arguments[0], syscall.arguments[1], syscall.enter_ns);
	if (is_connecting(&syscall)) {
		note_user();
		syscall.begins = ktp_is_unconnected(syscall.sk);
		syscall.is_blocking = !(ktp_flags_of(syscall.fd) & O_NONBLOCK);
		if (ktp_flags_of(syscall.fd) & O_ASYNC) /* since before anybody looked */
			mark_calls_hidden();
	}
	go_on(&syscall, task);
	if (bpf_map_update_elem(&ktp_open_syscalls, &task, &syscall, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
}

static __always_inline void note_handled(__u64 task)
{
	struct ktp_syscall *syscall = bpf_map_lookup_elem(&ktp_open_syscalls, &task);

	if (syscall && syscall->interrupted == KTP_CALLED_AGAIN)
		syscall->interrupted = KTP_HANDLED;
}

/* For nearly all calls of the host nothing is to be done, not even something to be zeroed. */
static __always_inline int take_enter(const struct pt_regs *regs, long id)
{
	__u8 call = call_of(id);
	__u64 task;

	if (!ktp_is_native(regs)) {
		note_foreign();
		return 0;
	}
	if (!call || call == KTP_CALL_RESTART)
		return 0;
	task = bpf_get_current_pid_tgid();
	if (call == KTP_CALL_SIGRETURN)
		note_handled(task);
	else if (call == KTP_CALL_CONNECT || may_hide(call) || ktp_is_user(task >> 32))
		enter(regs, call, task);
	return 0;
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(ktp_sys_enter, const struct pt_regs *regs, long id)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SYS_ENTER, (__u64)regs, (__u32)id);
	return take_enter(regs, id);
}

SEC("?tp_btf/sys_enter")
int BPF_PROG(ktp_sys_enter_again, const struct pt_regs *regs, long id)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SYS_ENTER, (__u64)regs, (__u32)id, take_enter(regs, id));
}

static __always_inline void tell(const struct ktp_syscall *syscall, long result)
{
	switch (syscall->call) {
	case KTP_CALL_CONNECT:
	case KTP_CALL_SEND_FASTOPEN:
		ktp_tell_connect(syscall, result);
		if (result < 0 && ktp_is_in_epoll(syscall->fd)) /* since before it connected */
			ktp_tell_socket(syscall->sk, KTP_CALL_EPOLL_CTL, syscall->fd, 0, syscall->enter_ns);
		return;
	case KTP_CALL_POLL:
		if (result >= 0 || ktp_error_of(result) == KTP_EINTR)
			ktp_tell_poll(syscall->arguments[0], syscall->arguments[1], result < 0, syscall->enter_ns);
		return;
	case KTP_CALL_SELECT:
		if (result > 0)
			ktp_tell_select(syscall->arguments[0], syscall->arguments[1], syscall->arguments[2], syscall->arguments[3],
					syscall->enter_ns);
		return;
	case KTP_CALL_EPOLL:
		ktp_tell_events(syscall->fd, syscall->arguments[1], result, syscall->enter_ns);
		return;
	case KTP_CALL_SO_ERROR:
		if (result == 0)
			tell_so_error(syscall);
		return;
	}
	if (result > 0x7fffffff)
		result = 0x7fffffff;
	ktp_tell_socket(syscall->sk, syscall->call, syscall->fd, result < 0 ? -ktp_error_of(result) : (__s32)result, syscall->enter_ns);
}

/* connect() to nowhere, whose address could not be read before the kernel had. */
static __always_inline bool is_disconnect(struct ktp_syscall *syscall)
{
	bool is_unread = syscall->call == KTP_CALL_CONNECT && !syscall->sockaddr[0] && !syscall->sockaddr[1];

	return is_unread && read_sockaddr(syscall) && !syscall->sockaddr[0] && !syscall->sockaddr[1];
}

static __always_inline void note_disconnected(__u64 sk)
{
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	if (watched)
		ktp_emit_close(sk, watched);
}

static __always_inline int take_exit(const struct pt_regs *regs, long result)
{
	struct ktp_syscall *syscall;
	__u64 key;
	__u8 call;

	key = bpf_get_current_pid_tgid();
	if (!ktp_may_be_user(key >> 32))
		return 0;
	call = call_of(ktp_number_of(regs));
	if (!call)
		return 0;
	syscall = bpf_map_lookup_elem(&ktp_open_syscalls, &key);
	if (!syscall)
		return 0;
	/* A handler's own calls return before the one that it interrupted is made again. */
	if (syscall->interrupted && !(syscall->interrupted == KTP_ERESTART_RESTARTBLOCK && call == KTP_CALL_RESTART))
		return 0;
	if (result <= -KTP_ERESTARTSYS && result >= -KTP_ERESTART_RESTARTBLOCK) {
		syscall->interrupted = (__u16)-result;
		return 0;
	}
	if (is_disconnect(syscall))
		note_disconnected(syscall->sk);
	else
		tell(syscall, result);
	bpf_map_delete_elem(&ktp_open_syscalls, &key);
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(ktp_sys_exit, const struct pt_regs *regs, long result)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SYS_EXIT, (__u64)regs, (__u32)result);
	return take_exit(regs, result);
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(ktp_sys_exit_again, const struct pt_regs *regs, long result)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SYS_EXIT, (__u64)regs, (__u32)result, take_exit(regs, result));
}

static __always_inline void tell_interrupted(const struct ktp_syscall *syscall)
{
	if (is_connecting(syscall))
		ktp_tell_connect(syscall, -KTP_EINTR);
	else if (syscall->call == KTP_CALL_POLL)
		ktp_tell_poll(syscall->arguments[0], syscall->arguments[1], true, syscall->enter_ns);
	else if (syscall->sk && syscall->call != KTP_CALL_SO_ERROR)
		ktp_tell_socket(syscall->sk, syscall->call, syscall->fd, -KTP_EINTR, syscall->enter_ns);
}

/* Without a handler (a process that is stopped, traced, frozen) the kernel makes the call again, else as its number and the handler's flags say. */
static __always_inline int take_signal(const struct k_sigaction *action)
{
	__u64 key = bpf_get_current_pid_tgid(), handler;
	struct ktp_syscall *syscall;

	if (!ktp_may_be_user(key >> 32))
		return 0;
	syscall = bpf_map_lookup_elem(&ktp_open_syscalls, &key);
	if (!syscall || syscall->interrupted < KTP_ERESTARTSYS)
		return 0;
	handler = (__u64)BPF_CORE_READ(action, sa.sa_handler);
	if (handler == SIG_DFL || handler == SIG_IGN)
		return 0;
	if (syscall->interrupted == KTP_ERESTARTNOINTR ||
	    (syscall->interrupted == KTP_ERESTARTSYS && BPF_CORE_READ(action, sa.sa_flags) & SA_RESTART)) {
		syscall->interrupted = KTP_CALLED_AGAIN;
		return 0;
	}
	tell_interrupted(syscall);
	bpf_map_delete_elem(&ktp_open_syscalls, &key);
	return 0;
}

SEC("?tp_btf/signal_deliver")
int BPF_PROG(ktp_signal, int signal, const struct kernel_siginfo *info, const struct k_sigaction *action)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SIGNAL, (__u64)action, (__u32)signal);
	return take_signal(action);
}

SEC("?tp_btf/signal_deliver")
int BPF_PROG(ktp_signal_again, int signal, const struct kernel_siginfo *info, const struct k_sigaction *action)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SIGNAL, (__u64)action, (__u32)signal, take_signal(action));
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
