/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The events of a pcapng file that the recorder made (recorder.h), in the order in which they were
 * recorded: also when another program has written the file again, sorted it by time, or merged it
 * with others.
 */
#ifndef IO_RECORDING_H
#define IO_RECORDING_H

#include "user/base/error.h"
#include "user/core/event.h"

struct recording;

/*
 * "-": standard input. NULL with the sentence, and errno: EINVAL for a file that is no recording of
 * ours, else why it cannot be read. A damaged one is read up to there.
 */
struct recording *recording_open(const char *path, struct error *ret_error);
void recording_free(struct recording *recording);

/* Where and how it is damaged; NULL: it is not. */
const char *recording_damage(const struct recording *recording);

/*
 * The next event, which is valid until the one after it. ret_run counts the runs in the file from 1
 * on: one ends where the next one begins. 1; 0: the end; -errno with the sentence for an event that
 * is not understood: then the one behind it may be read.
 */
int recording_next(struct recording *recording, struct event *ret_event, unsigned *ret_run,
		   struct error *ret_error);

#endif
