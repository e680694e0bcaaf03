/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A ring record into an event: raw header bytes are parsed, numbers get the running kernel's names.
 */
#ifndef IO_DECODE_H
#define IO_DECODE_H

#include <stddef.h>

#include "user/core/event.h"
#include "user/io/kernel/kernel_names.h"

/*
 * The event's raw bytes stay in the record. Returns 0, or -EBADMSG for a record that is too short,
 * of an unknown kind, or whose packet is neither TCP nor an ICMP error about it: then the event may
 * have been written to.
 */
int decode_record(const void *data, size_t bytes, struct kernel_names *names,
		  struct event *ret_event);

/*
 * A record about a socket's state may also say that it accepted a RST just before:
 * EVENT_RESET_RECEIVED. Returns 0, or -ENOENT for any other record.
 */
int decode_reset(const void *data, size_t bytes, struct event *ret_event);

/*
 * A record about a SYN that left, or was dropped, may also say that its device got it just before:
 * EVENT_QUEUE. Returns 0, or -ENOENT for any other record.
 */
int decode_queued(const void *data, size_t bytes, struct event *ret_event);

/*
 * A connect that was under way when it was found, and what is known of it as events: who, where to,
 * since when, and what the socket remembers.
 */
#define LATE_EVENTS 4
struct late_connect {
	uint32_t pid;
	struct address source, destination;
	uint32_t age_ms; /* 0: not known */
	uint32_t retransmits;
	struct event events[LATE_EVENTS];
};

struct ktp_late;
/* Found at now_ns. */
void decode_late(const struct ktp_late *late, uint64_t now_ns, struct late_connect *ret_late);

/*
 * A record about a connect() that was entered also says who that is: EVENT_TASK. Returns 0, or
 * -ENOENT for any other record.
 */
int decode_task(const void *data, size_t bytes, struct event *ret_event);

#endif
