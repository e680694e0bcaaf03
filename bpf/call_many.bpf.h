/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The calls that ask about many descriptors at once: poll(), select() and epoll, and what each says
 * of the sockets among them.
 */
#ifndef BPF_CALL_MANY_H
#define BPF_CALL_MANY_H

#include "bpf/call_report.bpf.h"
#include "bpf/fd.bpf.h"

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_MOD 3

/* So many descriptors of one poll(), select() or epoll_wait() are looked at. */
#define FDS_MAX	  256
#define WORDS_MAX 16 /* FD_SETSIZE is 1024 */

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

/* Of this one's calls some are not looked at: what it has not asked is not known any more. */
static __always_inline void mark_calls_hidden(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32, blind = KTP_CALLS_HIDDEN,
	      *visibility = bpf_map_lookup_elem(&ktp_users, &tgid);

	if (visibility)
		*visibility = KTP_CALLS_HIDDEN;
	else
		bpf_map_update_elem(&ktp_users, &tgid, &blind, BPF_ANY);
}

/*
 * Report what a call (enum ktp_call, enum ktp_manner above it) said of the socket, if it is
 * followed. Not inlined, and not static: verified once, for all that loop over descriptors.
 */
__noinline int ktp_report_socket(__u64 sk, __u32 call, __s32 fd, __s32 result, __u64 enter_ns)
{
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);
	struct ktp_syscall syscall = {.enter_ns = enter_ns,
				      .sk = sk,
				      .fd = fd,
				      .call = (__u8)call,
				      .manner = (__u8)(call >> KTP_CALL_BITS)};

	call &= (1u << KTP_CALL_BITS) - 1;
	if (!watched || !ktp_followed(watched->attempt.cookie)) /* it is followed no more */
		return 0;
	if (call == KTP_CALL_POLL)
		watched->asked_ns = 0;
	if (!ktp_should_report(watched, sk, call, result, bpf_ktime_get_ns()))
		return 0;
	ktp_emit_call(&syscall, &watched->attempt, result,
		      result < 0 && call != KTP_CALL_SO_ERROR ? -result : 0, false);
	return 0;
}

__noinline int ktp_report_fd(__s32 fd, __u32 call, __s32 result, __u64 enter_ns)
{
	__u64 sk = ktp_socket_of(fd);

	return sk ? ktp_report_socket(sk, call, fd, result, enter_ns) : 0;
}

struct user_pollfd {
	__s32 fd;
	__s16 events;
	__s16 revents;
};

__noinline int ktp_ask_fd(__s32 fd, __u64 enter_ns)
{
	__u64 sk = ktp_socket_of(fd);
	struct ktp_watched_socket *watched =
		sk ? bpf_map_lookup_elem(&ktp_watched_sockets, &sk) : NULL;

	if (watched)
		watched->asked_ns = enter_ns;
	return 0;
}

/* What is behind a descriptor when it returns may be another's, or nothing. */
__noinline int ktp_note_polled(__u64 pollfds, __u64 count, __u64 enter_ns)
{
	if (count > FDS_MAX)
		mark_calls_hidden();
	for (__u32 i = 0; i < FDS_MAX && i < count; i++) {
		struct user_pollfd pollfd;

		if (bpf_probe_read_user(&pollfd, sizeof(pollfd),
					(const void *)(pollfds + i * sizeof(pollfd)))) {
			mark_calls_hidden(); /* not in memory just now */
			return 0;
		}
		ktp_ask_fd(pollfd.fd, enter_ns);
	}
	return 0;
}

/* Interrupted, the sets are as good as empty. */
__noinline int ktp_report_poll(__u64 pollfds, __u64 count, bool is_interrupted, __u64 enter_ns)
{
	for (__u32 i = 0; i < FDS_MAX && i < count; i++) {
		struct user_pollfd pollfd;

		if (bpf_probe_read_user(&pollfd, sizeof(pollfd),
					(const void *)(pollfds + i * sizeof(pollfd))))
			return 0;
		ktp_report_fd(pollfd.fd, KTP_CALL_POLL, is_interrupted ? 0 : (__u16)pollfd.revents,
			      enter_ns);
	}
	return 0;
}

/* The sets say before the call what is asked for, and after it what is so. */
static __always_inline __u64 word_of(__u64 set, __u32 word)
{
	__u64 bits = 0;

	if (set)
		bpf_probe_read_user(&bits, sizeof(bits), (const void *)(set + word * sizeof(bits)));
	return bits;
}

