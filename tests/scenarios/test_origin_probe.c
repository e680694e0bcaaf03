/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Probes made in the lab's client by a thread that is somewhere else, seen by the real kernel side:
 * what becomes of them.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenarios/origin_fixture.h"
#include "user/core/correlate/correlate.h"
#include "user/io/clock.h"
#include "user/io/kernel/observer.h"
#include "user/io/net/prober.h"
#include "user/io/net/prober_ask.h"
#include "user/words/explain.h"
#include "user/words/reasons.h"
#include "user/words/vocabulary.h"

#define PORT 4000

/* A probe as the program makes it, seen by the real kernel side. */
struct run {
	struct lab *lab;
	struct observer *observer;
	struct correlator *correlator;
	struct origin *origin;
	struct probe_socket socket;
	struct verdict verdict;
	struct attempt attempt; /* at the verdict */
	unsigned binds, connects;
	char netns[64], sentence[EXPLAIN_MAX];
};

static void take(void *context, const struct event *event)
{
	struct run *run = context;

	run->binds += event->kind == EVENT_APP && event->app.call == APP_BIND;
	run->connects += event->kind == EVENT_APP && event->app.call == APP_CONNECT &&
			 event->app.phase == APP_RETURN;
	correlator_feed(run->correlator, event);
}

/* run stays where it is: the origin refers to its netns. */
static void run_open(struct run *run, const struct source *source)
{
	struct error error;

	memset(run, 0, sizeof(*run));
	run->lab = scenario_lab();
	run->origin = client_origin(run->lab, source, run->netns);
	run->correlator = correlator_new(16, WATCH_ON_NS);
	run->observer = observer_new(
		&(struct observer_config){.ring_bytes = 1 << 20, .rings = 1, .attempts = 16},
		&error);
	cr_assert(run->observer, "%s", error.text);
	ring_set_active(observer_ring(run->observer, 0), 1);
}

static int run_connect(struct run *run, struct probe_request request)
{
	struct prober_sink sink = {take, run};

	request.origin = run->origin;
	return prober_connect(&request, sink, &run->socket);
}

static bool run_take_notices(struct run *run)
{
	struct notice notice;
	struct judgement judgement;

	while (correlator_next(run->correlator, &notice)) {
		if (!notice.attempt->is_ours)
			continue;
		if (notice.kind == NOTICE_QUERY)
			prober_ask(&run->socket,
				   &(struct prober_question){.needs_path = notice.needs_path,
							     .left_by = notice.left_by},
				   (struct prober_sink){take, run});
		if (notice.kind != NOTICE_VERDICT)
			continue;
		run->verdict = notice.verdict;
		run->attempt = *notice.attempt;
		judgement = notice_judgement(&notice);
		explain_verdict(&judgement, run->sentence);
		return true;
	}
	return false;
}

/*
 * Until the verdict; change happens when the attempt is that old. Timers of the kernel decide how
 * many SYNs there are by then, so nobody counts them.
 */
static void run_judge(struct run *run, uint64_t change_ms, const char *change, uint64_t deadline_ms)
{
	uint64_t began_ns = clock_now_ns(), deadline_ns = began_ns + deadline_ms * MILLISECOND_NS;
	bool is_changed = !change, is_over = false;

	for (;;) {
		uint64_t now_ns = clock_now_ns();

		if (!is_changed && now_ns >= began_ns + change_ms * MILLISECOND_NS) {
			scenario_ip(run->lab, LAB_CLIENT, change);
			is_changed = true;
		}
		if (!is_over && now_ns >= deadline_ns) {
			struct event event = {.kind = EVENT_DEADLINE,
					      .time_ns = deadline_ns,
					      .key = run->socket.key};

			take(run, &event);
			is_over = true;
		}
		ring_drain(observer_ring(run->observer, 0), (struct ring_sink){take, run});
		if (run_take_notices(run))
			return;
		cr_assert_lt(now_ns, deadline_ns + 5000 * MILLISECOND_NS, "no verdict");
		usleep(1000);
	}
}

#define expect_judged(run, wanted_status, wanted_reason)                                           \
	cr_expect((run)->verdict.status == (wanted_status) &&                                      \
			  (run)->verdict.reason == (wanted_reason),                                \
		  "%s/%s: %s", status_name((run)->verdict.status),                                 \
		  reason_name((run)->verdict.reason), (run)->sentence)

BOTH_FAMILIES(origin, a_probe_from_another_namespace_is_judged_there)
{
	struct source source = any_source();
	struct run run;

	source.v4 = address_of(LAB_CLIENT4, 0);
	source.v6 = address_of(LAB_CLIENT6, 0);
	source.device = "eth0";
	run_open(&run, &source);
	scenario_listen(run.lab, LAB_SERVER, family, 80);
	cr_assert_eq(run_connect(&run,
				 (struct probe_request){
					 .destination = address_of(places_of(family)->server, 80),
					 .source_port = PORT,
					 .ttl = 9}),
		     0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_OPEN, REASON_SYN_ACK);
	cr_expect_eq(run.attempt.source.port, PORT);
	cr_expect(address_same_host(&run.attempt.source,
				    family == AF_INET ? &source.v4 : &source.v6));
	cr_expect_eq(run.attempt.entries[run.verdict.evidence[0]].tcp.ttl, 9);
	cr_expect_str_eq(attempt_device_name(&run.attempt, run.verdict.ifindex), "eth0");
}

