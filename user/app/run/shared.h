/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What all lanes of a run share: the command line, the source of targets, the kernel programs, the
 * output.
 */
#ifndef APP_SHARED_H
#define APP_SHARED_H

#include <pthread.h>

#include "user/app/lane/output.h"
#include "user/app/report/session.h"
#include "user/app/targets/source.h"
#include "user/base/time.h"
#include "user/core/run/policy.h"
#include "user/core/run/tally.h"
#include "user/io/kernel/observer.h"
#include "user/io/net/prober.h"

/* With no attempt to follow for longer, the kernel programs are detached */
#define REST_NS	      (2 * SECOND_NS)
#define LIVE_EVERY_NS (250 * MILLISECOND_NS)

struct lane;

struct run {
	const struct options *options;
	struct output output;
	size_t label_width; /* of the words of the command line */
	struct session session;
	struct hosts hosts;
	struct target_source source;
	struct origin **origins;
	size_t origin_count;
	struct policy policy;
	uint64_t hold_ns;
	struct observer *observer;
	enum exit_code failure; /* when it could not be opened */
	int signal_fd;
	struct lane *lanes;
	unsigned lane_count;  /* of them, those that are open */
	unsigned running;     /* of them, with a thread that has not ended */
	int over_fd;	      /* readable when none runs any more */
	uint64_t deadline_ns; /* UINT64_MAX: none */
	uint64_t report_ns;   /* the next summary so far; UINT64_MAX: none */
	uint64_t live_ns;     /* when the live line is due again */
	bool is_live;
	/* read by all lanes */
	bool is_ended;	   /* interrupted, or past the deadline: no probe starts any more */
	bool is_impatient; /* interrupted again: no probe is waited for */
	/*
	 * no socket for as long as a probe would wait, and none of ours to wait for; or no
	 * observing any more
	 */
	bool is_starved;
	enum abandon_cause cause;
	bool has_spoken_of_socket; /* none was to be had: said once */
	bool has_spoken_of_limit;
};

static inline bool run_has_ended(const struct run *run)
{
	return __atomic_load_n(&run->is_ended, __ATOMIC_ACQUIRE);
}

#endif
