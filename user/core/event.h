/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Everything that the core knows arrives as an event: what we did, what the kernel would do, what
 * it did, and what was lost. So a recorded stream of events is exactly what the core saw, and
 * judging it again gives the same verdicts.
 *
 * Times are CLOCK_MONOTONIC nanoseconds. Events of one attempt may arrive out of order (the ring is
 * ordered by reservation, not by time); the attempt sorts them.
 */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/address.h"
#include "user/core/packet.h"

#define EVENT_NAME_MAX 16 /* device and process names */
/* drop reasons and kernel functions; the longest of 6.18 has 41 characters */
#define EVENT_SYMBOL_MAX 64

enum event_kind {
	EVENT_UNKNOWN, /* of a newer trace: kept out of judgement */
	/* what an application did and was told */
	EVENT_APP,
	EVENT_TASK,	/* who that is: of another program */
	EVENT_DEADLINE, /* the time given to the attempt is over */
	/* what the kernel would do */
	EVENT_ROUTE,
	EVENT_NEIGHBOUR,
	EVENT_LINK, /* the device that the SYN would leave by, or left by */
	EVENT_HOST, /* what of this host's own state may have dropped or refused it */
	/* what the socket itself says of the attempt: a witness against missing events */
	EVENT_SOCKET_INFO,
	/* what the kernel did */
	EVENT_STATE,
	/* another socket on this host and namespace accepted this attempt's packets */
	EVENT_LOCAL_ACCEPT,
	EVENT_RETRANSMIT,
	EVENT_RESET_RECEIVED, /* the socket accepted a RST */
	EVENT_RESET_SENT,     /* the kernel refused an answer with a RST */
	EVENT_ERROR_REPORT,
	EVENT_QUEUE,   /* a packet was handed to a device's queue */
	EVENT_XMIT,    /* … to its driver */
	EVENT_RECEIVE, /* … came in from a device */
	EVENT_DROP,    /* … was dropped */
	EVENT_BAD_CHECKSUM,
	/* the attempt's SYN passed a device of another namespace: where it went, and no evidence */
	EVENT_HOP,
	/* what the sources know of themselves: of no attempt, unless a loss is of one */
	EVENT_LOST,    /* events were lost in a span of time */
	EVENT_DRAINED, /* every event up to `time_ns` has been delivered */
	/* the watch ends at `time_ns`: other programs' connects are judged by what was so far */
	EVENT_END,
	/* what a report says besides; these have no attempt, and no verdict rests on them */
	EVENT_RUN,     /* first of all, and again when the wall clock was set */
	EVENT_TARGET,  /* before its first probe, and when it has changed or ended */
	EVENT_PROGRAM, /* the cgroup of a watched program, before its first connect */
	EVENT_SUMMARY, /* what the run came to was asked for, or it is over */
	EVENT_REPORT,  /* a verdict, or an amendment, became a report: in this order */
};

#define EVENT_KINDS (EVENT_REPORT + 1)

/* One attempt: a socket, and which of its CLOSE -> SYN_SENT transitions. */
struct attempt_key {
	uint64_t cookie;
	uint32_t number;
};

/* What an application called. Not only ours: another program's calls are the same events. */
enum app_call {
	APP_CONNECT = 1,
	APP_POLL,     /* result = revents */
	APP_SO_ERROR, /* result = the value read */
	APP_CLOSE,    /* result, of another program: APP_CLOSE_* */
	/*
	 * The program gave the attempt up before its deadline; result: 0 for ^C, 1 for the deadline
	 * of the run, 2 because another probe of the target showed what was waited for.
	 */
	APP_ABANDON,
	/* the rest: of other programs only */
	/* result: POLLIN readable, POLLOUT writable, POLLPRI exceptional; 0: not ready yet */
	APP_SELECT,
	APP_EPOLL,     /* result: events */
	APP_EPOLL_CTL, /* its events were asked for */
	APP_PEERNAME,
	APP_SEND, /* result: bytes, or -1 */
	APP_RECEIVE,
	APP_SEND_FASTOPEN, /* sendto(MSG_FASTOPEN): as APP_CONNECT */
	APP_TCP_INFO,	   /* getsockopt(TCP_INFO): it may know the state by that */
	APP_SHUTDOWN,	   /* likewise */
	APP_IOCTL,	   /* likewise: of one that asks, as SIOCOUTQ */
	/* instead of APP_CONNECT's return: bind() to the source failed; result -1, and error */
	APP_BIND,
};

