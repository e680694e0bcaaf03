// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The application's view: what watched programs are told about sockets that connect. Calls are found by what their number is to us, tasks by whether they
 * have connected, sockets by the descriptor: so dup(), fork() and passed descriptors need no tracking. Reads addresses and results, never data.
 *
 * Only loaded to watch: a tracepoint at system calls costs every task of the host something.
 */
#include "bpf/call.bpf.h"
#include "bpf/fd.bpf.h"
#include "bpf/handover.bpf.h"
#include "bpf/ready.bpf.h"

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

static __always_inline void tell_so_error(const struct ktp_pending *pending)
{
	__s32 error = 0;

	if (!bpf_probe_read_user(&error, sizeof(error), (const void *)pending->arguments[3]))
		ktp_tell_socket(pending->sk, KTP_CALL_SO_ERROR, pending->fd, error, pending->enter_ns);
}

/* What it has connected to before stays known, so that another connect() that brings the error is not taken for one that never began. */
static __always_inline bool is_followed(__u64 sk)
{
	struct ktp_app *app = bpf_map_lookup_elem(&ktp_apps, &sk);

	return app && ktp_followed(app->attempt.cookie);
}

static __always_inline bool is_connecting(const struct ktp_pending *pending)
{
	return pending->call == KTP_CALL_CONNECT || pending->call == KTP_CALL_SEND_FASTOPEN;
}

/* The queue of errors is no transfer: what it says is not looked at, and may be all that was asked. */
static __always_inline bool is_receipt(struct ktp_pending *pending, __u64 flags)
{
	pending->call = KTP_CALL_RECEIVE;
	if (!(flags & MSG_ERRQUEUE))
		return true;
	if (is_followed(ktp_socket_of(pending->fd)))
		note_blind();
	return false;
}

/* A descriptor may be given to a process whose calls are not seen. */
static __always_inline void note_gift(const struct ktp_pending *pending)
{
	__u64 bytes;

	if (ktp_family_of(pending->fd) == AF_UNIX &&
	    (bpf_probe_read_user(&bytes, sizeof(bytes), (const void *)(pending->arguments[1] + MSG_CONTROLLEN)) || bytes))
		note_blind();
}

/* From the socket to a pipe, or the other way. */
static __always_inline void read_splice(struct ktp_pending *pending)
{
	pending->call = KTP_CALL_RECEIVE;
	if (ktp_socket_of(pending->fd))
		return;
	pending->call = KTP_CALL_SEND;
	pending->fd = (__s32)pending->arguments[2];
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
		if (pending->arguments[1] == IPPROTO_TCP && pending->arguments[2] == TCP_INFO)
			pending->call = KTP_CALL_TCP_INFO;
		else if (pending->arguments[1] != SOL_SOCKET || pending->arguments[2] != SO_ERROR)
			return false;
		break;
	case KTP_CALL_SENDTO:
		pending->call = pending->arguments[3] & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SENDMSG:
		note_gift(pending);
		pending->call = pending->arguments[2] & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SPLICE:
		read_splice(pending);
		break;
	case KTP_CALL_RECVFROM:
		if (!is_receipt(pending, pending->arguments[3]))
			return false;
		break;
	case KTP_CALL_RECVMSG:
		if (!is_receipt(pending, pending->arguments[2]))
			return false;
		break;
	}
	pending->sk = ktp_socket_of(pending->fd);
	if (!pending->sk)
		return false;
	return is_connecting(pending) ? ktp_is_watched((const struct sock *)pending->sk) : is_followed(pending->sk);
}

static __always_inline void note_user(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, sight = ktp_config.filter & KTP_FILTER_TASKS ? ktp_task_sight() : 0;
	__u32 sees = sight ? sight : KTP_SEES_CALLS;

	bpf_map_update_elem(&ktp_users, &tgid, &sees, BPF_NOEXIST);
	ktp_note_seen(tgid);
}

/* shutdown() of, or connect() to nowhere with a socket that is SYN_SENT ends its attempt; close() is seen at the socket itself. */
static __always_inline bool note_disconnect(const struct ktp_pending *pending)
{
	__u64 sk = ktp_socket_of(pending->fd);
	struct ktp_app *app = bpf_map_lookup_elem(&ktp_apps, &sk);

	if (!app || BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state) != KTP_SYN_SENT)
		return false;
	if (pending->call == KTP_CALL_SHUTDOWN)
		ktp_tell_socket(sk, KTP_CALL_SHUTDOWN, pending->fd, 0, pending->enter_ns);
	ktp_emit_close(sk, app);
	return true;
}