BOTH_FAMILIES(origin, a_source_that_is_not_there_is_the_probes_outcome)
{
	struct source address = any_source(), device = any_source();
	struct run run;

	address.v4 = address_of("10.99.0.1", 0);
	address.v6 = address_of("fd00:99::1", 0);
	device.device = "eth9";
	run_open(&run, &address);
	cr_assert_eq(run_connect(&run,
				 (struct probe_request){
					 .destination = address_of(places_of(family)->server, 80)}),
		     0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
	cr_expect_eq(run.verdict.app_error, EADDRNOTAVAIL);
	cr_expect_eq(run.verdict.app_result, APP_RESULT_ERROR);
	cr_expect_eq(run.connects, 0);

	origin_free(run.origin);
	run.origin = client_origin(run.lab, &device, run.netns);
	cr_assert_eq(run_connect(&run,
				 (struct probe_request){
					 .destination = address_of(places_of(family)->server, 80)}),
		     0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_BLOCKED, REASON_NO_DEVICE);
	cr_expect_eq(run.verdict.app_error, ENODEV);
}

/* A listener has the port, and does not share it. */
BOTH_FAMILIES(origin, a_source_port_in_use_is_nothing_but_at_the_last_try)
{
	struct source source = any_source();
	struct run run;
	struct probe_request request = {.destination = address_of(places_of(family)->server, 80),
					.source_port = PORT};
	int other_family = family == AF_INET ? AF_INET6 : AF_INET;

	run_open(&run, &source);
	scenario_listen(run.lab, LAB_CLIENT, family, PORT);
	cr_expect_eq(run_connect(&run, request), -EADDRINUSE);
	cr_expect_eq(run.binds + run.connects, 0);
	request.is_last_try = true;
	cr_assert_eq(run_connect(&run, request), 0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_BLOCKED, REASON_NO_SOURCE_PORT);
	cr_expect(strstr(run.sentence, "source port 4000 is in use"), "%s", run.sentence);
	cr_expect_eq(run.verdict.app_error, EADDRINUSE);

	/* The other family's ports are others. */
	request.destination = address_of(places_of(other_family)->server, 80);
	request.is_last_try = false;
	cr_assert_eq(run_connect(&run, request), 0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_CLOSED, REASON_RESET);
}

Test(origin, one_source_port_serves_several_targets_at_once_but_one_target_only_once)
{
	struct source source = any_source();
	struct run run;
	struct probe_request request = {.destination = address_of(LAB_SERVER4, 80),
					.source_port = PORT};

	run_open(&run, &source);
	scenario_listen(run.lab, LAB_SERVER, AF_INET, 80);
	scenario_listen(run.lab, LAB_ROUTER, AF_INET, 80);
	cr_assert_eq(run_connect(&run, request), 0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_OPEN, REASON_SYN_ACK);
	request.destination = address_of(LAB_ROUTER4, 80);
	cr_assert_eq(run_connect(&run, request), 0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_OPEN, REASON_SYN_ACK);
	cr_assert_eq(run_connect(&run, request), 0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_BLOCKED, REASON_NO_SOURCE_PORT);
	cr_expect(strstr(run.sentence, "4000 is in use for another connection"), "%s",
		  run.sentence);
}

Test(origin, a_link_local_source_needs_no_scope_beside_its_device)
{
	struct source source = any_source();
	struct run run;
	struct address destination = address_of("fe80::2", 80);

	source.device = "eth0";
	source.v6 = address_of("fe80::1", 0);
	run_open(&run, &source);
	scenario_ip(run.lab, LAB_CLIENT, "address add fe80::1/64 dev eth0 nodad\n");
	scenario_ip(run.lab, LAB_ROUTER, "address add fe80::2/64 dev eth0 nodad\n");
	destination.scope = origin_ifindex(run.origin, "eth0");
	cr_assert_eq(run_connect(&run, (struct probe_request){.destination = destination,
							      .source_port = PORT}),
		     0);
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_CLOSED, REASON_RESET);
}

/* The silent peer is behind tun0; 300 ms after the SYN something goes. */
static void expect_lost(int family, const struct source *source, const char *prepare,
			const char *change, enum status status, enum reason reason)
{
	struct run run;

	for (int tries = 0; tries < 3; tries++) { /* where evidence was lost it is asked again */
		run_open(&run, source);
		if (prepare)
			scenario_ip(run.lab, LAB_CLIENT, prepare);
		lab_peer_rule(run.lab, 81, (struct peer_rule){.answer = PEER_SILENT});
		cr_assert_eq(
			run_connect(&run,
				    (struct probe_request){.destination = address_of(
								   places_of(family)->peer, 81)}),
			0);
		run_judge(&run, 300, change, 1500);
		if (run.verdict.reason != REASON_EVENTS_LOST)
			break;
	}
	cr_expect(run.verdict.status == status && run.verdict.reason == reason, "%s: %s/%s: %s",
		  change, status_name(run.verdict.status), reason_name(run.verdict.reason),
		  run.sentence);
	cr_expect_gt(run.verdict.syn_sent, 0);
}