enum {
	APP_CLOSE_UNSEEN = 1,  /* not all its calls about the socket may have been seen */
	APP_CLOSE_BY_EXIT = 2, /* it ended, or became another: the kernel closes what it had open */
};

enum app_phase {
	APP_ENTER = 1,
	APP_RETURN,
};

/* Route types, as rtm_type (linux/rtnetlink.h), by name. */
enum route_kind {
	ROUTE_UNKNOWN, /* could not be asked */
	ROUTE_UNICAST,
	ROUTE_LOCAL,
	ROUTE_BROADCAST,
	ROUTE_MULTICAST,
	ROUTE_NONE, /* ENETUNREACH: no route at all, or its device is down */
	ROUTE_UNREACHABLE,
	ROUTE_BLACKHOLE,
	ROUTE_PROHIBIT,
	ROUTE_NO_NAMESPACE, /* the network namespace that the socket was made in was deleted */
	ROUTE_NO_DEVICE,    /* the device that the socket is bound to is not there (any more) */
	ROUTE_NO_SOURCE, /* the address that the socket speaks from is not this host's (any more) */
};

enum neighbour_state {
	NEIGHBOUR_UNKNOWN, /* no entry, or could not be asked */
	NEIGHBOUR_INCOMPLETE,
	NEIGHBOUR_FAILED,
	/* reachable, stale, delay, probe, permanent or noarp: it has been resolved */
	NEIGHBOUR_VALID,
};

/* SO_SNDTIMEO, SO_RCVTIMEO: EINPROGRESS or EAGAIN, as of a call that does not wait at all. */
#define APP_RESULT_WAITED (-2)
/* EAGAIN of a transfer that had no bytes: some kernels say it without a look at the socket. */
#define APP_RESULT_NOTHING (-3)

struct app_event {
	enum app_call call;
	enum app_phase phase;
	/*
	 * APP_RETURN: the return value; APP_RESULT_WAITED: connect() or a transfer gave up waiting
	 */
	int32_t result;
	int32_t error; /* APP_RETURN: positive errno, 0 on success */
	uint8_t state; /* of the socket when another program's call returned; 0: not asked */
	/* made by our own prober, which answers questions (correlate.h: NOTICE_QUERY) */
	bool is_ours;
	/* APP_CONNECT, is_ours: the prober's own number of it, handed back with every notice */
	uint32_t probe;
	/* likewise: its EVENT_TARGET (0: unknown), and which of the target's probes, from 1 on */
	uint32_t target;
	uint64_t sequence;
	/* APP_CONNECT: the address asked for; APP_BIND: the source, none if only a device was */
	struct address address;
};

/* Of the task that calls connect(), in our pid (0: not there) and the initial user namespace. */
struct task_event {
	uint32_t pid;
	uint32_t tid;
	uint32_t uid;
	uint64_t cgroup; /* its id: the inode number of its directory in the unified hierarchy */
	char comm[EVENT_NAME_MAX];
	/* it began before the watch: what was sent, received and told until then is not known */
	bool is_late;
	/* made by no call that is seen (io_uring, a 32-bit program), nor are its answers */
	bool is_unseen;
};

struct route_event {
	enum route_kind kind;
	/* UNREACHABLE, BLACKHOLE, PROHIBIT: it is no route that is so, but a routing rule */
	bool is_by_rule;
	struct address gateway; /* none: on link */
	uint32_t ifindex;	/* 0: unknown */
	char device[EVENT_NAME_MAX];
};

struct neighbour_event {
	enum neighbour_state state;
	struct address address;
	uint32_t ifindex;
	/* the kernel keeps the attempt's SYN until it knows this one's link-layer address */
	bool is_own;
	char device[EVENT_NAME_MAX]; /* "": not told */
};

