/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Targets from a file, one a line, as a stream: never more than a buffer of it is in memory.
 *
 *	file = target_file_open(path, &defaults, &error);
 *	target_file_check(file, …);	// unless bad lines are to be skipped
 *	while (target_file_next(file, &host, &error) == TARGET_FILE_HOST)
 *		…
 *
 * A UTF-8 byte order mark, CR before LF, and a last line without LF are fine. A path may be a FIFO;
 * "-" is standard input.
 */
#ifndef IO_TARGET_FILE_H
#define IO_TARGET_FILE_H

#include "user/core/target/target.h"

#define TARGET_LINE_MAX 65536 /* a longer line is a bad one, and read over */

enum target_file_result {
	TARGET_FILE_HOST,
	TARGET_FILE_LATER, /* nothing there yet: ask again when target_file_fd() is readable */
	TARGET_FILE_BAD,   /* a bad line: ret_error names file and line; go on, or stop */
	TARGET_FILE_END,
	TARGET_FILE_FAILED, /* it cannot be read (any further) */
};

/* May this host be probed at all? 0, or -errno with the sentence: the line is a bad one. */
typedef int (*target_file_judge)(const void *context, const struct host *host,
				 struct error *ret_error);

struct target_file_config {
	/* For lines without their own; NULL: the default port. Must outlive the file */
	const struct port_list *ports;
	target_service_lookup lookup;
	target_file_judge judge; /* NULL: every host may */
	const void *context;
};

struct target_file;

/* NULL on failure, with the sentence. Opening a FIFO does not wait for its writer. */
struct target_file *target_file_open(const char *path, const struct target_file_config *config,
				     struct error *ret_error);
void target_file_close(struct target_file *file);

struct target_tally {
	uint64_t targets; /* host_target_count() of all; saturates */
	bool has_network;
};

/*
 * Read all of it before anything is taken, waiting for it as long as it takes, and then start over:
 * what cannot be read twice is copied to an unlinked temporary file meanwhile. complain is called
 * with a sentence for each of the first bad lines, and once for how many more there are. Returns
 * the number of bad lines, or -errno when it cannot be read or kept. *ret_tally is of the good
 * lines.
 */
typedef void (*target_file_complain)(const char *sentence);
int64_t target_file_check(struct target_file *file, target_file_complain complain,
			  struct target_tally *ret_tally, struct error *ret_error);

/* Never waits. ret_host: the caller's to release. ret_error is set for BAD and FAILED. */
enum target_file_result target_file_next(struct target_file *file, struct host *ret_host,
					 struct error *ret_error);

/* How it is called in sentences. */
const char *target_file_name(const struct target_file *file);

/* For poll(), after LATER. */
int target_file_fd(const struct target_file *file);

#endif
