// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The application's view: what system calls say to watched programs of sockets that connect. Calls
 * are found by what their number is to us, tasks by whether they have connected, sockets by the
 * descriptor: so dup(), fork() and passed descriptors need no tracking. Reads addresses and
 * results, never data.
 *
 * Only loaded to watch: a tracepoint at system calls costs every task of the host something.
 */
#include "bpf/call_entry.bpf.h"
#include "bpf/call_many.bpf.h"
#include "bpf/call_report.bpf.h"
#include "bpf/fd.bpf.h"
#include "bpf/handover.bpf.h"

#define SIG_DFL	   0
#define SIG_IGN	   1
#define SA_RESTART 0x10000000

const volatile __u8 ktp_syscalls[KTP_SYSCALLS_MAX] = {};

static __always_inline __u8 call_of(long number)
{
	return number >= 0 && number < KTP_SYSCALLS_MAX
		       ? ktp_syscalls[number & (KTP_SYSCALLS_MAX - 1)]
		       : 0;
}

static __always_inline void report_so_error(const struct ktp_syscall *syscall)
{
	__s32 error = 0;

	if (!bpf_probe_read_user(&error, sizeof(error), (const void *)syscall->arguments[3]))
		ktp_report_socket(syscall->sk, KTP_CALL_SO_ERROR, syscall->fd, error,
				  syscall->enter_ns);
}

/* A 32-bit call: its number is another's here. */
static __always_inline void note_foreign(void)
{
	if (!ktp_is_user(bpf_get_current_pid_tgid() >> 32) &&
	    !(ktp_config.filter & KTP_FILTER_TASKS && ktp_task_visibility()))
		return;
	mark_calls_hidden();
	ktp_shared.has_foreign = 1;
}

/*
 * An interrupted call that the kernel makes again is one call to the program, and began when it
 * began.
 */
static __always_inline void go_on(struct ktp_syscall *syscall, __u64 task)
{
	const struct ktp_syscall *before = bpf_map_lookup_elem(&ktp_open_syscalls, &task);

	if (!before ||
	    !(before->interrupted == KTP_HANDLED || before->interrupted >= KTP_ERESTARTSYS) ||
	    before->call != syscall->call || before->sk != syscall->sk)
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
		if (call != KTP_CALL_IOCTL || is_setting((__u32)syscall.arguments[1]) ||
		    !ktp_is_user(task >> 32))
			return;
	}
	ktp_note_offsets();
	syscall.enter_ns = bpf_ktime_get_ns();
	if (note_at_once(&syscall) || !is_of_interest(&syscall)) {
		/* One whose return was not seen: this one's would be taken for it */
		bpf_map_delete_elem(&ktp_open_syscalls, &task);
		return;
	}
	if (syscall.call == KTP_CALL_SELECT)
		ktp_report_asked(syscall.arguments[0], syscall.arguments[1], syscall.arguments[2],
				 syscall.arguments[3], syscall.enter_ns);
	if (syscall.call == KTP_CALL_POLL)
		ktp_note_polled(syscall.arguments[0], syscall.arguments[1], syscall.enter_ns);
	if (is_connecting(&syscall)) {
		note_user();
		syscall.begins = ktp_is_unconnected(syscall.sk);
		if (ktp_flags_of(syscall.fd) & O_ASYNC) /* since before the watch */
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
	if (ktp_is_unwatched(task >> 32))
		return 0;
	if (call == KTP_CALL_SIGRETURN)
		note_handled(task);
	else if (call == KTP_CALL_CONNECT || may_hide(call) || ktp_is_user(task >> 32))
		enter(regs, call, task);
	return 0;
}

SEC("?ktp_tp/sys_enter")
int BPF_PROG(ktp_sys_enter, const struct pt_regs *regs, long id)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SYS_ENTER, (__u64)regs, (__u32)id);
	return take_enter(regs, id);
}

SEC("?ktp_tp/sys_enter")
int BPF_PROG(ktp_sys_enter_again, const struct pt_regs *regs, long id)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SYS_ENTER, (__u64)regs, (__u32)id, take_enter(regs, id));
}