BOTH_FAMILIES(origin, a_device_that_goes_is_not_silence)
{
	struct source by_device = any_source(), plain = any_source();

	by_device.device = "tun0";
	expect_lost(family, &by_device, NULL, "link delete tun0\n", STATUS_BLOCKED,
		    REASON_NO_DEVICE);
	expect_lost(family, &plain, NULL, "link delete tun0\n", STATUS_UNREACHABLE,
		    REASON_NO_ROUTE);
}

Test(origin, another_device_of_the_same_name_is_not_the_one_that_went)
{
	struct source source = any_source();

	source.device = "tun0";
	expect_lost(AF_INET, &source, NULL,
		    "link delete tun0\n"
		    "link add tun0 type veth peer name tun0_peer\n"
		    "link set tun0 up\n"
		    "address add 10.9.0.1/24 dev tun0\n",
		    STATUS_BLOCKED, REASON_NO_DEVICE);
}

/*
 * The SYN waits for a next hop that is not there, and is thrown away with the device. The socket is
 * told of the route then: nobody rejected anything.
 */
BOTH_FAMILIES(origin, a_syn_that_waited_for_its_next_hop_goes_with_the_device)
{
	struct source source = any_source();
	struct run run;

	run_open(&run, &source);
	cr_assert_eq(run_connect(&run,
				 (struct probe_request){
					 .destination = address_of(places_of(family)->nobody, 81)}),
		     0);
	run_judge(&run, 300, "link delete eth0\n", 1500);
	expect_judged(&run, STATUS_UNREACHABLE, REASON_NO_ROUTE);
	cr_expect_eq(run.verdict.syn_sent, 0);
	cr_expect(strstr(run.sentence, "no SYN has left this host"), "%s", run.sentence);
}

/*
 * The route stays, by another address of the net: the kernel may even go on sending (IPv6), but
 * nobody could answer.
 */
BOTH_FAMILIES(origin, a_source_address_that_goes_is_not_silence)
{
	struct source source = any_source(), plain = any_source();

	source.v4 = address_of("10.9.0.9", 0);
	source.v6 = address_of("fd00:9::99", 0);
	expect_lost(family, &source,
		    "address add 10.9.0.9/24 dev tun0\n"
		    "address add fd00:9::99/64 dev tun0 nodad\n",
		    "address delete 10.9.0.9/24 dev tun0\n"
		    "address delete fd00:9::99/64 dev tun0\n",
		    STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
	/* The kernel's own choice, with a route that does not depend on it. */
	expect_lost(family, &plain,
		    "route add 10.9.0.7/32 dev tun0 src 10.1.0.2\n"
		    "route add fd00:9::7/128 dev tun0 src fd00:1::2\n",
		    "route replace 10.9.0.7/32 dev tun0\n"
		    "route delete fd00:9::7/128 dev tun0\n"
		    "address delete 10.1.0.2/24 dev eth0\n"
		    "address delete fd00:1::2/64 dev eth0\n",
		    STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
}

/*
 * Binding to an address that nobody has is allowed there: that it is not ours was so from the
 * beginning.
 */
/* It may be bound to, but no answer to it comes in. */
Test(origin, a_foreign_source_that_is_allowed_is_no_source)
{
	struct source source = any_source();
	struct run run;

	source.v6 = address_of("fd00:99::1", 0);
	run_open(&run, &source);
	scenario_sysctl(run.lab, LAB_CLIENT, "net/ipv6/ip_nonlocal_bind", "1");
	lab_peer_rule(run.lab, 81, (struct peer_rule){.answer = PEER_SILENT});
	cr_assert_eq(
		run_connect(&run, (struct probe_request){.destination = address_of(LAB_PEER6, 81)}),
		0);
	run_judge(&run, 0, NULL, 300);
	expect_judged(&run, STATUS_BLOCKED, REASON_NO_SOURCE_ADDRESS);
}

Test(origin, the_deadline_of_the_run_is_told_as_such)
{
	struct source source = any_source();
	struct run run;

	run_open(&run, &source);
	lab_peer_rule(run.lab, 81, (struct peer_rule){.answer = PEER_SILENT});
	cr_assert_eq(
		run_connect(&run, (struct probe_request){.destination = address_of(LAB_PEER4, 81)}),
		0);
	prober_abandon(&run.socket, ABANDON_DEADLINE, (struct prober_sink){take, &run});
	run_judge(&run, 0, NULL, 4000);
	expect_judged(&run, STATUS_ABORTED, REASON_INTERRUPTED);
	cr_expect(strstr(run.sentence, "the run's deadline (-w)"), "%s", run.sentence);
}
