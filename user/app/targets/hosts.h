/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hosts on their way from the command line and the file to targets: read, resolved, and handed out
 * one by one.
 *
 * No more of them are in memory than are being resolved, or used by targets.
 */
#ifndef APP_HOSTS_H
#define APP_HOSTS_H

#include "user/app/options/options.h"
#include "user/app/targets/resolved_host.h"
#include "user/io/files/target_file.h"
#include "user/io/net/resolver.h"

/* As many lookups at once; more would only wait for the resolver's threads. */
#define LOOKUPS_MAX 256
/* How the sentence begins when a name has led to no address. */
#define NOT_RESOLVED "name not resolved: "
#define NO_INTERFACE NOT_RESOLVED "there is no interface of that name; list them with: ip link"

struct host_lookup {
	struct resolved_host *host; /* NULL: free */
	bool is_again;
};

struct hosts {
	const struct options *options;
	struct resolver *resolver;
	struct target_file *file;
	bool is_file_at_end;
	bool is_file_waiting; /* for more to come: see hosts_fd() */
	/* the file could not be read to its end, or had bad lines after all: said on stderr */
	bool has_failed;
	size_t next_word;
	uint64_t next_number;
	/* in one namespace, with one address a name; UINT64_MAX: not known before it is read */
	uint64_t target_count;
	bool has_network; /* among those that are counted */
	struct host_lookup lookups[LOOKUPS_MAX];
	uint32_t lookup_count;
	uint32_t again_count; /* of them */
	struct list ready;
	struct list awaited; /* --until waits for their names, too */
};

void hosts_release(struct hosts *hosts);

/* From here on names are resolved. Returns 0 or -errno. */
int hosts_start(struct hosts *hosts);

/* Have names resolved while the caller does something else. */
void hosts_read_ahead(struct hosts *hosts);

/* The next host resolved or failed, as a reference; NULL: none yet. Reads and asks on. */
struct resolved_host *hosts_next(struct hosts *hosts);

/* Ask for its name again. Returns false when it cannot be done now. */
bool hosts_ask_again(struct hosts *hosts, struct resolved_host *host);

/*
 * A name asked again was answered: the host, with a reference; its old addresses are still in it.
 * NULL: none, but others may have become ready.
 */
struct resolved_host *hosts_take_again(struct hosts *hosts, struct lookup_answer *ret_answer);

/*
 * With --until a name that has no address yet is asked for again, once a second, for as long as the
 * run lasts. UINT64_MAX: there is none.
 */
uint64_t hosts_retry_due_ns(const struct hosts *hosts);
void hosts_retry(struct hosts *hosts, uint64_t now_ns);
bool hosts_have_awaited(const struct hosts *hosts); /* a name without an address so far */

/* hosts_next() would give or read one without waiting for anything. */
bool hosts_are_at_hand(const struct hosts *hosts);

/* All words and lines have been read, and those that are resolved handed out. */
bool hosts_are_read(const struct hosts *hosts);

/* Nothing will come any more from hosts_next(). */
bool hosts_are_exhausted(const struct hosts *hosts);

/* The run ends: names without an answer so far are said on stderr, the first few of them each. */
void hosts_say_unanswered(const struct hosts *hosts);

/* To wait for: answers, and lines of the file (-1: not now). */
int hosts_answer_fd(const struct hosts *hosts);
int hosts_file_fd(const struct hosts *hosts);

#endif