struct link_event {
	uint32_t ifindex;
	bool has_carrier; /* IFF_LOWER_UP: there is something at the other end */
	/* a program that may drop what comes in before the kernel sees it (IFLA_XDP) */
	bool has_xdp;
	char device[EVENT_NAME_MAX];
};

/* Of the socket's namespace. What could not be read is 0. */
struct host_event {
	uint32_t tracked; /* connections in netfilter's table, and how many it has room for */
	uint32_t tracked_max;
	uint16_t policies_out; /* of IPsec (xfrm) */
	uint16_t policies_in;
	uint16_t real_servers;	 /* of the next */
	bool is_virtual_service; /* IPVS has the destination as one of its own */
	bool has_legacy_rules;	 /* tables of iptables without nft (ip_tables, ip6_tables) */
};

struct info_event {
	uint8_t state;	      /* tcpi_state */
	uint32_t retransmits; /* tcpi_total_retrans: SYNs that the kernel sent again, or tried to */
	uint32_t sent;	      /* tcpi_segs_out: segments of any kind; 0: not known */
	/* tcpi_segs_in: likewise, that were whole and reached the socket (tcp_segs_in()) */
	uint32_t received;
	uint32_t isn; /* the initial sequence number; 0: not known */
};

/* Those that count here, of net/tcp_states.h. */
enum tcp_state {
	TCP_STATE_ESTABLISHED = 1,
	TCP_STATE_SYN_SENT = 2,
	TCP_STATE_SYN_RECV = 3,
	TCP_STATE_CLOSE = 7,
	TCP_STATE_CLOSE_WAIT = 8,
	TCP_STATE_LISTEN = 10,
};

struct state_event {
	/* as the socket has it: NAT may change it on the wire. Port 0 before autobind */
	struct address source;
	struct address destination;
	uint8_t old_state; /* TCP_* of net/tcp_states.h */
	uint8_t new_state;
	uint32_t bound_ifindex; /* the device that the socket is bound to; 0: none */
	uint32_t pid;		/* with new_state SYN_SENT only */
	char comm[EVENT_NAME_MAX];
};

struct error_event {
	/* ERROR_REPORT: sk_err, positive. RETRANSMIT: negative errno, or NET_XMIT_* */
	int32_t error;
	int32_t error_soft; /* ERROR_REPORT: sk_err_soft */
};

struct packet_event {
	struct packet packet;
	uint64_t skb;
	uint32_t ifindex; /* 0: the packet had no device at that point */
	bool is_own;	  /* the kernel had it tied to the attempt's socket */
	bool is_loopback; /* the device is a loopback device */
	/* RECEIVE, DROP: found by port and sequence number, not by its addresses on the wire */
	bool is_stray;
	/* QUEUE, XMIT with is_own: the socket's at that moment, seen in any case; 0: unknown */
	uint8_t state;
	char device[EVENT_NAME_MAX];
	/* EVENT_DROP only; the kernel's names, "" where it has none. */
	char reason[EVENT_SYMBOL_MAX];
	char function[EVENT_SYMBOL_MAX];
	/* EVENT_HOP only. */
	uint32_t hop_netns; /* the device's; the event's own is the socket's */
	bool is_received;   /* it came in by the device; else it left */
};

struct lost_event {
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t count; /* 0: another reader of the same loss counts it */
};

/*
 * Where a run's probes come from, and what its output says of itself. Its first event is at the
 * run's beginning. All instants up to the next EVENT_RUN have the wall clock of this one: wall_ns +
 * (instant - time_ns). The event's netns is our own namespace.
 */
struct run_event {
	uint64_t wall_ns; /* CLOCK_REALTIME at time_ns */
	/* what is probed or watched: "10.2.0.2", "pid 4711"; NULL: more than one word is probed */
	const char *subject;
	const char *kernel; /* "6.18.44" */
	const char *hooks;  /* "all hooks", or what the verdicts have to do without */
	bool is_watch;	    /* the subject is watched; else it is probed */
	/* How every socket is made, as asked for; for the commands that hints name. */
	char device[EVENT_NAME_MAX]; /* "": any */
	struct address source_v4;    /* none: the kernel's choice */
	struct address source_v6;
	bool has_mark;
	bool has_tos;
	uint8_t tos;
	uint32_t mark;
};

