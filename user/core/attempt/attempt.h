/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One connection attempt as a timeline: small, bounded, sorted by time. It records; it judges
 * nothing.
 *
 * Repeats are folded with a count, a packet's net_dev_queue is folded into its net_dev_start_xmit,
 * and raw bytes are gone: tens of thousands of attempts are alive at once. When there is no place
 * left, what decides nothing (evidence.h) is folded or left out, whatever comes in whatever number.
 */
#ifndef CORE_ATTEMPT_H
#define CORE_ATTEMPT_H

#include "user/base/time.h"
#include "user/core/event.h"

#define ATTEMPT_MAX_ENTRIES 34 /* the last place is free between two events */
#define ATTEMPT_MAX_SYNS    16 /* further ones are folded into the last at the same device */
#define ATTEMPT_MAX_DEVICES 4
#define ATTEMPT_MAX_SENDERS 2
#define ATTEMPT_MAX_HOPS    8
#define ATTEMPT_HOPS_FREE   8 /* hops leave these */

/* A queued_ns of 4.3 s, or more. */
#define ENTRY_QUEUED_MAX_NS (UINT32_MAX - 1)

/* A TCP segment of the attempt. */
struct tcp_entry {
	uint32_t seq;
	uint32_t ack;
	uint32_t tsval;
	uint32_t tsecr;
	uint16_t window;
	uint16_t mss;
	uint16_t ip_id;
	uint8_t flags;
	uint8_t wscale;
	uint8_t options; /* TCP_HAS_* */
	uint8_t ttl;
	uint8_t state;	/* XMIT, QUEUE: the socket's at that moment; 0: not known */
	uint8_t sender; /* RECEIVE: see attempt_sender() */
	/* XMIT: so long before it the device's queue got the packet; UINT32_MAX: not seen */
	uint32_t queued_ns;
};

/* An ICMP error that quotes the attempt. */
struct icmp_entry {
	uint8_t from[16]; /* the router that spoke; the family is the attempt's */
	uint32_t seq;	  /* quoted */
	uint32_t tsval;	  /* quoted; 0 when not quoted */
	uint16_t ip_id;	  /* quoted */
	uint8_t type;
	uint8_t code;
	uint8_t ttl;
};

/* A packet that this host dropped. */
struct drop_entry {
	/* interned: live as long as the correlator; "" when the kernel has none */
	const char *reason;
	const char *function;
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;
	bool is_outbound; /* it went from the attempt's wire source to its destination */
	bool is_icmp;
	uint8_t sender; /* see attempt_sender() */
};

/* The first SYN at a device of another namespace. Decides nothing, and gives its place up. */
struct hop_entry {
	/* interned: lives as long as the correlator; "" when there was no room for it */
	const char *device;
	uint32_t netns;
	uint16_t port;
	bool is_received;
	uint8_t changed; /* HOP_*, against the sighting before */
	/* with `port`: the end that is another one now; the destination when both are */
	uint8_t address[16];
};

enum {
	HOP_CHANGED_SOURCE = 0x01,
	HOP_CHANGED_DESTINATION = 0x02,
	/* the address; a translator may have made the attempt's family another one */
	HOP_IS_IPV6 = 0x04,
};

enum entry_flags {
	ENTRY_ICMP = 0x01,     /* a packet entry with `icmp`, not `tcp` */
	ENTRY_LOOPBACK = 0x02, /* on a loopback device */
	/* tied to the attempt's socket; of a neighbour: its SYN waits for it */
	ENTRY_OWN = 0x04,
	/* not with the attempt's addresses on the wire: found by port and sequence number */
	ENTRY_STRAY = 0x08,
	/* RECEIVE, DROP: the kernel found it damaged or impossible; what it says is no evidence */
	ENTRY_DAMAGED = 0x10,
	/*
	 * a TCP segment whose header is not whole, or lies about its length: only `seq` is known;
	 * of an ICMP error that ends before it, not even that
	 */
	ENTRY_CUT = 0x20,
	/* DROP, with ENTRY_DAMAGED: for its source, which no other host can have */
	ENTRY_MARTIAN = 0x40,
};

