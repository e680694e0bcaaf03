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
#include "user/io/files/target_file.h"
#include "user/io/net/resolver.h"

/* As many lookups at once; more would only wait for the resolver's threads. */
#define LOOKUPS_MAX 256
/* How the sentence begins when a name has led to no address. */
#define NOT_RESOLVED "name not resolved: "
#define NO_INTERFACE NOT_RESOLVED "there is no interface of that name; list them with: ip link"

/* A host whose addresses are known, or known not to be. */
struct known_host {
	struct host host;
	uint64_t number;     /* in the order of words and lines, from 0 */
	unsigned references; /* of targets, of a lookup, of who expands it; freed with the last */
	struct address *addresses; /* port 0; owned. NULL for a network: see known_host_address() */
	uint32_t address_count;
	uint32_t address_total; /* of all that the name has; 0 for a literal */
	uint64_t resolve_ns;	/* TIME_UNKNOWN_NS for a literal */
	/* of all its targets at once; for whoever tells, with threads beside him */
	bool is_failure_told;
	char *failure;	  /* a sentence, owned; NULL: resolved */
	uint64_t lookups; /* of the name, begun so far */
	bool is_being_resolved;
	/* asked again there was no answer: said on stderr, once until there is one */
	bool has_failed_again;
	bool has_other_addresses; /* than one, now or before: its targets are called by theirs */
	struct target *targets;	  /* through target.next_of_host */
	struct known_host
		*next;	   /* in the queue of those that are ready, or of those to be asked again */
	uint64_t retry_ns; /* when; 0: it has not failed yet */
};

struct host_lookup {
	struct known_host *host; /* NULL: free */
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
	/*
	 * of words and file, in one namespace and with one address a name; UINT64_MAX: not known
	 * before it is read
	 */
	uint64_t target_count;
	bool has_network; /* among those that are counted */
	struct host_lookup lookups[LOOKUPS_MAX];
	uint32_t lookup_count;
	uint32_t again_count; /* of them */
	struct known_host *first_ready;
	struct known_host *last_ready;
	struct known_host *first_awaited; /* --until waits for their names, too */
};

/*
 * Opens the file, and checks it unless bad lines are to be skipped: those are named on stderr.
 * Returns 0, or -errno with the sentence.
 */
int hosts_init(struct hosts *hosts, const struct options *options, struct error *ret_error);
void hosts_release(struct hosts *hosts);

/* From here on names are resolved. Returns 0 or -errno. */
int hosts_start(struct hosts *hosts);

/* Have names resolved while the caller does something else. */
void hosts_read_ahead(struct hosts *hosts);

/*
 * The next host that is resolved or failed, or NULL for the time being. Reads and asks for more as
 * needed. The caller gets a reference.
 */
struct known_host *hosts_next(struct hosts *hosts);
void known_host_release(struct known_host *host);

/*
 * How many addresses are to be probed: one of a name, unless all are wanted; all of a network; 0
 * when it has none.
 */
uint64_t known_host_probed_addresses(const struct known_host *host, bool is_each);
/* index: below that. Port 0. */
struct address known_host_address(const struct known_host *host, uint64_t index);

/* These instead of those it had. */
void known_host_set_addresses(struct known_host *host, const struct lookup_answer *answer);

/* Ask for its name again. Returns false when it cannot be done now. */
bool hosts_ask_again(struct hosts *hosts, struct known_host *host);

/*
 * A name asked again was answered: the host, with a reference; its old addresses are still in it.
 * NULL: none, but others may have become ready.
 */
struct known_host *hosts_take_again(struct hosts *hosts, struct lookup_answer *ret_answer);

/*
 * With --until a name that has no address yet is asked for again, once a second, for as long as the
 * run lasts. UINT64_MAX: there is none.
 */
uint64_t hosts_retry_due_ns(const struct hosts *hosts);
void hosts_retry(struct hosts *hosts, uint64_t now_ns);
bool hosts_have_awaited(const struct hosts *hosts); /* a name without an address so far */

/* hosts_next() would give or read one without waiting for anything. */
bool hosts_are_at_hand(const struct hosts *hosts);

/* Those of a later answer; one that succeeded. */
void known_host_set_addresses(struct known_host *host, const struct lookup_answer *answer);

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
