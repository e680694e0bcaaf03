/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A watch: one lane without a schedule, whose subjects are programs. What its parts share; it is
 * zeroed but for what watch_open.h asks for.
 */
#ifndef APP_WATCH_SHARED_H
#define APP_WATCH_SHARED_H

#include "user/app/lane/intake.h"
#include "user/app/lane/output.h"
#include "user/app/watch/watch_rows.h"
#include "user/io/files/outlet.h"
#include "user/io/kernel/observer_config.h"
#include "user/io/net/origin.h"
#include "user/io/process/cgroup.h"
#include "user/io/process/launch.h"

struct watch {
	const struct options *options;
	struct session session;
	struct intake intake;
	struct output output; /* through the outlet */
	struct outlet outlet;
	struct outbox outbox;
	struct launch launch;
	struct observer_filter filter;
	struct cgroups *cgroups;
	struct origin *origin; /* our own namespace; NULL until it is needed */
	struct watch_rows rows;
	enum exit_code failure; /* when it could not be opened */
	int signal_fd;
	int *pid_fds; /* of options->pids; -1: that one has ended */
	size_t pids_left;
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

#endif
