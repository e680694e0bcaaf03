/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a system call of a watched program is when it is entered: whether its return says something
 * of a socket, and what is known at once.
 */
#ifndef BPF_CALL_ENTRY_H
#define BPF_CALL_ENTRY_H

#include "bpf/call_many.bpf.h"
#include "bpf/call_report.bpf.h"
#include "bpf/fd.bpf.h"

#define SOL_SOCKET   1
#define SO_ERROR     4
#define TCP_INFO     11
#define MSG_DONTWAIT 0x40
#define MSG_ERRQUEUE 0x2000
#define MSG_FASTOPEN 0x20000000
#define AF_UNIX	     1
/*
 * Of a 64-bit struct msghdr, after msg_name, msg_namelen, msg_iov, msg_iovlen and msg_control:
 * where msg_controllen is.
 */
#define MSG_CONTROLLEN 40
#define F_SETFL	       4
#define F_SETOWN       8
#define F_SETSIG       10
#define F_SETOWN_EX    15
#define FIOASYNC       0x5452
#define FIONBIO	       0x5421
#define FIONCLEX       0x5450
#define FIOCLEX	       0x5451

/*
 * What it has connected to before stays known, so that another connect() that brings the error is
 * not taken for one that never began.
 */
static __always_inline bool is_followed(__u64 sk)
{
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	return watched && ktp_followed(watched->attempt.cookie);
}

static __always_inline bool is_connecting(const struct ktp_syscall *syscall)
{
	return syscall->call == KTP_CALL_CONNECT || syscall->call == KTP_CALL_SEND_FASTOPEN;
}

/*
 * The queue of errors is no transfer: what it says is not looked at, and may be all that was asked.
 */
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
	    (bpf_probe_read_user(&bytes, sizeof(bytes),
				 (const void *)(syscall->arguments[1] + MSG_CONTROLLEN)) ||
	     bytes))
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

/* Those of messages may have nothing in them; that is not looked at. */
static __always_inline bool is_of_nothing(const struct ktp_syscall *syscall, __u8 number)
{
	switch (number) {
	case KTP_CALL_SENDTO:
	case KTP_CALL_RECVFROM:
	case KTP_CALL_SEND:
	case KTP_CALL_RECEIVE:
		return !syscall->arguments[2];
	}
	return false;
}

/* number: what the call was before it was looked at. */
static __always_inline __u8 manner_of(const struct ktp_syscall *syscall, __u8 number, __u64 flags)
{
	bool is_transfer = syscall->call == KTP_CALL_SEND || syscall->call == KTP_CALL_RECEIVE;

	if (is_transfer && is_of_nothing(syscall, number))
		return KTP_MANNER_NOTHING;
	return (is_transfer || is_connecting(syscall)) && !(flags & MSG_DONTWAIT) &&
			       !(ktp_flags_of(syscall->fd) & O_NONBLOCK)
		       ? KTP_MANNER_WAITS
		       : 0;
}

/* Is there something to report when it returns? */
static __always_inline bool is_of_interest(struct ktp_syscall *syscall)
{
	__u8 number = syscall->call;
	__u64 flags = 0;

	switch (number) {
	case KTP_CALL_POLL:
	case KTP_CALL_SELECT:
	case KTP_CALL_EPOLL:
	case KTP_CALL_EXEC:
		return true;
	case KTP_CALL_SO_ERROR:
		if (syscall->arguments[1] == IPPROTO_TCP && syscall->arguments[2] == TCP_INFO)
			syscall->call = KTP_CALL_TCP_INFO;
		else if (syscall->arguments[1] != SOL_SOCKET || syscall->arguments[2] != SO_ERROR)
			return false;
		break;
	case KTP_CALL_SENDTO:
		flags = syscall->arguments[3];
		syscall->call = flags & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SENDMSG:
		note_gift(syscall);
		flags = syscall->arguments[2];
		syscall->call = flags & MSG_FASTOPEN ? KTP_CALL_SEND_FASTOPEN : KTP_CALL_SEND;
		break;
	case KTP_CALL_SPLICE:
		read_splice(syscall);
		break;
	case KTP_CALL_RECVFROM:
		flags = syscall->arguments[3];
		if (!is_receipt(syscall, flags))
			return false;
		break;
	case KTP_CALL_RECVMSG:
		flags = syscall->arguments[2];
		if (!is_receipt(syscall, flags))
			return false;
		break;
	}
	syscall->sk = ktp_socket_of(syscall->fd);
	if (!syscall->sk)
		return false;
	if (is_connecting(syscall) ? !ktp_is_watched((const struct sock *)syscall->sk)
				   : !is_followed(syscall->sk))
		return false;
	syscall->manner = manner_of(syscall, number, flags);
	return true;
}

static __always_inline void note_user(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32,
	      visibility = ktp_config.filter & KTP_FILTER_TASKS ? ktp_task_visibility() : 0;
	__u32 sees = visibility ? visibility : KTP_CALLS_SEEN;

	bpf_map_update_elem(&ktp_users, &tgid, &sees, BPF_NOEXIST);
	ktp_note_seen(tgid);
}

/*
 * shutdown() of, or connect() to nowhere with a socket that is SYN_SENT ends its attempt; close()
 * is seen at the socket itself.
 */
static __always_inline bool note_disconnect(const struct ktp_syscall *syscall)
{
	__u64 sk = ktp_socket_of(syscall->fd);
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	if (!watched ||
	    BPF_CORE_READ((const struct sock *)sk, __sk_common.skc_state) != KTP_SYN_SENT)
		return false;
	if (syscall->call == KTP_CALL_SHUTDOWN)
		ktp_report_socket(sk, KTP_CALL_SHUTDOWN, syscall->fd, 0, syscall->enter_ns);
	ktp_emit_close(sk, watched);
	return true;
}

/*
 * As much as there is of the address; false when that cannot be read just now. Zero where nothing
 * was read.
 */
static __always_inline bool read_sockaddr(struct ktp_syscall *syscall)
{
	__u32 bytes =
		syscall->arguments[2] < KTP_SOCKADDR_MAX ? syscall->arguments[2] : KTP_SOCKADDR_MAX;

	return bytes >= sizeof(__u16) &&
	       !bpf_probe_read_user(syscall->sockaddr, bytes, (const void *)syscall->arguments[1]);
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

/* Asks for a signal about the descriptor, or chooses who gets it. */
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
	return request == FIONBIO || request == FIOASYNC || request == FIOCLEX ||
	       request == FIONCLEX;
}

/*
 * From now on it may learn what no call of its own returns. Of other descriptors many ask for
 * signals: those are not about sockets.
 */
static __always_inline void note_hidden(const struct ktp_syscall *syscall)
{
	if (syscall->call != KTP_CALL_HIDES) {
		if (!asks_for_signal(syscall->call, syscall->arguments))
			return;
		ktp_note_offsets();
		if (!ktp_socket_of(syscall->fd))
			return;
	}
	mark_calls_hidden();
}

#endif
