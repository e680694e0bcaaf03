/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The keys and values of the kernel side's maps: user space removes what it no longer wants to
 * follow.
 */
#ifndef KTP_FOLLOW_H
#define KTP_FOLLOW_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#include "include/ktp_event.h"

/*
 * A connection as its packets have it on the wire, seen from the followed socket. The namespace
 * belongs to it: two namespaces may use the same addresses at the same time.
 */
struct ktp_tuple {
	__u32 netns;
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u8 local[16]; /* IPv4 in the first four bytes, the rest zero */
	__u8 remote[16];
	__u32 family;
};

/* Which attempt a tuple belongs to. */
struct ktp_attempt {
	__u64 cookie;
	__u32 number;
	__u32 pad;
};

/*
 * More than one tuple only where the SYN is rewritten (between two devices of the namespace: a
 * bridge with NAT; or on its way to loopback), and where the answer is seen in another namespace (a
 * macvlan's lower device).
 */
#define KTP_TUPLES_MAX 3

/*
 * Sightings in other namespaces recorded an attempt: from a pod in a node in a container to this
 * host's device there are five.
 */
#define KTP_HOPS_MAX 8

/* Of a program's calls about its sockets. */
enum ktp_visibility {
	KTP_CALLS_SEEN = 1,
	KTP_CALLS_HIDDEN, /* some are not seen, or not looked at */
};

/* A followed socket, by cookie. */
struct ktp_socket {
	__u32 number; /* its attempts so far */
	__u32 netns;
	__u32 tuple_count;
	/*
	 * Packets recorded without SYN, RST or FIN: only the first few say anything about the
	 * handshake
	 */
	__u32 plain_packets;
	/*
	 * The last packet recorded as received, and its device: an ifb makes it come in there once
	 * more
	 */
	__u64 received_skb;
	struct ktp_tuple tuples[KTP_TUPLES_MAX];
	__u32 received_ifindex;
	__u32 isn;	/* of its last SYN: the key in ktp_isns */
	__u32 hops;	/* with has_path only: how often that SYN was seen elsewhere */
	__u32 ring;	/* which one gets its records */
	__u32 learned;	/* the attempt for which tuples[0] was registered last */
	__u64 reset_ns; /* with forgets_at_close only: when it accepted a RST; 0: it did not */
	/*
	 * Its SYN that a device without a queue has got, and not yet handed to its driver; 0: none
	 */
	__u64 queued_skb;
	__u64 queued_ns;
	__u64 watched; /* of another program's: the socket's key in ktp_watched_sockets */
	/* set by user space: with forgets_at_close it is for user space to forget all the same */
	__u32 is_kept;
	__u32 pad;
};

/* A connect that was under way when the watch began, as the socket itself has it. */
struct ktp_late {
	__u64 cookie;
	__u32 number;
	__u32 netns;
	/* Of one that has the socket, as our pid namespace has it; 0: it has none there */
	__u32 pid;
	__u32 age_ms; /* since connect(); 0: not known */
	__u32 retransmits;
	__u32 isn;
	__u8 source[16]; /* IPv4 in the first four bytes */
	__u8 destination[16];
	__u16 source_port;
	__u16 destination_port;
	__u32 family;
	char comm[16]; /* of the process */
};

/*
 * What the sockets of watched programs are following, by their address: as long as they are
 * followed.
 */
struct ktp_watched_socket {
	struct ktp_attempt attempt;
	/*
	 * The key of its other entry, by the address of the MPTCP socket that the program has; 0:
	 * none
	 */
	__u64 mptcp;
	__u32 reported;	     /* calls */
	__u32 reported_call; /* the last */
	__u32 after;	     /* reported since it left SYN_SENT */
	__u32 repeated;	     /* calls, a bit each, of which a repeat was reported */
	__u32 is_closed;
	__u32 tgid; /* that connects, in the initial pid namespace */
	/* poll() was entered then, and has said nothing of the socket since; 0: none */
	__u64 asked_ns;
	__u64 reported_ns[KTP_CALLS_MAX]; /* by call: when it was reported last, and its result */
	__s32 reported_result[KTP_CALLS_MAX];
};

_Static_assert(sizeof(struct ktp_late) == 88, "ktp_late has no holes");
_Static_assert(sizeof(struct ktp_tuple) == 44, "ktp_tuple is a key: it has no holes");
_Static_assert(sizeof(struct ktp_socket) == 84 + KTP_TUPLES_MAX * 44, "ktp_socket has no holes");

#endif
