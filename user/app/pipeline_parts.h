/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pipeline's own parts, for the files that make it up: opening and closing (pipeline_open.c), showing (pipeline_show.c), running (pipeline.c). */
#ifndef APP_PIPELINE_PARTS_H
#define APP_PIPELINE_PARTS_H

#include <sys/utsname.h>

#include "user/app/pipeline.h"
#include "user/app/probe_table.h"
#include "user/app/streams.h"
#include "user/core/plan.h"
#include "user/io/observer.h"

#define MILLISECOND_NS 1000000ull
#define SECOND_NS      1000000000ull
#define LIVE_EVERY_NS  (250 * MILLISECOND_NS)

struct pipeline {
	const struct options *options;
	const struct renderer *renderer;
	struct render_style style;
	FILE *out;
	FILE *trace;
	struct streams streams;
	struct probe_table probes;
	struct plan *plan;
	struct resolver *resolver;
	struct routes *routes;
	struct observer *observer;
	struct correlator *correlator;
	struct utsname system;
	int signal_fd;
	int soft_error; /* no socket to be had: -errno, said once */
	uint64_t started_ns;
	/* The probe that found no socket, until retry_ns. */
	bool has_postponed;
	uint32_t postponed_stream;
	uint64_t postponed_sequence;
	uint64_t retry_ns;
	uint64_t live_ns; /* when the live line is due again */
	uint64_t events;  /* fed in this turn */
	bool is_live;
	bool has_live_line;
	bool is_interrupted;
	bool is_impatient; /* interrupted again */
};

/* Everything that needs privilege or memory. Returns 0, or -errno with the sentence; pipeline_close() is due in either case. */
int pipeline_open(struct pipeline *p, struct error *ret_error);
void pipeline_close(struct pipeline *p);

/* One event in: to the trace, if there is one, and to the core. context is the pipeline. */
void pipeline_feed(void *context, const struct event *event);

/* What a finding says, to the renderer. */
void show_target(struct pipeline *p, const struct stream *stream);
void show_verdict(struct pipeline *p, const struct probe *probe, const struct finding *finding);
void show_amendment(struct pipeline *p, const struct probe *probe, const struct finding *finding);
void show_summaries(struct pipeline *p);
/* The live line: what the longest waiting probe waits for. */
void show_live(struct pipeline *p, uint64_t now_ns);
void clear_live(struct pipeline *p);
/* 80 when it does not say. */
size_t terminal_columns(FILE *terminal);

static inline uint64_t min_ns(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
