/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The pipeline's own parts, for the files that make it up: opening and closing (pipeline_open.c, pipeline_arguments.c), streams coming and going (pipeline_streams.c),
 * starting probes (pipeline_start.c) from free ports (pipeline_ports.c), taking notices (pipeline_take.c), asking
 * again (pipeline_repeat.c), showing (pipeline_show.c), and the loop (pipeline.c).
 */
#ifndef APP_PIPELINE_PARTS_H
#define APP_PIPELINE_PARTS_H

#include <sys/utsname.h>

#include "user/app/run/hosts.h"
#include "user/app/run/pipeline.h"
#include "user/app/run/probe_table.h"
#include "user/app/run/streams.h"
#include "user/core/run/pace.h"
#include "user/core/run/plan.h"
#include "user/io/kernel/observer.h"
#include "user/io/net/prober.h"

#define MILLISECOND_NS 1000000ull
#define SECOND_NS      1000000000ull
#define LIVE_EVERY_NS  (250 * MILLISECOND_NS)
#define REST_NS	       (2 * SECOND_NS) /* with nobody to follow for longer, the kernel programs are detached */
#define ATTEMPTS_MAX   16384u
/* So many targets at once have probes to come; with a count, further ones follow when some are done. */
#define ACTIVE_MAX ATTEMPTS_MAX

/* A probe that could not start (its source port is taken, or there is no socket), or is asked again. */
struct waiting {
	struct waiting *next;
	struct stream *stream;
	uint64_t sequence;
	uint64_t
		since_ns; /* the port is somebody else's, and so the wait has an end; 0: it is one of our own probes', or there is no socket */
	uint64_t retry_ns;	     /* then it is tried again */
	uint32_t rival;		     /* our own probe that has the port; NO_PROBE: unknown, or none */
	uint64_t rival_cookie;	     /* numbers are used again */
	struct first_outcome *first; /* it is asked again; owned. NULL: it is not */
};

struct pipeline {
	const struct options *options;
	const struct renderer *renderer;
	struct render_style style;
	FILE *out;
	FILE *trace;
	struct hosts hosts;
	struct streams streams;
	struct probe_table probes;
	struct plan plan;
	struct pace pace; /* --rate */
	struct place **places;
	size_t place_count;
	struct observer *observer;
	struct ring *ring; /* the observer's only one */
	struct correlator *correlator;
	struct utsname system;
	enum exit_code failure; /* when it could not be opened */
	uint64_t hold_ns;
	int signal_fd;
	int soft_error;	  /* no socket to be had: -errno, said once */
	int output_error; /* errno of the write that failed; 0: none did */
	/* Since when there has been no socket, and none of ours to be closed; 0: there was one. */
	uint64_t socketless_ns;
	uint64_t started_ns;
	uint64_t deadline_ns; /* of the run; UINT64_MAX: none */
	uint64_t report_ns;   /* the next summary so far; UINT64_MAX: none */
	struct waiting *first_waiting;
	struct waiting *last_waiting;
	struct waiting *first_repeat; /* a queue apart: their streams' schedules go on */
	struct waiting *last_repeat;
	uint64_t socket_ns; /* no probe is started before: there was no socket */
	uint64_t live_ns;   /* when the live line is due again */
	uint64_t events;    /* fed in this turn */
	bool is_live;
	bool has_live_line;
	bool is_interrupted; /* or the run's deadline has passed: nothing starts any more */
	bool is_impatient;   /* interrupted again */
	bool is_starved;     /* no socket for as long as a probe would wait, and nothing of ours to wait for; or no observing any more */
	bool may_rest;	     /* the observer may */
	bool is_doubted;     /* what the kernel programs missed is to be asked for before the next drain */
};

/* What is named, and who is to be listened to. Returns 0, or -errno with the sentence; pipeline_close() is due in either case. */
int pipeline_open(struct pipeline *p, struct error *ret_error);
/* Then everything that probes by a plan need: privilege and memory. The same returns. */
int pipeline_open_probes(struct pipeline *p, struct error *ret_error);
/* Where all of its sockets will be, once it is open; 0: in several namespaces, or that cannot be told. */
uint32_t pipeline_only_netns(const struct pipeline *p);
/* From here on time counts. */
void pipeline_begin(struct pipeline *p);
void pipeline_close(struct pipeline *p);
/* The part of it that is about the command line: hosts, places, files. */
int open_arguments(struct pipeline *p, struct error *ret_error);