/* A target as it is from now on: all of it, each time. */
struct target_event {
	uint32_t number;	     /* from 1 on: app_event's target */
	const char *name;	     /* as typed; of a network its member's address */
	const char *label;	     /* with the port: "example.com:443" */
	const char *netns;	     /* as given to -N; NULL: our own namespace */
	const char *failure;	     /* why it is not probed; NULL: it is */
	struct address address;	     /* with the port; none while or when it did not resolve */
	struct address source;	     /* what the route says we would speak from; none: unknown */
	char device[EVENT_NAME_MAX]; /* and by which device; "": unknown */
	uint32_t address_count;	     /* how many addresses the name has; 0 for a literal */
	bool is_each_address;	     /* all of them are probed, this is one */
	bool has_ended;		     /* the name has this address no more */
	bool has_moved;	     /* the name was asked for again: it is another one now, or new */
	uint64_t resolve_ns; /* 0: nothing had to be resolved */
};

/* What was looked up of a watched program. */
struct program_event {
	uint64_t cgroup;  /* its id, as in task_event */
	const char *path; /* of that cgroup in the unified hierarchy */
};

/* All that has been observed up to now belongs to the summary. */
struct summary_event {
	bool is_final;	/* else the run goes on */
	uint64_t hosts; /* of the targets so far; of a watch 0 */
	/* the rest: of a watch, when it is final */
	/* all who were watched have ended, and none of their connects can have been passed over */
	bool is_accounted_for;
	bool is_of_command;   /* they were watched from their first instruction on */
	uint64_t connections; /* TCP connections that they had when the watch began */
	const char *preload;  /* a library that may answer in the kernel's place; NULL: none seen */
};

enum report_kind {
	REPORT_VERDICT = 1,
	REPORT_AMENDMENT,
};

/* The event's key is the attempt's. Of another program's connect the target is 0. */
struct report_event {
	enum report_kind kind;
	uint8_t repeat; /* enum repeat: which of a probe's connects it is */
	uint32_t target;
	uint64_t sequence;
};

/* A packet's first bytes, from its IP header on, as the kernel side delivered them. */
struct event_raw {
	const uint8_t
		*bytes;	     /* NULL: not a packet, or a recorded trace, which does not keep them */
	uint32_t count;	     /* how many there are, at most KTP_HEADER_MAX */
	uint32_t wire_bytes; /* how many the packet has */
};

/*
 * What it points to (raw, and every string) is valid during the call that hands the event on: who
 * keeps an event copies that too. A string is NULL when there is nothing to say.
 */
struct event {
	uint64_t time_ns;
	enum event_kind kind;
	uint32_t netns; /* 0: unknown */
	struct attempt_key key;
	struct event_raw raw; /* QUEUE, XMIT, RECEIVE, DROP, BAD_CHECKSUM, HOP */
	union {
		struct app_event app;
		struct task_event task;
		struct route_event route;
		struct neighbour_event neighbour;
		struct link_event link;
		struct host_event host;
		struct info_event info;
		struct state_event state;   /* STATE, LOCAL_ACCEPT */
		struct error_event error;   /* RETRANSMIT, ERROR_REPORT */
		struct packet_event packet; /* QUEUE, XMIT, RECEIVE, DROP, BAD_CHECKSUM, HOP */
		struct lost_event lost;
		struct run_event run;
		struct target_event target;
		struct program_event program;
		struct summary_event summary;
		struct report_event report;
	};
};

/* "receive", "xmit" … as in traces. */
const char *event_kind_name(enum event_kind kind);
const char *route_kind_name(enum route_kind kind);
const char *neighbour_state_name(enum neighbour_state state);
const char *app_call_name(enum app_call call);
const char *tcp_state_name(uint8_t state); /* "SYN_SENT"; "?" beyond the table */

#endif