static __always_inline void report(const struct ktp_syscall *syscall, long result)
{
	switch (syscall->call) {
	case KTP_CALL_CONNECT:
	case KTP_CALL_SEND_FASTOPEN:
		ktp_report_connect(syscall, result);
		if (result < 0 && ktp_is_in_epoll(syscall->fd)) /* since before it connected */
			ktp_report_socket(syscall->sk, KTP_CALL_EPOLL_CTL, syscall->fd, 0,
					  syscall->enter_ns);
		return;
	case KTP_CALL_POLL:
		if (result >= 0 || ktp_error_of(result) == KTP_EINTR)
			ktp_report_poll(syscall->arguments[0], syscall->arguments[1], result < 0,
					syscall->enter_ns);
		return;
	case KTP_CALL_SELECT:
		if (result > 0)
			ktp_report_select(syscall->arguments[0], syscall->arguments[1],
					  syscall->arguments[2], syscall->arguments[3],
					  syscall->enter_ns);
		return;
	case KTP_CALL_EPOLL:
		ktp_report_events(syscall->fd, syscall->arguments[1], result, syscall->enter_ns);
		return;
	case KTP_CALL_SO_ERROR:
		if (result == 0)
			report_so_error(syscall);
		return;
	}
	if (result > 0x7fffffff)
		result = 0x7fffffff;
	ktp_report_socket(syscall->sk, syscall->call | (__u32)syscall->manner << KTP_CALL_BITS,
			  syscall->fd, result < 0 ? -ktp_error_of(result) : (__s32)result,
			  syscall->enter_ns);
}

/* connect() to nowhere, whose address could not be read before the kernel had. */
static __always_inline bool is_disconnect(struct ktp_syscall *syscall)
{
	bool is_unread =
		syscall->call == KTP_CALL_CONNECT && !syscall->sockaddr[0] && !syscall->sockaddr[1];

	return is_unread && read_sockaddr(syscall) && !syscall->sockaddr[0] &&
	       !syscall->sockaddr[1];
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
	if (syscall->interrupted &&
	    !(syscall->interrupted == KTP_ERESTART_RESTARTBLOCK && call == KTP_CALL_RESTART))
		return 0;
	if (result <= -KTP_ERESTARTSYS && result >= -KTP_ERESTART_RESTARTBLOCK) {
		syscall->interrupted = (__u16)-result;
		return 0;
	}
	/* What is close-on-exec is closed on the way back, by the program that it is now. */
	if (syscall->call == KTP_CALL_EXEC && !result)
		return 0;
	if (is_disconnect(syscall))
		note_disconnected(syscall->sk);
	else
		report(syscall, result);
	bpf_map_delete_elem(&ktp_open_syscalls, &key);
	return 0;
}

SEC("?ktp_tp/sys_exit")
int BPF_PROG(ktp_sys_exit, const struct pt_regs *regs, long result)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SYS_EXIT, (__u64)regs, (__u32)result);
	return take_exit(regs, result);
}

SEC("?ktp_tp/sys_exit")
int BPF_PROG(ktp_sys_exit_again, const struct pt_regs *regs, long result)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SYS_EXIT, (__u64)regs, (__u32)result,
			     take_exit(regs, result));
}

static __always_inline void tell_interrupted(const struct ktp_syscall *syscall)
{
	if (is_connecting(syscall))
		ktp_report_connect(syscall, -KTP_EINTR);
	else if (syscall->call == KTP_CALL_POLL)
		ktp_report_poll(syscall->arguments[0], syscall->arguments[1], true,
				syscall->enter_ns);
	else if (syscall->sk && syscall->call != KTP_CALL_SO_ERROR)
		ktp_report_socket(syscall->sk, syscall->call, syscall->fd, -KTP_EINTR,
				  syscall->enter_ns);
}

/*
 * Without a handler (a process that is stopped, traced, frozen) the kernel makes the call again,
 * else as its number and the handler's flags say.
 */
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
	    (syscall->interrupted == KTP_ERESTARTSYS &&
	     BPF_CORE_READ(action, sa.sa_flags) & SA_RESTART)) {
		syscall->interrupted = KTP_CALLED_AGAIN;
		return 0;
	}
	tell_interrupted(syscall);
	bpf_map_delete_elem(&ktp_open_syscalls, &key);
	return 0;
}

SEC("?ktp_tp/signal_deliver")
int BPF_PROG(ktp_signal, int signal, const struct kernel_siginfo *info,
	     const struct k_sigaction *action)
{
	ktp_leave_preemptible_mark(ctx, KTP_TURN_SIGNAL, (__u64)action, (__u32)signal);
	return take_signal(action);
}

SEC("?ktp_tp/signal_deliver")
int BPF_PROG(ktp_signal_again, int signal, const struct kernel_siginfo *info,
	     const struct k_sigaction *action)
{
	return KTP_TAKE_OVER(ctx, KTP_TURN_SIGNAL, (__u64)action, (__u32)signal,
			     take_signal(action));
}

char LICENSE[] SEC("license") __weak = "Dual BSD/GPL";
