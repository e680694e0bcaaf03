/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run observes and says, in words and into its recording (--record). */
#ifndef APP_RECORD_H
#define APP_RECORD_H

#include "user/app/options/options.h"
#include "user/core/report.h"
#include "user/io/files/recorder.h"

/* NULL with the sentence. */
struct recorder *record_open(const struct options *options, struct error *ret_error);
/*
 * All that is left is written. recorder: NULL for none. Returns 0, or -errno with the sentence when
 * not all of it is there.
 */
int record_flush(struct recorder *recorder, const char *path, struct error *ret_error);

/* Of any lane. */
void record_event(struct recorder *recorder, const struct event *event);

/* A report of the attempt with that key, as it was made; number: the target's, 0 for none. */
void record_probe(struct recorder *recorder, const struct probe_report *report, uint32_t number);
void record_amendment(struct recorder *recorder, struct attempt_key key,
		      const struct amendment_report *report, uint32_t number);

#endif