__noinline int ktp_report_word(__u64 readable, __u64 writable, __u64 exceptional, __u32 first_fd,
			       __u64 enter_ns)
{
	__u64 any = readable | writable | exceptional;

	for (__u32 i = 0; i < 64; i++) {
		__u64 bit = 1ull << i;

		if (any & bit)
			ktp_report_fd((__s32)(first_fd + i), KTP_CALL_SELECT,
				      (readable & bit ? 1 : 0) | (writable & bit ? 4 : 0) |
					      (exceptional & bit ? 2 : 0),
				      enter_ns);
	}
	return 0;
}

/* The first four are the call's own. */
__noinline int ktp_report_select(__u64 count, __u64 readable_set, __u64 writable_set,
				 __u64 exceptional_set, __u64 enter_ns)
{
	for (__u32 word = 0; word < WORDS_MAX && word * 64 < count; word++) {
		__u64 readable = word_of(readable_set, word);
		__u64 writable = word_of(writable_set, word);
		__u64 exceptional = word_of(exceptional_set, word);

		if (readable | writable | exceptional)
			ktp_report_word(readable, writable, exceptional, word * 64, enter_ns);
	}
	return 0;
}

/* What is asked for and never becomes so is asked for all the same. */
__noinline int ktp_ask_word(__u64 any, __u32 first_fd, __u64 enter_ns)
{
	for (__u32 i = 0; i < 64; i++)
		if (any & 1ull << i)
			ktp_report_fd((__s32)(first_fd + i), KTP_CALL_SELECT, 0, enter_ns);
	return 0;
}

__noinline int ktp_report_asked(__u64 count, __u64 readable_set, __u64 writable_set,
				__u64 exceptional_set, __u64 enter_ns)
{
	if (count > WORDS_MAX * 64)
		mark_calls_hidden();
	for (__u32 word = 0; word < WORDS_MAX && word * 64 < count; word++) {
		__u64 any = word_of(readable_set, word) | word_of(writable_set, word) |
			    word_of(exceptional_set, word);

		if (any)
			ktp_ask_word(any, word * 64, enter_ns);
	}
	return 0;
}

struct user_epoll_event {
	__u32 events;
	__u64 data;
}
#if defined(__TARGET_ARCH_x86)
__attribute__((packed))
#endif
;

__noinline int ktp_report_epoll(__u64 epoll, __u64 data, __u32 events, __u64 enter_ns)
{
	struct ktp_epoll key = {.epoll = epoll, .data = data};
	__u64 *sk = bpf_map_lookup_elem(&ktp_epolls, &key);

	return sk ? ktp_report_socket(*sk, KTP_CALL_EPOLL, -1, (__s32)events, enter_ns) : 0;
}

__noinline int ktp_report_events(__s32 fd, __u64 events, __s64 count, __u64 enter_ns)
{
	__u64 epoll = ktp_epoll_of(fd);

	if (count > FDS_MAX)
		mark_calls_hidden();
	for (__u32 i = 0; i < FDS_MAX && (__s64)i < count; i++) {
		struct user_epoll_event event;

		if (bpf_probe_read_user(&event, sizeof(event),
					(const void *)(events + i * sizeof(event))))
			return 0;
		ktp_report_epoll(epoll, event.data, event.events, enter_ns);
	}
	return 0;
}

/* It connects, or did, and may be asked about still. */
static __always_inline bool is_open(__u64 sk)
{
	struct ktp_watched_socket *watched = bpf_map_lookup_elem(&ktp_watched_sockets, &sk);

	return watched && !watched->is_closed && ktp_followed(watched->attempt.cookie);
}

/* Of two sockets that are given the same data, what comes back is about neither for sure. */
static __always_inline void note_data(const struct ktp_epoll *key, __u64 sk)
{
	__u64 *before = bpf_map_lookup_elem(&ktp_epolls, key);

	if (before && *before != sk && is_open(*before))
		sk = 0;
	bpf_map_update_elem(&ktp_epolls, key, &sk, BPF_ANY);
}

/*
 * What it gives back of another descriptor from now on is not about the socket that it was about
 * before.
 */
static __always_inline void note_epoll(const struct ktp_syscall *syscall)
{
	struct user_epoll_event event;
	__u64 sk = ktp_socket_of((__s32)syscall->arguments[2]);
	struct ktp_epoll key = {.epoll = ktp_epoll_of(syscall->fd)};

	if ((syscall->arguments[1] != EPOLL_CTL_ADD && syscall->arguments[1] != EPOLL_CTL_MOD) ||
	    bpf_probe_read_user(&event, sizeof(event), (const void *)syscall->arguments[3]))
		return;
	key.data = event.data;
	if (!sk) {
		bpf_map_delete_elem(&ktp_epolls, &key);
		return;
	}
	note_data(&key, sk);
	ktp_report_socket(sk, KTP_CALL_EPOLL_CTL, (__s32)syscall->arguments[2], 0,
			  syscall->enter_ns);
}

#endif
