/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The probes under way, by number, and in the order in which something is due. Timeout and hold are
 * the same for all of them, so first come is first due and two queues are enough.
 */
#ifndef APP_PROBE_TABLE_H
#define APP_PROBE_TABLE_H

#include "user/core/run/repeat.h"
#include "user/io/net/prober.h"

#define NO_PROBE UINT32_MAX

enum probe_phase {
	PROBE_FREE,
	PROBE_PENDING, /* no verdict yet; queued by deadline until that has passed */
	PROBE_HELD,    /* judged, its connection is held open; queued by the end of the hold */
	PROBE_CLOSED,  /* watched on */
};

struct target;

struct probe {
	struct probe_socket socket;
	enum probe_phase phase;
	struct target *target;
	uint64_t sequence;
	uint64_t began_ns;
	uint64_t due_ns; /* of the queue it is in */
	/* intrusive links */
	uint32_t previous;
	uint32_t next;
	bool is_queued;
	bool is_shown;	      /* its verdict was; then its amendments are too */
	bool is_replaced;     /* it is asked again: nothing more is said of it */
	bool is_sampled;      /* it is watched on, though others are not: does its reset arrive? */
	bool is_reset_lost;   /* with it: no */
	bool is_open;	      /* it has a socket, and is in its target's list of those */
	uint16_t source_port; /* that we chose; 0: the kernel did */
	/* for its source port, which another socket had; 0: it did not wait */
	uint64_t waited_since_ns;
	struct first_outcome *first; /* it is a repeat; owned */
	/* in the target's list */
	uint32_t newer;
	uint32_t older;
};

struct probe_queue {
	uint32_t first;
	uint32_t last;
	uint32_t count;
};

struct probe_table {
	struct probe *probes;
	uint32_t capacity;
	uint32_t fresh; /* never used so far */
	uint32_t free;	/* list through next */
	uint32_t pending;
	uint32_t used;
	struct probe_queue deadlines;
	struct probe_queue holds;
};

/* Returns 0 or -ENOMEM. */
int probe_table_init(struct probe_table *table, uint32_t capacity);
void probe_table_release(struct probe_table *table);

/* A fresh PENDING probe; NO_PROBE when the table is full. */
uint32_t probe_table_take(struct probe_table *table);
void probe_table_put(struct probe_table *table, uint32_t number);

void probe_queue_add(struct probe_table *table, struct probe_queue *queue, uint32_t number,
		     uint64_t due_ns);
/* Harmless when it is in no queue. */
void probe_queue_remove(struct probe_table *table, struct probe_queue *queue, uint32_t number);
/* The first if it is due at now_ns, and takes it out; else NO_PROBE. */
uint32_t probe_queue_take_due(struct probe_table *table, struct probe_queue *queue,
			      uint64_t now_ns);
/* UINT64_MAX when empty. */
uint64_t probe_queue_due_ns(const struct probe_table *table, const struct probe_queue *queue);

#endif
