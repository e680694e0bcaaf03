/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The parts of `watch`, for the files that make it up: opening and closing (watch_open.c), looking
 * up (watch_lookup.c), showing (watch_show.c), the loop (watch.c).
 */
#ifndef APP_WATCH_PARTS_H
#define APP_WATCH_PARTS_H

#include <stdio.h>

#include "user/app/lane/intake.h"
#include "user/app/options/options.h"
#include "user/app/watch/watch_rows.h"
#include "user/base/time.h"
#include "user/io/files/outlet.h"
#include "user/io/kernel/observer_config.h"
#include "user/io/net/origin.h"
#include "user/io/process/cgroup.h"
#include "user/io/process/launch.h"
#include "user/render/render.h"

struct watch {
	const struct options *options;
	const struct renderer *renderer;
	struct render_style style;
	FILE *file; /* standard output or error, or that of -o */
	FILE *out;  /* there, through the outlet */
	struct outlet outlet;
	char line[1 << 16]; /* the buffer of `out`, where a command writes to the same file */
	struct intake intake;
	struct session session;
	struct launch launch;
	struct observer_filter filter;
	struct cgroups *cgroups;
	struct origin *origin; /* our own namespace; NULL until it is needed */
	struct watch_rows rows;
	enum exit_code failure; /* when it could not be opened */
	int signal_fd;
	int *pid_fds; /* of options->pids; -1: that one has ended */
	size_t pids_left;
	int output_error; /* errno of the write that failed; 0: none did */
	uint64_t connects;
	uint64_t contradictions;
	uint64_t began_before;	     /* connects that had begun already */
	uint64_t connections_before; /* that who is given by number had when the watch began */
	/* when it is looked again whether who is watched by number is alive, ... */
	uint64_t tasks_ns;
	bool has_tasks;	     /* ... and what was seen last */
	bool is_left_behind; /* it has been said that the command's end is not the watch's */
	uint64_t look_ns;    /* when the libraries of who is watched are to be looked at again */
	uint64_t look_every_ns;
	char preload[512]; /* one that may answer in the kernel's place; "": none seen */
	char subject[256];
	bool is_interrupted;
	bool is_impatient; /* interrupted again */
	bool is_full;	   /* it has been said that there is no room for more */
};

/* All but the loop: returns 0, or -errno with the sentence. watch_close() is due in either case. */
int watch_open(struct watch *w, struct error *ret_error);
void watch_close(struct watch *w);

/*
 * Whatever has come. Output that waits for its reader may go on waiting when it returns true.
 * context is the watch.
 */
bool watch_take_signals(void *context);

/* One event in. context is the watch. */
void watch_feed(void *context, const struct event *event);

/* What the cgroup of a connecting task is called, unless that is known. */
void watch_look_up_cgroup(struct watch *w, const struct task_event *task);
/* What the route to an attempt's target is, if that can decide. */
void watch_answer(struct watch *w, const struct notice *question);

/* Connects of processes given by number that were under way already are listed. */
void watch_show_before(struct watch *w);
/* From time to time, and at the end: does something stand between a program and the kernel? */
void watch_look_for_preload(struct watch *w, uint64_t now_ns);

void watch_note_output(struct watch *w);
void watch_show_begin(struct watch *w);
void watch_show_connect(struct watch *w, const struct notice *notice);
void watch_show_amendment(struct watch *w, const struct notice *notice);
/* All summaries, so far or at the end, by this renderer to this file. */
void watch_show_summaries(struct watch *w, const struct renderer *renderer, FILE *out,
			  bool is_final);

#endif
