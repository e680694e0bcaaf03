/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One connection attempt told event by event, as a test would tell it: what happened, and when, in
 * milliseconds since connect().
 *
 *	struct story s = story_connect(AF_INET);
 *	story_syn(&s, 0.1);
 *	story_syn_ack(&s, 12.1, 0.1);
 *	story_established(&s, 12.2);
 *	verdict = expect_verdict(&s, 13, STATUS_OPEN, REASON_SYN_ACK);
 *
 * Every teller returns its event, so that a test can make it differ from the ordinary. Events live
 * as long as the story.
 */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "user/core/correlate/correlate.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define STORY_MAX_EVENTS  96
#define STORY_MS	  1000000ull
#define STORY_BEGIN_NS	  (1000000 * STORY_MS) /* when every story's connect() is called */
#define STORY_TARGET_PORT 80
#define STORY_CLIENT_PORT 40000
#define STORY_NETNS	  4026531840u
#define SYN		  TCP_FLAG_SYN
#define ACK		  TCP_FLAG_ACK
#define RST		  TCP_FLAG_RST

struct story {
	struct attempt_key key;
	struct address client, target; /* as the socket has them */
	struct address wire_target;    /* as packets have it: differs with NAT */
	struct address router;
	uint32_t isn;
	bool has_timestamps;
	uint16_t next_ip_id;
	/* the device of the packets told from now on */
	const char *device;
	uint32_t ifindex;
	bool is_loopback;
	unsigned count;
	struct event events[STORY_MAX_EVENTS];
	struct attempt attempt; /* as story_judge() built it last */
};

/* 10.1.0.2 or 2001:db8::2, before anything has happened. */
struct story story_new(int family);
/*
 * Our prober's: a unicast route, connect(), CLOSE -> SYN_SENT, EINPROGRESS; the SYN is not sent
 * yet.
 */
struct story story_connect(int family);
uint64_t story_ns(double at_ms);

/* what we did and were told */
struct event *story_enter(struct story *s, double at_ms);
struct event *story_return(struct story *s, double at_ms, int error);
/* Instead of connect(): bind() to the story's client failed. */
struct event *story_bind(struct story *s, double at_ms, int error);
struct event *story_poll(struct story *s, double at_ms, int revents);
struct event *story_so_error(struct story *s, double at_ms, int error);
struct event *story_close(struct story *s, double at_ms);
struct event *story_abandon(struct story *s, double at_ms);
struct event *story_deadline(struct story *s, double at_ms);
/* what the kernel would do */
struct event *story_route(struct story *s, double at_ms, enum route_kind kind);
struct event *story_neighbour(struct story *s, double at_ms, enum neighbour_state state);
struct event *story_link(struct story *s, double at_ms, bool has_carrier, bool has_xdp);
/* the socket */
struct event *story_syn_sent(struct story *s, double at_ms);
struct event *story_established(struct story *s, double at_ms);
struct event *story_syn_received(struct story *s,
				 double at_ms); /* a crossing SYN: SYN_SENT -> SYN_RECV */
struct event *story_closed(struct story *s, double at_ms); /* SYN_SENT -> CLOSE, the kernel's */
struct event *story_reset_received(struct story *s, double at_ms);
struct event *story_error(struct story *s, double at_ms, int error);
struct event *story_retransmit(struct story *s, double at_ms, int error);
struct event *story_local_accept(struct story *s, double at_ms);
/* packets at the device; a SYN is queued 2 us before */
void story_device(struct story *s, const char *name, uint32_t ifindex, bool is_loopback);
struct event *story_syn(struct story *s, double at_ms);
struct event *story_queued(struct story *s, double at_ms); /* a SYN that got no further */
struct event *story_sent(struct story *s, double at_ms,
			 uint8_t flags); /* another of our segments */
struct event *
story_syn_ack(struct story *s, double at_ms,
	      double echoed_ms); /* echoed: the time of the SYN whose stamp comes back */
struct event *story_reset(struct story *s, double at_ms); /* a RST that answers our SYN */
struct event *story_receive(struct story *s, double at_ms, uint8_t flags, uint32_t ack);
struct event *story_icmp(struct story *s, double at_ms, uint8_t type,
			 uint8_t code); /* from the router; quotes 8 bytes of TCP */
struct event *story_drop_out(struct story *s, double at_ms, const char *reason,
			     const char *function); /* our SYN, without a device */
struct event *story_drop_in(struct story *s, double at_ms, const char *reason,
			    const char *function); /* a SYN-ACK at the device */
struct event *story_bad_checksum(struct story *s, double at_ms);
/*
 * The last SYN at a device of another namespace, with the addresses that it had before; ifindex 3.
 */
struct event *story_hop(struct story *s, double at_ms, const char *device, uint32_t netns,
			bool is_received);
/* the sources themselves */
struct event *story_lost(struct story *s, double from_ms, double to_ms, uint64_t count);
struct event *story_drained(struct story *s, double at_ms);
/* An event a test fills in by itself. */
struct event *story_event(struct story *s, double at_ms, enum event_kind kind);

/* Build the attempt from all that was told, and judge it by what was known at that time. */
bool story_judge(struct story *s, double at_ms, struct verdict *ret_verdict);

/* What has happened up to then; valid until the next call of these three. */
const struct facts *story_facts(const struct attempt *attempt, uint64_t until_ns);
const struct judgement *story_judgement(const struct attempt *attempt,
					const struct verdict *verdict);
const struct judgement *story_amended(const struct attempt *attempt,
				      const struct amendment *amendment);

#define expect_verdict(s, at_ms, status, reason)                                                   \
	story_expect(s, at_ms, status, reason, __FILE__, __LINE__)
struct verdict story_expect(struct story *s, double at_ms, enum status status, enum reason reason,
			    const char *file, int line);
#define expect_no_verdict(s, at_ms)                                                                \
	do {                                                                                       \
		struct verdict judged;                                                             \
		cr_expect_not(story_judge(s, at_ms, &judged), "%s too early",                      \
			      reason_name(judged.reason));                                         \
	} while (0)

/* Compared to the nanosecond. */
#define expect_ms(actual_ns, wanted_ms)                                                            \
	cr_expect_eq(actual_ns, (uint64_t)((wanted_ms)*1e6 + 0.5), "%g ms",                        \
		     (double)(actual_ns) / 1e6)

#endif
