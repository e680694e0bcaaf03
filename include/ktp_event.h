/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The records that the kernel programs put into the ring buffer.
 *
 * Every record begins with struct ktp_record; `kind` says which of the two shapes follows. Packet
 * records carry the raw header bytes: the kernel side copies, user space parses. All numbers are in
 * host byte order, except the bytes of `header` and of addresses.
 */
#ifndef KTP_EVENT_H
#define KTP_EVENT_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

/*
 * Bytes of a packet kept, from its IP header on. The longest one needed is an ICMPv6 error: 40
 * (IPv6) + 8 (ICMPv6) + 40 (quoted IPv6) + 60 (quoted TCP with all its options) = 148; the rest is
 * room for one 8-byte extension header.
 */
#define KTP_HEADER_MAX 160
#define KTP_NAME_MAX   16 /* IFNAMSIZ and TASK_COMM_LEN */
/* The longest function of 6.18 that drops packets has 41 characters; a module's name follows it */
#define KTP_FUNCTION_MAX 64

/* The record of each is named first; without one it is a ktp_socket_event. */
enum ktp_kind {
	KTP_STATE = 1,	    /* inet_sock_set_state of a followed socket */
	KTP_LOCAL_ACCEPT,   /* another socket of the same namespace accepted a followed tuple */
	KTP_RETRANSMIT,	    /* tcp_retransmit_skb; `error` where the kernel has it (6.18), else 0 */
	KTP_RESET_RECEIVED, /* tcp_receive_reset: the socket accepted a RST. See reset_before_ns */
	KTP_RESET_SENT,	    /* tcp_send_reset: the kernel refused an answer */
	KTP_ERROR_REPORT,   /* inet_sk_error_report: `error` = sk_err, `error_soft` = sk_err_soft */
	KTP_QUEUE,	    /* ktp_packet_event. net_dev_queue. See queued_before_ns */
	KTP_XMIT,	    /* ktp_packet_event. net_dev_start_xmit: handed to the driver */
	KTP_RECEIVE,	    /* ktp_packet_event. netif_receive_skb: came in from a device */
	KTP_DROP,	    /* ktp_drop_event. kfree_skb: `reason` by the running kernel's enum */
	KTP_BAD_CHECKSUM,   /* ktp_packet_event. tcp_bad_csum */
	KTP_CALL,	    /* ktp_call_event. A watched program's call about a followed socket */
	KTP_HOP,	    /* ktp_packet_event. Its first SYN at a device of another namespace */
	KTP_NEIGHBOUR, /* ktp_neighbour_event. neigh_event_send_done: its SYN is kept until then */
	KTP_INFO,      /* SYN_SENT no more: `error` = the retransmits that the socket counts */
};

struct ktp_record {
	/*
	 * CLOCK_MONOTONIC, taken after the record's place in the ring was reserved: see
	 * ktp_reserve()
	 */
	__u64 time_ns;
	__u64 cookie; /* the socket's cookie (SO_COOKIE) */
	__u32 number; /* which of the socket's attempts: 1 is its first CLOSE -> SYN_SENT */
	__u32 netns;  /* inode number of the socket's network namespace */
	__u8 kind;    /* enum ktp_kind */
	__u8 family;  /* AF_INET or AF_INET6 */
	__u8 pad[6];
};

/*
 * Something that happened to a socket, with its addresses as the socket has them (NAT may make the
 * wire's differ).
 */
struct ktp_socket_event {
	struct ktp_record record;
	__u8 source[16]; /* IPv4 in the first four bytes, the rest zero */
	__u8 destination[16];
	__u16 source_port; /* 0 until the kernel has chosen one, and again after CLOSE */
	__u16 destination_port;
	__u8 old_state; /* TCP_* of net/tcp_states.h */
	__u8 new_state;
	__u16 protocol; /* IPPROTO_TCP, or IPPROTO_MPTCP */
	/* Positive errno for KTP_ERROR_REPORT, negative errno or NET_XMIT_* for KTP_RETRANSMIT */
	__s32 error;
	__s32 error_soft;
	__u32 bound_ifindex; /* the device that the socket is bound to; 0: none */
	/*
	 * Thread group and thread that made the connect, as our pid namespace has them; only with
	 * new_state SYN_SENT
	 */
	__u32 pid;
	__u32 tid;
	/*
	 * KTP_STATE: the socket accepted a RST so long before time_ns, of which there is no
	 * KTP_RESET_RECEIVED; 0: of none
	 */
	__u32 reset_before_ns;
	char comm[KTP_NAME_MAX]; /* only with new_state SYN_SENT */
};

