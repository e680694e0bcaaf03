/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The scripted peer: a process at the other end of a TUN device that speaks as every host behind it
 * and answers a SYN as the rule of its destination port says. Its log of its own CLOCK_MONOTONIC
 * times is the truth to compare with.
 *
 * Rules, counters and log are in memory shared with the test: a rule holds from the moment it is
 * written. The peer never allocates and never waits for the test; it keeps what it must remember of
 * an attempt (see struct peer_rule) in a table where a newer attempt may take an older one's place.
 */
#ifndef LAB_PEER_H
#define LAB_PEER_H

#include <stdbool.h>
#include <stdint.h>

enum peer_answer {
	PEER_SILENT, /* the rule of every port that got none */
	PEER_SYN_ACK,
	PEER_SYN_ACK_WRONG_ACK,
	PEER_SYN_ACK_BAD_CHECKSUM,
	PEER_RST, /* with ACK */
	PEER_RST_WRONG_ACK,
	PEER_RST_BLIND,	    /* without ACK */
	PEER_ACK,	    /* with the right number, but no SYN */
	PEER_CHALLENGE_ACK, /* with an old number, as if the connection were there already */
	PEER_RST_SYN,	    /* RST, SYN and ACK in one */
	/* a SYN of its own, as if both had connected at once; see crossing_flags */
	PEER_SYN_CROSSING,
	PEER_ICMP,
	PEER_SCRIPTED, /* what the port's script says */
};

/* Whose TSval a SYN-ACK echoes. */
enum peer_echo {
	PEER_ECHO_ANSWERED, /* of the SYN that it answers */
	PEER_ECHO_FIRST,
	PEER_ECHO_NEWEST, /* of the newest SYN read when the answer is written */
	PEER_ECHO_WRONG,  /* a TSval that was never sent */
	PEER_ECHO_NONE,	  /* no timestamps in the answer */
};

/* What happens to an answer on its way. */
enum peer_shape {
	PEER_WHOLE,
	PEER_BAD_ICMP_CHECKSUM,
	PEER_BAD_IP_CHECKSUM, /* IPv4 */
	PEER_SHORT_IP_LENGTH, /* ends within TCP, though the packet goes on */
	PEER_ENDS_EARLY,      /* and so does the packet */
	PEER_SHORT_TCP_LENGTH,
	PEER_LONG_TCP_LENGTH, /* longer than the packet */
	PEER_ATOMIC_FRAGMENT, /* IPv6: behind a fragment header, though there is but one */
	PEER_EXTENSIONS, /* IPv6: behind a hop-by-hop header and three of destination options */
	PEER_FRAGMENTS,
	PEER_FIRST_FRAGMENT, /* the others are lost */
};

/* What follows the handshake. */
enum peer_after {
	PEER_AFTER_NOTHING,
	PEER_AFTER_RST,
	PEER_AFTER_FIN,
};

/* An attempt is the SYNs with one sequence number. */
struct peer_rule {
	enum peer_answer answer;
	enum peer_echo echo;
	enum peer_after after;
	enum peer_shape shape;
	uint32_t delay_us;	  /* from reading the SYN to writing its answer */
	uint32_t after_delay_us;  /* from reading the handshake's ACK */
	uint32_t drop_first;	  /* so many SYNs of an attempt are read and forgotten */
	uint32_t max_answers;	  /* so many SYNs of an attempt are answered; 0: all */
	uint32_t repeats;	  /* each answer is written so many times more */
	uint32_t repeat_delay_us; /* between one and the next */
	uint32_t icmp_info;	  /* the second word of the ICMP header */
	uint8_t icmp_type, icmp_code;
	/*
	 * PEER_SYN_CROSSING: what our SYN-ACK is answered with, TH_SYN | TH_ACK or TH_ACK; 0: with
	 * nothing
	 */
	uint8_t crossing_flags;
	bool icmp_has_wrong_quote; /* the quoted sequence number is not the SYN's */
	bool icmp_has_short_quote; /* it ends with the ports */
	uint8_t ttl;		   /* 0: 64 */
	uint8_t sender_offset;	   /* added to the last byte of the address that it speaks from */
	bool is_by_router;	   /* a segment: from router4 or router6, as ICMP errors are */
};

/*
 * On the n-th SYN of an attempt, from 1, an answer as the rule says; drop_first and max_answers do
 * not matter here.
 */
struct peer_action {
	uint32_t syn_number; /* 0: the script ends here */
	struct peer_rule rule;
};

#define PEER_SCRIPT_ACTIONS 6

struct peer_script {
	struct peer_action actions[PEER_SCRIPT_ACTIONS];
};

enum peer_event_kind {
	/*
	 * time: right after read(); other_ns: before it was sent, when there was nothing to read
	 * yet
	 */
	PEER_SYN_READ,
	/* time: right before write(), other_ns: right after it, 0 until then; repeats as well */
	PEER_ANSWER_WRITTEN,
	PEER_AFTER_WRITTEN, /* the RST or FIN after the handshake */
};

struct peer_event {
	uint64_t time_ns, other_ns;
	uint32_t isn;	/* of the SYN, also for its answers */
	uint32_t tsval; /* of the SYN; of an answer: the TSecr that it carried */
	uint32_t host;	/* the last four bytes of the address spoken to */
	uint16_t port;	/* the peer's */
	uint16_t client_port;
	uint32_t kind;	     /* enum peer_event_kind */
	uint32_t syn_number; /* of the attempt, from 1; of an answer: of the SYN that it answers */
	uint8_t answer;	     /* enum peer_answer */
	uint8_t icmp_type, icmp_code;
	/* its numbers, checksum, echo and quote are what a TCP that knows the SYN would send */
	bool is_correct;
	bool has_timestamps; /* of a SYN as well */
};

#define PEER_PORTS 65536
/* Older events are overwritten. */
#define PEER_LOG_EVENTS (1 << 18)

/* The shared memory. Only rules, scripts, the tick and the routers are written by the test. */
struct peer {
	struct peer_rule rules[PEER_PORTS];
	struct peer_script scripts[PEER_PORTS];
	/*
	 * look for SYNs so often even when nothing wakes us: bounds what other_ns of a SYN says; 0:
	 * no need
	 */
	uint32_t tick_ms;
	/* who sends ICMP errors */
	uint8_t router4[4], router6[16];

	uint64_t syns_read, answers_written, write_failures;
	uint64_t answers_lost;	/* too many were waiting */
	uint64_t worst_late_ns; /* how much later than due an answer was written; may be set to 0 */
	uint64_t event_count;	/* ever logged */
	struct peer_event log[PEER_LOG_EVENTS];
};

/* NULL and errno on failure. It takes memory only where it is touched. */
struct peer *peer_new(void);
void peer_free(struct peer *peer);

/* Speak at the TUN device (no packet information header) until killed. */
_Noreturn void peer_run(struct peer *peer, int tun_fd);

/* The n-th event ever, from 0. Returns false when there is none (yet, or any more). */
bool peer_event_get(const struct peer *peer, uint64_t index, struct peer_event *ret_event);
/* The n-th event of that kind at that port, from 0. */
bool peer_event_find(const struct peer *peer, enum peer_event_kind kind, uint16_t port, unsigned n,
		     struct peer_event *ret_event);

#endif
