/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scan's targets, one after the other, for several threads: every address of every host, on every port, from every place.
 *
 * No list of them is made. Of the hosts a few blocks are open at a time; shuffled, the targets of these are mixed, and so a file of any length is mixed block
 * by block.
 */
#ifndef APP_SCAN_SOURCE_H
#define APP_SCAN_SOURCE_H

#include <pthread.h>

#include "user/app/run/hosts.h"
#include "user/core/target/permute.h"

#define SCAN_BLOCKS_MAX 1024
/* Ports are two bytes each in memory: a block of all of them is 128 KiB. */
#define SCAN_PORTS_MAX (1u << 20)

/* One host. */
struct scan_block {
	struct known_host *host;
	uint16_t *ports; /* owned */
	size_t port_count;
	uint64_t addresses; /* at least 1: a host without any is one target that says so */
	uint64_t end;	    /* targets of this block and those before it */
};

struct scan_source {
	pthread_mutex_t lock;
	struct hosts *hosts;
	const struct options *options;
	size_t place_count;
	struct scan_block *blocks;
	size_t block_count;
	size_t ports_open;
	uint64_t next; /* of the open blocks' targets, below the last block's end */
	struct permutation order;
	uint64_t seed;
	uint64_t taken; /* ever */
	bool is_ended;	/* nothing is given out any more */
};

struct scan_target {
	struct known_host *host; /* a reference */
	struct address address;	 /* with the port; none: host->failure says why */
	uint16_t port;
	uint16_t place;
};

/* hosts and options must outlive it. */
void scan_source_init(struct scan_source *source, struct hosts *hosts, const struct options *options);
void scan_source_release(struct scan_source *source);

/* Up to `room` targets; returns how many: 0 when there are none, or none yet. */
size_t scan_source_take(struct scan_source *source, struct scan_target *targets, size_t room);
/* Gives the reference back. */
void scan_source_put(struct scan_source *source, struct known_host *host);

/* Everything has been given out, or nothing more will be. */
bool scan_source_is_exhausted(struct scan_source *source);
/* Really everything. */
bool scan_source_has_given_all(struct scan_source *source);
/* From now on it is. */
void scan_source_end(struct scan_source *source);

#endif
