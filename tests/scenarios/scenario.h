/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scenario in a few lines: have a lab, set its rules, run the program in its client, claim what its JSON says.
 *
 * Criterion gives each test a process of its own, and a lab ends with the process that made it: nothing here has to be freed.
 * The program is $KTCPING, else ./ktcping.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/lab/lab.h"
#include "user/base/error.h"

/* The same test over IPv4 and over IPv6: BOTH_FAMILIES(open, real_server) { ... family ... } */
#define BOTH_FAMILIES(suite, name)                                                                                                         \
	static void suite##_##name(int family);                                                                                            \
	Test(suite, name##_v4)                                                                                                             \
	{                                                                                                                                  \
		suite##_##name(AF_INET);                                                                                                   \
	}                                                                                                                                  \
	Test(suite, name##_v6)                                                                                                             \
	{                                                                                                                                  \
		suite##_##name(AF_INET6);                                                                                                  \
	}                                                                                                                                  \
	static void suite##_##name(int family)

/* The lab's addresses of one family; see lab.h. */
struct places {
	const char *client, *router, *server, *peer, *peer_router, *nobody, *nowhere, *unrouted, *loopback;
};

const struct places *places_of(int family);

/* A lab. Without root, ip, nft or TUN devices the test is skipped and says so; any other failure fails it. */
struct lab *scenario_lab(void);

/* As lab_nft() and so on; a failure fails the test. */
void scenario_nft(struct lab *lab, enum lab_host host, const char *text);
void scenario_ip(struct lab *lab, enum lab_host host, const char *text);
void scenario_sysctl(struct lab *lab, enum lab_host host, const char *name, const char *value);
void scenario_listen(struct lab *lab, enum lab_host host, int family, uint16_t port);
/* One more inet table, of one filter chain at the hook (once a hook): "output", "tcp dport 7000 drop". */
void scenario_chain(struct lab *lab, enum lab_host host, const char *hook, const char *rule);

/* Until the peer has read so many SYNs: the sign that a run has begun. A failure fails the test. */
void scenario_await_syns(const struct lab *lab, uint64_t count);

/*
 * Run the program: one probe of host and port from the client, further options as given. Returns its probe record after claiming what
 * holds of every run: valid lines in order, every field there, a summary that agrees, and the exit status that belongs to the verdict.
 */
#define probe(lab, host, port, ...) scenario_probe(lab, host, port, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})
json_t *scenario_probe(struct lab *lab, const char *host, uint16_t port, const char *const *options);
/* The same for a lab whose rules are used up by a probe: prepare is called before each try. */
typedef void (*scenario_prepare)(struct lab *lab);
json_t *scenario_probe_prepared(struct lab *lab, scenario_prepare prepare, const char *host, uint16_t port, const char *const *options);

/* All the lines that it printed, as an array, without any claim but that each is JSON; *ret_status is its exit status. */
json_t *scenario_lines(struct lab *lab, const char *const *arguments, int *ret_status);

/* A member by its dotted path, "answer.from"; NULL when there is none. */
json_t *field(const json_t *record, const char *path);
bool field_is_text(const json_t *record, const char *path, const char *text);
bool field_has_text(const json_t *record, const char *path, const char *part);
bool field_is_number(const json_t *record, const char *path, double low, double high);
bool has_note(const json_t *record, const char *note);
/* rtt_candidates_us has count members, ascending. */
bool has_candidates(const json_t *record, size_t count);
/* The whole record, for a message. */
const char *record_text(const json_t *record);

/* The record is evaluated once: it may be a call of probe(). */
#define expect_record(record, claim, ...)                                                                                                  \
	do {                                                                                                                               \
		const json_t *claimed = (record);                                                                                          \
		cr_assert(claim, __VA_ARGS__, record_text(claimed));                                                                       \
	} while (0)
#define expect_text(record, path, text) expect_record(record, field_is_text(claimed, path, text), "%s is not %s: %s", path, text)
#define expect_number(record, path, number)                                                                                                \
	expect_record(record, field_is_number(claimed, path, number, number), "%s is not %g: %s", path, (double)(number))
#define expect_between(record, path, low, high)                                                                                            \
	expect_record(record, field_is_number(claimed, path, low, high), "%s is not in %g..%g: %s", path, (double)(low), (double)(high))
#define expect_part(record, path, part)	 expect_record(record, field_has_text(claimed, path, part), "%s has no '%s': %s", path, part)
#define expect_explained(record, part)	 expect_part(record, "explain", part)
#define expect_null(record, path)	 expect_record(record, json_is_null(field(claimed, path)), "%s is not null: %s", path)
#define expect_note(record, note)	 expect_record(record, has_note(claimed, note), "note %s is missing: %s", note)
#define expect_no_note(record, note)	 expect_record(record, !has_note(claimed, note), "note %s is there: %s", note)
#define expect_candidates(record, count) expect_record(record, has_candidates(claimed, count), "not %d RTT candidates: %s", (int)(count))
#define expect_verdict(record, wanted_status, wanted_reason)                                                                               \
	expect_record(record, field_is_text(claimed, "status", wanted_status) && field_is_text(claimed, "reason", wanted_reason),          \
		      "not %s/%s: %s", wanted_status, wanted_reason)

/* What is claimed together. Each shows the whole record where it is wrong. */
void expect_syns(const json_t *record, unsigned sent, unsigned unanswered);
/* interface: NULL when there is none, as for what no device has had yet. */
void expect_drop(const json_t *record, const char *direction, const char *reason, const char *function, const char *interface);
/* Without an ICMP error: kind and sender. */
void expect_answer(const json_t *record, const char *kind, const char *from);
/* What the application was told, and that it was true. error: NULL for none. */
void expect_app(const json_t *record, const char *result, const char *error);
/* The same, but the kernel knows better: ECONNREFUSED where nobody closed a port. */
void expect_misled_app(const json_t *record, const char *result, const char *error);

/* The record of that type, with that text at the path unless NULL; fails the test when there is none, or a second one. */
json_t *scenario_record(json_t *lines, const char *type, const char *path, const char *text);

#endif