/* One event in: to the trace, if there is one, and to the core. context is the pipeline. */
void pipeline_feed(void *context, const struct event *event);
static inline struct prober_sink pipeline_sink(struct pipeline *p)
{
	return (struct prober_sink){pipeline_feed, p};
}

/* Streams for hosts that are known by now, as far as there is room. */
void streams_come(struct pipeline *p, uint64_t now_ns);
/* There is room for one, and the run is not over. */
bool streams_can_come(const struct pipeline *p);
/* Some could come without anybody waiting for names or lines: then there must be another turn. */
bool streams_are_at_hand(const struct pipeline *p);
/* Names asked again. */
void streams_move(struct pipeline *p, uint64_t now_ns);
/* After its probe number `sequence` started: is it time to ask for the name again? */
void stream_ask_again(struct pipeline *p, struct stream *stream, uint64_t sequence);
/* It gets no further probes: what waits to start is dropped. */
void stream_stop(struct stream *stream);
/* Call when a probe of it was forgotten, or when it will get no more. */
void stream_check_end(struct pipeline *p, struct stream *stream);
/* Shows and frees those that have ended, unless they are kept. */
void streams_go(struct pipeline *p);

/* Start what is due, and what has waited long enough. */
void start_due_probes(struct pipeline *p);
bool can_start_probe(const struct pipeline *p);
/* The connect() found its source port in use, as far as the kernel side tells: the same probe again, later. Returns false when it has waited long enough. */
bool wait_for_port(struct pipeline *p, struct probe *probe);

/* If its evidence was lost and it may be asked again, it will be. Returns false when the outcome is its last word. */
bool ask_again(struct pipeline *p, struct probe *probe, const struct outcome *outcome);
/* The repeat that is due first, of at least one. */
struct waiting take_repeat(struct pipeline *p);
/* The first outcome stands, and is freed. */
void settle_first(struct pipeline *p, struct stream *stream, uint64_t sequence, struct first_outcome *first, enum repeat repeat);
/* The run is over: what was not asked again, or has not been answered, is what it came to at first. */
void settle_unrepeated(struct pipeline *p);

/* Its stream's probes with a socket: one more, one less. */
void join_stream(struct pipeline *p, uint32_t number);
void close_probe(struct pipeline *p, uint32_t number);
/*
 * The next of the source ports that no probe of this stream speaks from. A connection that is only held open gives its port up for it.
 * Returns false when all are in use by probes without a verdict.
 */
bool choose_port(struct pipeline *p, struct stream *stream, uint16_t *ret_port);
/*
 * Another probe of ours that has the port, or, with ports of the kernel's choice, one of those that are free for this destination: the
 * same target may be there twice. Rather one that is only held open, and of these the oldest. NO_PROBE: none.
 */
uint32_t find_rival(struct pipeline *p, const struct probe *probe);
/* With -v, once a probe. */
void say_port_in_use(struct pipeline *p, struct stream *stream);

/* What the core found. */
void take_notices(struct pipeline *p);
/* A probe's last word: counted and, if it is to be seen, shown. Returns whether it was. */
bool settle_probe(struct pipeline *p, struct stream *stream, uint64_t sequence, const struct outcome *outcome);

/* After something was written: keeps the errno of the first write that failed, for the stream itself only remembers that one did. */
void note_output(struct pipeline *p);

/* What a notice says, to the renderer. */
void show_target(struct pipeline *p, const struct stream *stream);
void show_move(struct pipeline *p, const struct stream *stream, const struct address *from, const struct address *to);
/* Returns false when it is not to be seen (--changes, --failures, --open). */
bool show_outcome(struct pipeline *p, struct stream *stream, uint64_t sequence, const struct outcome *outcome);
void show_amendment(struct pipeline *p, const struct probe *probe, const struct notice *notice);
/* The stream's last probe, if it is without a verdict. */
void show_outstanding(struct pipeline *p, const struct stream *stream, uint64_t now_ns);
void show_summary(struct pipeline *p, const struct stream *stream);
/* Of all streams that are kept, and the end of the run. */
void show_end(struct pipeline *p);
/* The run goes on: all summaries so far, by this renderer to this file. */
void show_so_far(struct pipeline *p, const struct renderer *renderer, FILE *out);
/* The live line: what the longest waiting probe waits for. */
void show_live(struct pipeline *p, uint64_t now_ns);
void clear_live(struct pipeline *p);

static inline struct probe *probe_at(struct pipeline *p, uint32_t number)
{
	return &p->probes.probes[number];
}

static inline uint64_t min_ns(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