struct entry {
	uint64_t time_ns;
	uint32_t ifindex;
	uint16_t count; /* 1, and 1 more for every repeat folded in */
	uint8_t kind;	/* enum event_kind */
	uint8_t flags;	/* enum entry_flags */
	union {
		struct tcp_entry tcp;	/* QUEUE, XMIT, RECEIVE, BAD_CHECKSUM */
		struct icmp_entry icmp; /* the same kinds, with ENTRY_ICMP */
		struct drop_entry drop;
		struct hop_entry hop;
		struct {
			uint8_t call;  /* enum app_call */
			uint8_t phase; /* enum app_phase */
			uint8_t state; /* of the socket; 0: not known */
			int32_t result;
			int32_t error;
		} app;
		struct {
			uint8_t gateway[16]; /* all zero: on link */
			uint8_t kind;	     /* enum route_kind */
			bool is_by_rule;
			/* the gateway's: an IPv4 route may have an IPv6 one (RFC 5549) */
			uint8_t family;
		} route;
		struct {
			uint8_t address[16];
			uint8_t state;	/* enum neighbour_state */
			uint8_t family; /* not always the attempt's */
		} neighbour;
		struct {
			bool has_carrier;
			bool has_xdp;
		} link;
		struct {
			uint8_t old_state;
			uint8_t new_state;
		} state;
		struct host_event host;
		struct info_event info;
		struct error_event error;
	};
};

_Static_assert(sizeof(struct entry) <= 48, "an entry stays small");

/*
 * A bridge, bond or VLAN hands one SYN to the queues of several devices within microseconds; a
 * retransmit comes no sooner than some milliseconds later (10 ms after an invalid answer, else 1
 * s). A VRF or a tunnel may have to find a neighbour in between: only the stamps tell then.
 */
#define SAME_TRANSMISSION_NS (5 * MILLISECOND_NS)

/* The same segment, one device later: `after` is its XMIT there, or its QUEUE at least. */
bool entry_is_handed_on(const struct entry *before, const struct entry *after);

struct device {
	uint32_t ifindex;
	char name[EVENT_NAME_MAX];
};

struct attempt {
	struct attempt_key key;
	uint32_t netns;
	uint32_t pid; /* 0: never admitted by the kernel side */
	uint32_t tid; /* this one and the next two: of other programs only */
	uint32_t uid;
	uint64_t cgroup;
	uint32_t bound_ifindex;	  /* the device that the socket is bound to; 0: none */
	struct address requested; /* given to connect() */
	struct address source;	  /* as the socket has it */
	struct address destination;
	struct address wire_source; /* of the last SYN handed to a device; none before */
	struct address wire_destination;
	struct address hop_source; /* at the last hop; none before */
	struct address hop_destination;
	char comm[EVENT_NAME_MAX];
	struct device devices[ATTEMPT_MAX_DEVICES];
	/* of what came in from elsewhere than the SYN went to */
	struct address senders[ATTEMPT_MAX_SENDERS];
	struct entry entries[ATTEMPT_MAX_ENTRIES];
	uint16_t entry_count;
	uint16_t device_count;
	uint16_t hop_count; /* entries that are hops */
	uint16_t sender_count;
	/* data in a SYN of ours (Fast Open): the peer may acknowledge it or not (RFC 7413) */
	uint16_t syn_bytes;
	/* entries that may decide and found no place: evidence that we had and could not keep */
	uint32_t overflow_count;
	/* entries that decide nothing and found no place, with their repeats */
	uint32_t left_out;
	uint32_t left_out_syns;	   /* of these: SYNs that were dropped on their way out; */
	uint32_t left_out_answers; /* wrong answers; */
	uint32_t left_out_refused; /* right SYN-ACKs that were dropped before one was taken */
	uint64_t lost_count;	   /* events lost, by whichever attempt, while this one was alive */
	/* is_ours: the prober's own number of it; else its ordinal among those judged, 0 before */
	uint32_t probe;
	bool is_ours;
	bool is_admitted; /* the kernel side reported its CLOSE -> SYN_SENT */
	bool is_unseen;	  /* another program's, made by no call that is seen */
	bool is_late;	  /* another program's, which had begun before the watch */
};

_Static_assert(sizeof(struct attempt) <= 2048, "an attempt stays small");

void attempt_init(struct attempt *attempt, struct attempt_key key);

/* The neighbour that the kernel kept the attempt's SYN for last; NULL: it told of none. */
const struct entry *attempt_waits_for(const struct attempt *attempt);
/*
 * Who sent a TCP segment that came in: its entry's `sender` is 0 for where the SYN went on the
 * wire, else the number of one of the senders. NULL when there were too many to keep them.
 */
const struct address *attempt_sender(const struct attempt *attempt, uint8_t sender);

/* It acknowledges our SYN, whose initial sequence number is isn, and any part of its data. */
static inline bool attempt_is_acknowledged(const struct attempt *attempt, uint32_t isn,
					   uint32_t ack)
{
	return ack - (isn + 1) <= attempt->syn_bytes;
}

/* "eth0"; "if7" is never made up: NULL when the name is not known. */
const char *attempt_device_name(const struct attempt *attempt, uint32_t ifindex);

static inline const char *attempt_device_or(const struct attempt *attempt, uint32_t ifindex,
					    const char *otherwise)
{
	const char *name = attempt_device_name(attempt, ifindex);

	return name ? name : otherwise;
}

#endif
