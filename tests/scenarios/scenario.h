/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scenario in a few lines: have a lab, set its rules, run the program in its client, claim what
 * its JSON says.
 *
 * Criterion gives each test a process of its own, and a lab ends with the process that made it:
 * nothing here has to be freed. The program is $KTCPING, else ./ktcping.
 */
#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H

#include <stdint.h>
#include <sys/socket.h>

#include "tests/lab/lab.h"
#include "tests/scenarios/record.h"
#include "user/base/error.h"

/* The same test over IPv4 and over IPv6: BOTH_FAMILIES(open, real_server) { ... family ... } */
#define BOTH_FAMILIES(suite, name)                                                                 \
	static void suite##_##name(int family);                                                    \
	Test(suite, name##_v4)                                                                     \
	{                                                                                          \
		suite##_##name(AF_INET);                                                           \
	}                                                                                          \
	Test(suite, name##_v6)                                                                     \
	{                                                                                          \
		suite##_##name(AF_INET6);                                                          \
	}                                                                                          \
	static void suite##_##name(int family)

/* The lab's addresses of one family; see lab.h. */
struct places {
	const char *client, *router, *server, *peer, *peer_router, *nobody, *nowhere, *unrouted,
		*loopback;
};

const struct places *places_of(int family);

/*
 * What has not happened by then never will, however busy the machine is; nothing is expected to
 * take that long.
 */
#define SCENARIO_TIMEOUT_MS 120000

/*
 * A lab. Without root, ip, nft or TUN devices the test is skipped and says so; any other failure
 * fails it.
 */
struct lab *scenario_lab(void);
/*
 * One that receives in that way; skipped as well where there is no second processor to interrupt
 * from.
 */
struct lab *scenario_lab_receiving(enum lab_receive receive);
/* The test, and what it starts from now on, runs where the lab's client receives. */
void scenario_run_near(const struct lab *lab);

/* As lab_nft() and so on; a failure fails the test. */
void scenario_nft(struct lab *lab, enum lab_host host, const char *text);
void scenario_ip(struct lab *lab, enum lab_host host, const char *text);
void scenario_sysctl(struct lab *lab, enum lab_host host, const char *name, const char *value);
void scenario_listen(struct lab *lab, enum lab_host host, int family, uint16_t port);
/*
 * One more inet table, of one filter chain at the hook (once a hook): "output", "tcp dport 7000
 * drop".
 */
void scenario_chain(struct lab *lab, enum lab_host host, const char *hook, const char *rule);

/* Until the peer has read so many SYNs: the sign that a run has begun. A failure fails the test. */
void scenario_await_syns(const struct lab *lab, uint64_t count);

/*
 * Run the program: one probe of host and port from the client, further options as given. Returns
 * its probe record after claiming what holds of every run: valid lines in order, every field there,
 * a summary that agrees, and the exit status that belongs to the verdict. With KTCPING_AS_SCAN set
 * the same probe is a scan of one target, unless its options are none of a scan's: then every claim
 * about its record is one about scans as well (see SCAN_SUITES in tests.mk).
 */
#define probe(lab, host, port, ...)                                                                \
	scenario_probe(lab, host, port, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})
json_t *scenario_probe(struct lab *lab, const char *host, uint16_t port,
		       const char *const *options);
/* Once only, for what a first probe uses up; its record may not be complete. */
json_t *scenario_probe_once(struct lab *lab, const char *host, uint16_t port,
			    const char *const *options);
/* The same for a lab whose rules are used up by a probe: prepare is called before each try. */
typedef void (*scenario_prepare)(struct lab *lab);
json_t *scenario_probe_prepared(struct lab *lab, scenario_prepare prepare, const char *host,
				uint16_t port, const char *const *options);

/*
 * With KTCPING_TRACES=DIR the events of each run are kept there, as SUITE-TEST.trace (those of a
 * second one as SUITE-TEST-2.trace); see tests/record_traces.sh.
 * Returns how many options that takes: 0 or 2.
 */
size_t scenario_trace(const char **ret_options);

/*
 * All the lines that it printed, as an array, without any claim but that each is JSON; *ret_status
 * is its exit status.
 */
json_t *scenario_lines(struct lab *lab, const char *const *arguments, int *ret_status);

/*
 * The record of that type, with that text at the path unless NULL; fails the test when there is
 * none, or a second one.
 */
json_t *scenario_record(json_t *lines, const char *type, const char *path, const char *text);

#endif