/* A packet that belongs to a followed socket. */
struct ktp_packet_event {
	struct ktp_record record;
	__u64 location; /* KTP_DROP: the address that dropped it */
	/* The kernel's pointer; SYN and its retransmits share one, so it is no identity */
	__u64 skb;
	__u32 reason;	    /* KTP_DROP: SKB_DROP_REASON_*, 0 where the kernel has none */
	__u32 ifindex;	    /* 0 when the packet had no device at that point */
	__u32 packet_bytes; /* all of it, from its IP header on */
	__u16 ethertype;    /* ETH_P_IP or ETH_P_IPV6 */
	__u16 header_bytes; /* how many of `header` are valid */
	__u8 is_own;	    /* skb->sk was the followed socket */
	__u8 is_loopback;   /* the device has IFF_LOOPBACK */
	/* KTP_HOP: it came in by the device; else it was handed to the driver */
	__u8 is_received;
	/*
	 * With is_own, KTP_QUEUE and KTP_XMIT: the socket's (TCP_* of net/tcp_states.h) at that
	 * moment; else 0
	 */
	__u8 state;
	/* KTP_HOP: inode number of the device's own network namespace; 0 for the others */
	__u32 hop_netns;
	/*
	 * KTP_RECEIVE, KTP_DROP: its addresses are not the attempt's; it was found by our port and
	 * sequence number
	 */
	__u8 is_stray;
	__u8 pad[3];
	/*
	 * KTP_XMIT, KTP_DROP: it was handed to the device's queue so long before time_ns, of which
	 * there is no KTP_QUEUE; 0: there is, or it was not
	 */
	__u32 queued_before_ns;
	char device[KTP_NAME_MAX];
	__u8 header[KTP_HEADER_MAX];
};

/* A packet that was dropped, and by which function. */
struct ktp_drop_event {
	struct ktp_packet_event packet;
	/* "nft_do_chain [nf_tables]"; "" where the kernel cannot print symbols (before 5.13) */
	char function[KTP_FUNCTION_MAX];
};

/*
 * A neighbour whose link-layer address a packet of the socket waits for; record.family is its own.
 */
struct ktp_neighbour_event {
	struct ktp_record record;
	__u8 address[16]; /* IPv4 in the first four bytes, the rest zero */
	__u32 ifindex;
	__u8 state; /* NUD_* of linux/neighbour.h */
	__u8 pad[3];
	char device[KTP_NAME_MAX];
};

