/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * As beside a network card: interrupts come anywhere, also while a tracing program is at work, and
 * the kernel skips it then. No verdict may be wrong for that; few may be incomplete, and only when
 * events are counted as lost.
 */
#include "tests/lab/mixture.h"
#include "tests/lab/noise.h"
#include "tests/scenarios/kinds.h"
#include "tests/scenarios/watch.h"

#define TIMEOUT	   "2.5s" /* three SYNs: a busy machine may drop one */
#define NOISE	   30000  /* packets a second; more leave the other scenarios no processor */
#define MANY_PORTS 16384
#define WHOLE_OF   100 /* at most one of so many may be incomplete, ... */
#define WHOLE_BASE                                                                                 \
	8 /* ... and so many besides: tracing may pass over a batch of packets, for everybody */

static struct lab *interrupted_lab(enum lab_receive receive)
{
	struct lab *lab = scenario_lab_receiving(receive);

	scenario_run_near(lab);
	return lab;
}

static void expect_good(const struct audit *audit)
{
	unsigned long unproven = audit->incomplete + audit->partial;

	cr_assert_eq(audit->wrong, 0, "%lu of %lu verdicts are wrong; see above", audit->wrong,
		     audit->records);
	cr_assert(audit_is_balanced(audit),
		  "%lu are incomplete, %lu in part, and no event was lost; see above",
		  audit->incomplete, audit->partial);
	cr_assert_leq(unproven, WHOLE_BASE + audit->records / WHOLE_OF,
		      "%lu of %lu are not complete; see above", unproven, audit->records);
}

static void expect_mixture(enum lab_receive receive, int family, unsigned server_ports)
{
	struct lab *lab = interrupted_lab(receive);
	struct mixture_scan scan;
	struct error error;

	cr_assert_eq(mixture_set(lab, family, &error), 0, "%s", error.text);
	cr_assert_eq(mixture_scan(lab, family, cli_program(), server_ports,
				  (int)lab->near_processor, &scan, &error),
		     0, "%s", error.text);
	expect_good(&scan.audit);
	cr_assert_gt(scan.misses, 0, "nothing was interrupted, so that nothing was tested");
}

/* Of one family, every port. */
BOTH_FAMILIES(interrupted, ports_of_a_server)
{
	expect_mixture(LAB_RECEIVE_INTERRUPTS, family,
		       family == AF_INET ? MIXTURE_ALL_PORTS : MANY_PORTS);
}

BOTH_FAMILIES(interrupted, many_ports_of_a_server_received_by_thread)
{
	expect_mixture(LAB_RECEIVE_THREADS, family, MANY_PORTS);
}

/* Once, because asking again would hide what was lost. */
static void expect_kinds_once(struct lab *lab, unsigned long count, const char *const *argv)
{
	struct command_process process = cli_start_run(lab, argv);
	struct command_result result = cli_finish(&process);
	struct audit audit = audit_read(result.output.bytes, kind_verdict);

	cr_assert_eq(audit.records, count, "%lu records, not %lu; status %d: %s", audit.records,
		     count, result.status, result.errors.bytes);
	expect_good(&audit);
}

#define expect_kinds(lab, count, ...)                                                              \
	expect_kinds_once(lab, count, (const char *const[]){cli_program(), "-j", __VA_ARGS__, NULL})

static void expect_every_kind(struct lab *lab, int family)
{
	const char *peer = places_of(family)->peer;

	expect_kinds(lab, 2 * KINDS, "-c", "2", "-i", "200ms", "-W", TIMEOUT, "--hold", "0", "-p",
		     KINDS_ONCE, peer);
	expect_kinds(lab, KINDS_PORTS, "--shuffle", "-W", TIMEOUT, "-p", KINDS_LIST, peer);
}

BOTH_FAMILIES(interrupted, every_kind)
{
	struct lab *lab = interrupted_lab(LAB_RECEIVE_INTERRUPTS);

	kinds_set(lab, family);
	expect_every_kind(lab, family);
}

BOTH_FAMILIES(interrupted, every_kind_received_by_thread)
{
	struct lab *lab = interrupted_lab(LAB_RECEIVE_THREADS);

	kinds_set(lab, family);
	expect_every_kind(lab, family);
}

BOTH_FAMILIES(interrupted, every_kind_in_a_flood_of_other_traffic)
{
	struct lab *lab = interrupted_lab(LAB_RECEIVE_INTERRUPTS);
	struct noise noise;
	struct error error;

	kinds_set(lab, family);
	cr_assert_eq(noise_start(lab, family, NOISE, &noise, &error), 0, "%s", error.text);
	expect_every_kind(lab, family);
	cr_assert_gt(noise_stop(&noise), NOISE);
}

/*
 * Nothing listens at 7001, this host redirects 7002, the router refuses 7003, the server's firewall
 * drops 7004.
 */
static struct lab *lab_to_watch(int family)
{
	struct lab *lab = interrupted_lab(LAB_RECEIVE_INTERRUPTS);

	scenario_listen(lab, LAB_SERVER, family, 7000);
	scenario_listen(lab, LAB_CLIENT, family, 3128);
	scenario_nft(lab, LAB_CLIENT,
		     "table inet t {\n chain c {\n type nat hook output priority -100\n tcp dport "
		     "7002 redirect to :3128\n }\n}\n");
	scenario_chain(lab, LAB_ROUTER, "forward",
		       "tcp dport 7003 reject with icmpx admin-prohibited");
	scenario_chain(lab, LAB_SERVER, "input", "tcp dport 7004 drop");
	return lab;
}

/* An honest program, to all but the silent port; and one that takes "in progress" for success. */
#define WATCHED	       "$1 -c 20 -i 0.05 $3 7004 & $2 100 $3 7000 7001 7002 7003; wait"
#define CONNECTS       (20 + 4 * 100)
#define CONTRADICTIONS (20 + 100) /* of that one, and where it is this host that answers */

/* The silent port is given up before a second SYN is due. */
static struct audit_verdict watch_verdict(const char *address, unsigned port)
{
	static const struct audit_verdict verdicts[] = {{"open", "syn-ack"},
							{"closed", "reset"},
							{"intercepted", "redirected-local"},
							{"filtered", "icmp-admin-prohibited"},
							{"aborted", "closed-early"}};

	cr_assert(port >= 7000 && port <= 7004, "port %u of %s is none of these", port, address);
	return verdicts[port - 7000];
}

BOTH_FAMILIES(interrupted, what_other_programs_do)
{
	struct watching watching =
		watch_start(lab_to_watch(family), "--children", "--", "sh", "-c", WATCHED, "sh",
			    liar("naive-tcping"), liar("epoll-client"), places_of(family)->server);
	struct watched watched = watch_finish(&watching);
	struct audit audit = {0};
	const json_t *line;
	size_t i;

	json_array_foreach(watched.lines, i, line) audit_record(&audit, watch_verdict, line);
	cr_assert_eq(audit.records, CONNECTS, "%lu records, not %d; it said: %s", audit.records,
		     CONNECTS, watched.said);
	expect_good(&audit);
	/* What is not all there accuses less, never more: this host's own end may not be seen. */
	cr_assert(audit.contradictions <= CONTRADICTIONS &&
			  audit.contradictions + audit.partial >= CONTRADICTIONS,
		  "%lu contradictions, not %d, and %lu records in part", audit.contradictions,
		  CONTRADICTIONS, audit.partial);
}
