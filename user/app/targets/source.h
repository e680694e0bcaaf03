/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The targets of a run, one after the other, for several lanes: every address of every host, on
 * every port, from every origin.
 *
 * No list of them is made. Of the hosts a few blocks are open at a time; shuffled, the targets of
 * these are mixed, and so a file of any length is mixed block by block.
 */
#ifndef APP_SOURCE_H
#define APP_SOURCE_H

#include <pthread.h>

#include "user/app/targets/hosts.h"
#include "user/core/target/permute.h"

#define SOURCE_BLOCKS_MAX 1024
/* Ports are two bytes each in memory: a block of all of them is 128 KiB. */
#define SOURCE_PORTS_MAX (1u << 20)

/* One host. */
struct source_block {
	struct resolved_host *host;
	uint16_t *ports; /* owned */
	size_t port_count;
	uint64_t addresses; /* at least 1: a host without any is one target that says so */
	uint64_t end;	    /* targets of this block and those before it */
};

struct target_source {
	pthread_mutex_t lock;
	struct hosts *hosts;
	const struct options *options;
	size_t origin_count;
	struct source_block *blocks;
	size_t block_count;
	size_t ports_open;
	uint64_t next; /* of the open blocks' targets, below the last block's end */
	struct permutation order;
	uint64_t seed;
	uint64_t taken; /* ever */
	bool is_ended;	/* nothing is given out any more */
	/* by several lanes: none asks for a name again, answers are taken here */
	bool is_shared;
};

struct source_target {
	struct resolved_host *host; /* a reference */
	struct address address;	    /* with the port; none: host->failure says why */
	uint16_t port;
	uint16_t origin;
};

/* hosts and options must outlive it. */
void target_source_init(struct target_source *source, struct hosts *hosts,
			const struct options *options);
void target_source_release(struct target_source *source);

/* Up to `room` targets; returns how many: 0 when there are none, or none yet. */
size_t target_source_take(struct target_source *source, struct source_target *targets, size_t room);
/* Gives the reference back. */
void target_source_put(struct target_source *source, struct resolved_host *host);

/* Some could be given out without waiting for names or lines. */
bool target_source_is_at_hand(const struct target_source *source);
/* Some targets of that host are still to be given out, by the addresses that it has. */
bool target_source_is_giving(const struct target_source *source, const struct resolved_host *host);
/* Everything has been given out, or nothing more will be. */
bool target_source_is_exhausted(struct target_source *source);
/* Really everything. */
bool target_source_has_given_all(struct target_source *source);
/* From now on it is. */
void target_source_end(struct target_source *source);

#endif
