/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the files that make up a scan: the run (scan.c), its threads (scan_shard.c), what they start (scan_start.c) and
 * ask again (scan_repeat.c), what they show (scan_show.c).
 */
#ifndef APP_SCAN_PARTS_H
#define APP_SCAN_PARTS_H

#include <pthread.h>

#include "user/app/run/scan.h"
#include "user/app/run/scan_source.h"
#include "user/core/run/pace.h"
#include "user/core/run/tally.h"

#define SCAN_BATCH 64 /* starts between two looks at the ring */

/* A target whose source port has to be waited for, or that is asked again. */
struct scan_waiting {
	struct scan_target target;
	uint64_t since_ns;
	uint64_t retry_ns;
	struct first_outcome *first; /* it is asked again; owned. NULL: it is not */
	struct scan_waiting *next;
};

struct scan;

/* One thread's. */
struct scan_shard {
	struct scan *scan;
	pthread_t thread;
	unsigned index;
	struct ring *ring;
	struct correlator *correlator;
	struct probe_table probes;
	struct scan_target *targets; /* of the probes, by number */
	struct place **places;
	struct pace pace_afar; /* its part of the rate, for what is behind a gateway */
	struct pace pace;      /* and for all */
	/* taken from the source and not begun */
	struct scan_target batch[SCAN_BATCH];
	size_t batch_next, batch_count;
	struct scan_waiting *first_waiting, **last_waiting;
	uint32_t waiting_count;
	struct scan_waiting *first_repeat, **last_repeat; /* to be asked again */
	uint32_t repeat_count;
	uint64_t freed_ns;	/* published: when a probe of ours last had a verdict, and gave its source port back */
	uint64_t socket_ns;	/* no probe is started before: there was no socket */
	uint64_t socketless_ns; /* since when there has been none, although nobody has one; 0: not so */
	/* How far away the last one looked at is: targets of one host come together. */
	struct address looked_at;
	uint16_t looked_at_from; /* the place */
	bool is_looked_at_afar;
	/* verdicts on their way to the output */
	char *text;
	size_t text_bytes;
	FILE *out;
	uint64_t flush_ns;
	pthread_mutex_t tally_lock;
	struct tally tally;
	uint64_t events;   /* fed in this turn */
	uint32_t pending;  /* published for the line of progress */
	bool is_abandoned; /* its pending probes have been given up */
	bool is_doubted;   /* what the kernel programs missed is to be asked for before the next drain */
};

struct scan {
	struct pipeline *p;
	struct scan_source source;
	struct scan_shard *shards;
	unsigned shard_count;
	unsigned started;	   /* of them, with a thread */
	unsigned running;	   /* of these */
	int over_fd;		   /* readable when none runs any more */
	uint32_t inflight;	   /* of each shard */
	pthread_mutex_t out_lock;  /* output, live line, messages */
	uint64_t progress_ns;	   /* when the line of progress is due again */
	bool is_ended;		   /* interrupted, or past the deadline: nothing starts any more */
	bool is_impatient;	   /* interrupted again */
	bool is_starved;	   /* no socket for as long as a probe would wait, and nothing of ours to wait for: said */
	bool has_spoken_of_socket; /* none was to be had: said once */
	bool has_spoken_of_limit;
	uint64_t unresolved; /* targets whose name has no address */
	enum abandon_cause cause;
};

/* The thread of a struct scan_shard: returns NULL when all is done. */
void *shard_run(void *shard);
/* Returns 0 or -errno with the sentence. */
int shard_open(struct scan_shard *shard, struct scan *scan, unsigned index, struct error *ret_error);
void shard_close(struct scan_shard *shard);
struct prober_sink shard_sink(struct scan_shard *shard);
/* For whoever runs when its thread has ended: what is there to be heard yet. */
void shard_drain(struct scan_shard *shard);

/* With more of them in line for a source port, or to be asked again, no other target is begun with: they take memory, and their turns time. */
#define WAITING_MAX 512
/* Is there room for one more connect under way? */
bool shard_has_place(const struct scan_shard *shard);
/* And for one more target that is not in line already? */
static inline bool shard_may_begin(const struct scan_shard *shard)
{
	return shard->waiting_count < WAITING_MAX && shard->repeat_count < WAITING_MAX;
}
/* Begin with what is due. Returns with how many. */
unsigned shard_start_probes(struct scan_shard *shard);
/* The same target again, later. Its reference is the line's from now on, and so is what it came to at first. */
void shard_put_in_line(struct scan_shard *shard, const struct scan_target *target, const struct probe *probe,
		       const struct verdict *verdict);
/* A probe that found no free source port: may its target wait for one? */
bool shard_can_wait(const struct scan_shard *shard, const struct probe *probe);
/* Those that somebody has begun with, and that will never have a verdict. */
void shard_count_targets(struct scan_shard *shard, uint64_t begun, uint64_t given_up);

/*
 * If the probe's evidence was lost and it may be asked again, it will be, and the target's reference is the repeat's.
 * Returns false when the outcome is its last word.
 */
bool shard_ask_again(struct scan_shard *shard, uint32_t number, const struct outcome *outcome);
/* The first in that queue has been started: what it owned is not freed. */
void shard_drop_repeat(struct scan_shard *shard);
/* A target's last word: counted and shown. */
void shard_settle(struct scan_shard *shard, const struct scan_target *target, const struct outcome *outcome);
/* The first outcome stands, and is freed. */
void shard_settle_first(struct scan_shard *shard, const struct scan_target *target, struct first_outcome *first, enum repeat repeat);
/* The scan is over: what was not asked again, or has not been answered, is what it came to at first. */
void shard_settle_unrepeated(struct scan_shard *shard);

/* What is verdict or failure goes to the shard's own buffer, and from there to the output. */
void scan_show_outcome(struct scan_shard *shard, const struct scan_target *target, const struct outcome *outcome);
void scan_show_failure(struct scan_shard *shard, const struct scan_target *target, const char *failure, bool is_unresolved);
void scan_flush(struct scan_shard *shard);
void scan_show_progress(struct scan *scan, uint64_t now_ns);
/* A sentence on stderr. */
void scan_say(struct scan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* All shards' so far. The caller releases it. */
struct tally scan_total(struct scan *scan);
/* At the end, and so far. */
void scan_show_tally(struct scan *scan, const struct renderer *renderer, FILE *out, bool is_final);

static inline bool scan_has_ended(const struct scan *scan)
{
	return __atomic_load_n(&scan->is_ended, __ATOMIC_ACQUIRE);
}

#endif