/* What a system call is to us. Numbers are only those between kernel and user space. */
enum ktp_call {
	KTP_CALL_CONNECT = 1,
	KTP_CALL_POLL, /* poll, ppoll; result: revents */
	/*
	 * Select, pselect6; result: readable 1, writable 4, exceptional 2, as POLLIN, POLLOUT,
	 * POLLPRI
	 */
	KTP_CALL_SELECT,
	KTP_CALL_EPOLL,	   /* epoll_wait and kin; result: events */
	KTP_CALL_SO_ERROR, /* result: the value read */
	KTP_CALL_PEERNAME,
	KTP_CALL_SEND, /* send, write and kin */
	KTP_CALL_RECEIVE,
	/* The last descriptor, or the attempt was given up otherwise; result: enum ktp_close */
	KTP_CALL_CLOSE,
	/* A socket was added to an epoll descriptor: asked for, though not answered yet */
	KTP_CALL_EPOLL_CTL,
	KTP_CALL_SEND_FASTOPEN, /* sendto(MSG_FASTOPEN): connects */
	KTP_CALL_TCP_INFO,	/* getsockopt(TCP_INFO): the state, perhaps */
	KTP_CALL_SHUTDOWN,	/* likewise */
	/* Likewise, unless it only sets something; it may ask for a signal */
	KTP_CALL_IOCTL,
	KTP_CALLS_MAX = 16, /* of those reported */
	/* never reported as such */
	KTP_CALL_SENDTO = KTP_CALLS_MAX, /* reported as one of the two above, by its flags */
	KTP_CALL_SENDMSG,		 /* likewise */
	/* Reported as KTP_CALL_RECEIVE, unless it asks for the errors that are queued */
	KTP_CALL_RECVFROM,
	KTP_CALL_RECVMSG,   /* likewise */
	KTP_CALL_SPLICE,    /* reported as KTP_CALL_RECEIVE or KTP_CALL_SEND */
	KTP_CALL_HIDDEN,    /* io_uring_enter(), io_submit(): calls without calls */
	KTP_CALL_HIDES,	    /* io_uring_setup() and kin: calls without calls to come */
	KTP_CALL_FCNTL,	    /* may ask for a signal */
	KTP_CALL_SIGRETURN, /* rt_sigreturn(): a handler has come to its end */
	/* restart_syscall(): the kernel goes on with a poll() that a signal interrupted */
	KTP_CALL_RESTART,
	KTP_CALL_EXEC, /* execve(): the kernel closes what is close-on-exec */
};

/* How a connect or a transfer was called. */
enum ktp_manner {
	KTP_MANNER_WAITS = 1,	/* the descriptor waits, and no flag says otherwise */
	KTP_MANNER_NOTHING = 2, /* a transfer of no bytes */
};

enum ktp_close {
	KTP_CLOSE_UNSEEN = 1, /* not all calls about the socket may have been seen */
	/* The task ends, or begins another program: the kernel closes what it had open */
	KTP_CLOSE_BY_EXIT = 2,
};

/* Bytes of a sockaddr that matter: sockaddr_in6. */
#define KTP_SOCKADDR_MAX 28

struct ktp_call_event {
	struct ktp_record record; /* time_ns: of the return; of epoll_ctl of the call */
	__u64 enter_ns;
	__u64 cgroup;
	__u32 pid, tid,
		/*
		 * Of our pid namespace (0: not there), the initial user namespace; these, cgroup
		 * and comm only with is_entered
		 */
		uid;
	/*
	 * -1: not known; of a connect that is entered: it was made by no call that is seen; -2: by
	 * io_uring
	 */
	__s32 fd;
	__s32 result;	 /* see enum ktp_call; else what the call returned */
	__s32 error;	 /* positive errno; 0: none */
	__u8 call;	 /* enum ktp_call */
	__u8 is_entered; /* connect only: called and not returned yet */
	__u8 manner;	 /* enum ktp_manner */
	/*
	 * Of the socket when it returns: another witness of what it has become; 0 with is_entered,
	 * and of MPTCP
	 */
	__u8 state;
	__u8 sockaddr[KTP_SOCKADDR_MAX]; /* connect: what it was given; else zeroed */
	char comm[KTP_NAME_MAX];
};

_Static_assert(sizeof(struct ktp_call_event) == 32 + 16 + 28 + KTP_SOCKADDR_MAX + KTP_NAME_MAX,
	       "ktp_call_event has no holes");
_Static_assert(sizeof(struct ktp_neighbour_event) == 32 + 24 + KTP_NAME_MAX,
	       "ktp_neighbour_event has no holes");
_Static_assert(sizeof(struct ktp_record) == 32, "ktp_record has no holes");
_Static_assert(sizeof(struct ktp_socket_event) == 32 + 64 + KTP_NAME_MAX,
	       "ktp_socket_event has no holes");
_Static_assert(__builtin_offsetof(struct ktp_packet_event, header) == 32 + 48 + KTP_NAME_MAX,
	       "ktp_packet_event has no holes");

#endif