/* As much as there is of the address; false when that cannot be read just now. Zero where nothing was read. */
static __always_inline bool read_sockaddr(struct ktp_pending *pending)
{
	__u32 bytes = pending->arguments[2] < KTP_SOCKADDR_MAX ? pending->arguments[2] : KTP_SOCKADDR_MAX;

	return bytes >= sizeof(__u16) && !bpf_probe_read_user(pending->sockaddr, bytes, (const void *)pending->arguments[1]);
}

/* Some calls say it all when they are entered. Returns false for the others. */
static __always_inline bool note_at_once(struct ktp_pending *pending)
{
	switch (pending->call) {
	case KTP_CALL_EPOLL_CTL:
		note_epoll(pending);
		return true;
	case KTP_CALL_HIDDEN:
		note_blind();
		return true;
	case KTP_CALL_SHUTDOWN:
		return note_disconnect(pending);
	case KTP_CALL_CONNECT:
		if (!read_sockaddr(pending) || pending->sockaddr[0] || pending->sockaddr[1])
			return false;
		note_disconnect(pending); /* AF_UNSPEC */
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
static __always_inline void note_hidden(const struct ktp_pending *pending)
{
	if (pending->call != KTP_CALL_HIDES) {
		if (!asks_for_signal(pending->call, pending->arguments))
			return;
		ktp_tell_offsets();
		if (!ktp_socket_of(pending->fd))
			return;
	}
	note_blind();
}

/* A 32-bit call: its number is another's here. */
static __always_inline void note_foreign(void)
{
	if (!ktp_is_user(bpf_get_current_pid_tgid() >> 32) && !(ktp_config.filter & KTP_FILTER_TASKS && ktp_task_sight()))
		return;
	note_blind();
	ktp_shared.has_foreign = 1;
}

/* An interrupted call that the kernel makes again is one call to the program, and began when it began. */
static __always_inline void go_on(struct ktp_pending *pending, __u64 task)
{
	const struct ktp_pending *before = bpf_map_lookup_elem(&ktp_pendings, &task);

	if (!before || !(before->interrupted == KTP_HANDLED || before->interrupted >= KTP_ERESTARTSYS) || before->call != pending->call ||
	    before->sk != pending->sk)
		return;
	pending->enter_ns = before->enter_ns;
	pending->attempt = before->attempt;
	pending->begins = before->begins;
}

static __always_inline void enter(const struct pt_regs *regs, __u8 call, __u64 task)
{
	struct ktp_pending pending = {.call = call};

	ktp_read_arguments(regs, pending.arguments);
	pending.fd = (__s32)pending.arguments[0];
	if (may_hide(call)) {
		note_hidden(&pending);
		if (call != KTP_CALL_IOCTL || is_setting((__u32)pending.arguments[1]) || !ktp_is_user(task >> 32))
			return;
	}
	ktp_tell_offsets();
	pending.enter_ns = bpf_ktime_get_ns();
	if (note_at_once(&pending) || !is_of_interest(&pending)) {
		bpf_map_delete_elem(&ktp_pendings, &task); /* one whose return was not seen: this one's would be taken for it */
		return;
	}
	if (pending.call == KTP_CALL_SELECT)
		ktp_tell_asked(pending.arguments[0], pending.arguments[1], pending.arguments[2], pending.arguments[3], pending.enter_ns);
	if (pending.call == KTP_CALL_POLL)
		ktp_note_polled(pending.arguments[0], pending.arguments[1], pending.enter_ns);
	if (is_connecting(&pending)) {
		note_user();
		pending.begins = ktp_is_unconnected(pending.sk);
		pending.is_blocking = !(ktp_flags_of(pending.fd) & O_NONBLOCK);
		if (ktp_flags_of(pending.fd) & O_ASYNC) /* since before anybody looked */
			note_blind();
	}
	go_on(&pending, task);
	if (bpf_map_update_elem(&ktp_pendings, &task, &pending, BPF_ANY))
		ktp_lost(0, KTP_LOSS_MAP);
}

static __always_inline void note_handled(__u64 task)
{
	struct ktp_pending *pending = bpf_map_lookup_elem(&ktp_pendings, &task);

	if (pending && pending->interrupted == KTP_CALLED_AGAIN)
		pending->interrupted = KTP_HANDLED;
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

static __always_inline void tell(const struct ktp_pending *pending, long result)
{
	switch (pending->call) {
	case KTP_CALL_CONNECT:
	case KTP_CALL_SEND_FASTOPEN:
		ktp_tell_connect(pending, result);
		if (result < 0 && ktp_is_in_epoll(pending->fd)) /* since before it connected */
			ktp_tell_socket(pending->sk, KTP_CALL_EPOLL_CTL, pending->fd, 0, pending->enter_ns);
		return;
	case KTP_CALL_POLL:
		if (result >= 0 || ktp_error_of(result) == KTP_EINTR)
			ktp_tell_poll(pending->arguments[0], pending->arguments[1], result < 0, pending->enter_ns);
		return;
	case KTP_CALL_SELECT:
		if (result > 0)
			ktp_tell_select(pending->arguments[0], pending->arguments[1], pending->arguments[2], pending->arguments[3],
					pending->enter_ns);
		return;
	case KTP_CALL_EPOLL:
		ktp_tell_events(pending->fd, pending->arguments[1], result, pending->enter_ns);
		return;
	case KTP_CALL_SO_ERROR:
		if (result == 0)
			tell_so_error(pending);
		return;
	}
	if (result > 0x7fffffff)
		result = 0x7fffffff;
	ktp_tell_socket(pending->sk, pending->call, pending->fd, result < 0 ? -ktp_error_of(result) : (__s32)result, pending->enter_ns);
}

/* connect() to nowhere, whose address could not be read before the kernel had. */
static __always_inline bool is_disconnect(struct ktp_pending *pending)
{
	bool is_unread = pending->call == KTP_CALL_CONNECT && !pending->sockaddr[0] && !pending->sockaddr[1];

	return is_unread && read_sockaddr(pending) && !pending->sockaddr[0] && !pending->sockaddr[1];
}

static __always_inline void note_disconnected(__u64 sk)
{
	struct ktp_app *app = bpf_map_lookup_elem(&ktp_apps, &sk);

	if (app)
		ktp_emit_close(sk, app);
}

static __always_inline int take_exit(const struct pt_regs *regs, long result)
{
	struct ktp_pending *pending;
	__u64 key;
	__u8 call;

	key = bpf_get_current_pid_tgid();
	if (!ktp_may_be_user(key >> 32))
		return 0;
	call = call_of(ktp_number_of(regs));
	if (!call)
		return 0;
	pending = bpf_map_lookup_elem(&ktp_pendings, &key);
	if (!pending)
		return 0;
	/* A handler's own calls return before the one that it interrupted is made again. */
	if (pending->interrupted && !(pending->interrupted == KTP_ERESTART_RESTARTBLOCK && call == KTP_CALL_RESTART))
		return 0;
	if (result <= -KTP_ERESTARTSYS && result >= -KTP_ERESTART_RESTARTBLOCK) {
		pending->interrupted = (__u16)-result;
		return 0;
	}
	if (is_disconnect(pending))
		note_disconnected(pending->sk);
	else
		tell(pending, result);
	bpf_map_delete_elem(&ktp_pendings, &key);
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

static __always_inline void tell_interrupted(const struct ktp_pending *pending)
{
	if (is_connecting(pending))
		ktp_tell_connect(pending, -KTP_EINTR);
	else if (pending->call == KTP_CALL_POLL)
		ktp_tell_poll(pending->arguments[0], pending->arguments[1], true, pending->enter_ns);
	else if (pending->sk && pending->call != KTP_CALL_SO_ERROR)
		ktp_tell_socket(pending->sk, pending->call, pending->fd, -KTP_EINTR, pending->enter_ns);
}

/* Without a handler (a process that is stopped, traced, frozen) the kernel makes the call again, else as its number and the handler's flags say. */
static __always_inline int take_signal(const struct k_sigaction *action)
{
	__u64 key = bpf_get_current_pid_tgid(), handler;
	struct ktp_pending *pending;

	if (!ktp_may_be_user(key >> 32))
		return 0;
	pending = bpf_map_lookup_elem(&ktp_pendings, &key);
	if (!pending || pending->interrupted < KTP_ERESTARTSYS)
		return 0;
	handler = (__u64)BPF_CORE_READ(action, sa.sa_handler);
	if (handler == SIG_DFL || handler == SIG_IGN)
		return 0;
	if (pending->interrupted == KTP_ERESTARTNOINTR ||
	    (pending->interrupted == KTP_ERESTARTSYS && BPF_CORE_READ(action, sa.sa_flags) & SA_RESTART)) {
		pending->interrupted = KTP_CALLED_AGAIN;
		return 0;
	}
	tell_interrupted(pending);
	bpf_map_delete_elem(&ktp_pendings, &key);
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
