/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reports made by hand. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/report_fixture.h"

#define BEGIN_NS      1000000000000ull /* of the connect() */
#define US	      1000ull
#define MS	      1000000ull
#define ETH0	      2
#define CLIENT_IP     10, 1, 0, 2
#define SERVER_IP     10, 2, 0, 15
#define OLD_SERVER_IP 10, 2, 0, 9

#define IPV4(port, ...) address_make(AF_INET, (const uint8_t[4]){__VA_ARGS__}, port)

const struct fixture_case fixture_cases[FIXTURE_CASE_COUNT] = {
	{"open", fixture_open},		  {"retransmitted", fixture_retransmitted},
	{"ambiguous", fixture_ambiguous}, {"rewritten", fixture_rewritten},
	{"closed", fixture_closed},	  {"filtered", fixture_filtered},
	{"icmp", fixture_icmp},		  {"blocked", fixture_blocked},
	{"not sent", fixture_not_sent},	  {"incomplete", fixture_incomplete},
};

static int add_entry(struct report_fixture *fixture, struct entry entry, uint64_t after_ns)
{
	entry.time_ns = BEGIN_NS + after_ns;
	if (entry.count == 0)
		entry.count = 1;
	fixture->attempt.entries[fixture->attempt.entry_count] = entry;
	return fixture->attempt.entry_count++;
}

static int add_app(struct report_fixture *fixture, enum app_call call, enum app_phase phase,
		   int result, int error, uint64_t after_ns)
{
	return add_entry(
		fixture,
		(struct entry){
			.kind = EVENT_APP,
			.app = {.call = call, .phase = phase, .result = result, .error = error}},
		after_ns);
}

static int add_syn(struct report_fixture *fixture, uint64_t after_ns)
{
	fixture->verdict.syn_sent++;
	fixture->verdict.ifindex = ETH0;
	return add_entry(fixture,
			 (struct entry){.kind = EVENT_XMIT,
					.ifindex = ETH0,
					.flags = ENTRY_OWN,
					.tcp = {.seq = 1000,
						.tsval = 7,
						.window = 64240,
						.mss = 1460,
						.wscale = 7,
						.ttl = 64,
						.flags = TCP_FLAG_SYN,
						.options = TCP_HAS_MSS | TCP_HAS_WSCALE |
							   TCP_HAS_SACK | TCP_HAS_TIMESTAMPS,
						.queued_ns = 3120}},
			 after_ns);
}

static int add_answer(struct report_fixture *fixture, struct tcp_entry tcp, uint64_t after_ns)
{
	tcp.seq = 5000;
	tcp.ack = 1001;
	return add_entry(fixture,
			 (struct entry){.kind = EVENT_RECEIVE, .ifindex = ETH0, .tcp = tcp},
			 after_ns);
}

static int add_syn_ack(struct report_fixture *fixture, uint64_t after_ns)
{
	return add_answer(fixture,
			  (struct tcp_entry){.flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
					     .ttl = 63,
					     .window = 65160,
					     .mss = 1460,
					     .wscale = 7,
					     .tsval = 9,
					     .tsecr = 7,
					     .options = TCP_HAS_MSS | TCP_HAS_WSCALE |
							TCP_HAS_SACK | TCP_HAS_TIMESTAMPS},
			  after_ns);
}

static void cite(struct report_fixture *fixture, int entry)
{
	fixture->verdict.evidence[fixture->verdict.evidence_count++] = (int8_t)entry;
}

static void set_answer(struct report_fixture *fixture, enum answer_kind kind, int entry)
{
	fixture->verdict.answer = kind;
	fixture->verdict.answer_entry = (int8_t)entry;
	fixture->verdict.answer_from = fixture->target.address;
	cite(fixture, entry);
}

static void fixture_init(struct report_fixture *ret_fixture, uint64_t sequence, enum status status,
			 enum reason reason, const char *explain)
{
	struct report_fixture *fixture = ret_fixture;

	memset(fixture, 0, sizeof(*fixture));
	fixture->target = (struct target_report){
		.label = "db.internal:5432",
		.title = "db.internal:5432",
		.name = "db.internal",
		.address = IPV4(5432, SERVER_IP),
		.address_count = 2,
		.resolve_ns = 3 * MS,
		.source = IPV4(0, CLIENT_IP),
		.device = "eth0",
		.kernel = "6.18.44",
		.hooks = "all hooks",
	};
	fixture->attempt = (struct attempt){
		.netns = 4026531840,
		.source = IPV4(51234, CLIENT_IP),
		.wire_source = IPV4(51234, CLIENT_IP),
		.requested = fixture->target.address,
		.destination = fixture->target.address,
		.devices = {{.ifindex = ETH0, .name = "eth0"}},
		.device_count = 1,
		.is_ours = true,
	};
	fixture->verdict = (struct verdict){
		.status = status,
		.reason = reason,
		.is_complete = true,
		.rtt_ns = TIME_UNKNOWN_NS,
		.queue_ns = 3120,
		.neighbour_ns = 8400,
		.app_ns = TIME_UNKNOWN_NS,
		.watched_ns = 4000 * MS,
		.answer_entry = NO_ENTRY,
		.app_result = APP_RESULT_CONNECTED,
		.app_agrees = true,
	};
	fixture->probe = (struct probe_report){
		.target = &fixture->target,
		.sequence = sequence,
		.wall_ns = FIXTURE_WALL_NS,
		.since_start_ns = 1000123456,
		.attempt = &fixture->attempt,
		.verdict = &fixture->verdict,
		.explain = explain,
	};
	fixture->amendment =
		(struct amendment){.kind = AMENDMENT_NOT_ACCEPTED, .after_ns = 1001234500};
	fixture->amendment_report = (struct amendment_report){
		.target = &fixture->target,
		.sequence = sequence,
		.wall_ns = FIXTURE_WALL_NS + 1000 * MS,
		.since_start_ns = 2001357956,
		.amendment = &fixture->amendment,
		.explain = "after 1.0 s its SYN-ACK was repeated: the server has not accepted the "
			   "connection",
	};
	fixture->outstanding = (struct outstanding_report){
		.target = &fixture->target,
		.sequence = sequence,
		.wall_ns = FIXTURE_WALL_NS + 1000 * MS,
		.since_start_ns = 2000123456,
		.waited_ns = 1000 * MS,
		.explain = "2 SYNs sent, no answer yet",
	};
	fixture->move = (struct move_report){
		.target = &fixture->target,
		.from = IPV4(5432, OLD_SERVER_IP),
		.to = fixture->target.address,
		.wall_ns = FIXTURE_WALL_NS + 2000 * MS,
		.since_start_ns = 3000123456,
	};
}

void fixture_open(struct report_fixture *ret_fixture)
{
	int syn;

	fixture_init(ret_fixture, 1, STATUS_OPEN, REASON_SYN_ACK,
		     "a SYN-ACK came and the connection was established");
	add_entry(ret_fixture,
		  (struct entry){
			  .kind = EVENT_ROUTE, .ifindex = ETH0, .route = {.kind = ROUTE_UNICAST}},
		  -(uint64_t)(20 * US));
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	add_entry(ret_fixture,
		  (struct entry){.kind = EVENT_STATE, .state = {.old_state = 7, .new_state = 2}},
		  9 * US);
	syn = add_syn(ret_fixture, 21 * US);
	add_app(ret_fixture, APP_CONNECT, APP_RETURN, -1, EINPROGRESS, 30 * US);
	set_answer(ret_fixture, ANSWER_SYN_ACK, add_syn_ack(ret_fixture, 433 * US + 512));
	cite(ret_fixture, syn);
	cite(ret_fixture, add_entry(ret_fixture,
				    (struct entry){.kind = EVENT_STATE,
						   .state = {.old_state = 2, .new_state = 1}},
				    440 * US));
	ret_fixture->verdict.rtt_ns = 412 * US + 512;
	ret_fixture->verdict.app_ns = 440 * US;
	ret_fixture->verdict.watched_ns = 440 * US;
}

static void make_two_syns(struct report_fixture *ret_fixture, uint64_t sequence,
			  const char *explain, uint64_t answer_after_ns)
{
	fixture_init(ret_fixture, sequence, STATUS_OPEN, REASON_SYN_ACK, explain);
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	add_syn(ret_fixture, 21 * US);
	add_syn(ret_fixture, 1001200 * US);
	set_answer(ret_fixture, ANSWER_SYN_ACK, add_syn_ack(ret_fixture, answer_after_ns));
	ret_fixture->verdict.syn_unanswered = 1;
	ret_fixture->verdict.notes = NOTE_RETRANSMITTED;
	ret_fixture->verdict.app_ns = answer_after_ns + 2 * US;
	ret_fixture->verdict.watched_ns = answer_after_ns + 2 * US;
}

void fixture_retransmitted(struct report_fixture *ret_fixture)
{
	make_two_syns(ret_fixture, 2, "a SYN-ACK came and the connection was established",
		      1001598 * US);
	ret_fixture->verdict.rtt_ns = 398 * US;
}

void fixture_waited(struct report_fixture *ret_fixture)
{
	fixture_open(ret_fixture);
	ret_fixture->probe.wait =
		"the first SYN was dropped here: NETFILTER_DROP in nft_do_chain (outbound)";
	ret_fixture->probe.hint = "list the rules with: nft list ruleset";
	ret_fixture->verdict.app_ns = 1028900 * US;
}

void fixture_ambiguous(struct report_fixture *ret_fixture)
{
	make_two_syns(ret_fixture, 3,
		      "open after 2 SYNs, and which of them was answered is not certain",
		      1022077 * US);
	ret_fixture->verdict.notes |= NOTE_RTT_AMBIGUOUS;
	ret_fixture->verdict.rtt_candidates_ns[0] = 77 * US;
	ret_fixture->verdict.rtt_candidates_ns[1] = 1022056 * US;
	ret_fixture->verdict.rtt_candidate_count = 2;
}

void fixture_rewritten(struct report_fixture *ret_fixture)
{
	fixture_open(ret_fixture);
	ret_fixture->probe.sequence = 4;
	ret_fixture->probe.explain =
		"open, but at 10.9.0.1:15432: this host rewrote the destination";
	ret_fixture->verdict.notes = NOTE_REWRITTEN_TO;
	ret_fixture->verdict.wire_destination = IPV4(15432, 10, 9, 0, 1);
}

void fixture_closed(struct report_fixture *ret_fixture)
{
	fixture_init(ret_fixture, 5, STATUS_CLOSED, REASON_RESET,
		     "the target answered the SYN with a RST");
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	add_syn(ret_fixture, 21 * US);
	set_answer(ret_fixture, ANSWER_RST,
		   add_answer(ret_fixture,
			      (struct tcp_entry){.flags = TCP_FLAG_RST | TCP_FLAG_ACK, .ttl = 128},
			      12125 * US + 512));
	cite(ret_fixture,
	     add_entry(ret_fixture, (struct entry){.kind = EVENT_RESET_RECEIVED}, 12130 * US));
	ret_fixture->verdict.rtt_ns = 12104512;
	ret_fixture->verdict.app_ns = 12131 * US;
	ret_fixture->verdict.app_result = APP_RESULT_REFUSED;
	ret_fixture->verdict.app_error = ECONNREFUSED;
}

void fixture_filtered(struct report_fixture *ret_fixture)
{
	fixture_init(ret_fixture, 6, STATUS_FILTERED, REASON_NO_REPLY,
		     "4 SYNs left eth0, nothing came back in 4 s");
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	for (unsigned second = 0; second < 4; second++)
		cite(ret_fixture, add_syn(ret_fixture, second * 1000 * MS + 21 * US));
	cite(ret_fixture,
	     add_entry(ret_fixture, (struct entry){.kind = EVENT_DEADLINE}, 4000 * MS));
	ret_fixture->verdict.syn_unanswered = 4;
	ret_fixture->verdict.notes = NOTE_RETRANSMITTED;
	ret_fixture->verdict.app_result = APP_RESULT_IN_PROGRESS;
}

void fixture_icmp(struct report_fixture *ret_fixture)
{
	static const uint8_t target[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x15};
	static const uint8_t client[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x02};
	static const uint8_t router[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x01};
	struct entry icmp = {.kind = EVENT_RECEIVE,
			     .ifindex = ETH0,
			     .flags = ENTRY_ICMP,
			     .icmp = {.type = 1, .code = 3, .ttl = 64, .seq = 1000}};

	fixture_init(ret_fixture, 7, STATUS_UNREACHABLE, REASON_ICMP_HOST_UNREACHABLE,
		     "the router 2001:db8::1 says that it cannot reach the host");
	ret_fixture->target.address = address_make(AF_INET6, target, 5432);
	ret_fixture->attempt.requested = ret_fixture->target.address;
	ret_fixture->attempt.wire_source = address_make(AF_INET6, client, 51234);
	memcpy(icmp.icmp.from, router, sizeof(router));
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	add_syn(ret_fixture, 21 * US);
	set_answer(ret_fixture, ANSWER_ICMP, add_entry(ret_fixture, icmp, 3112345 * US));
	ret_fixture->verdict.answer_from = address_make(AF_INET6, router, 0);
	ret_fixture->verdict.rtt_candidates_ns[0] = 3112324 * US;
	ret_fixture->verdict.rtt_candidate_count = 1;
	ret_fixture->verdict.notes = NOTE_RTT_AMBIGUOUS;
	ret_fixture->verdict.app_result = APP_RESULT_UNREACHABLE;
	ret_fixture->verdict.app_error = EHOSTUNREACH;
}

void fixture_blocked(struct report_fixture *ret_fixture)
{
	struct entry drop = {.kind = EVENT_DROP,
			     .ifindex = ETH0,
			     .count = 3,
			     .drop = {.reason = "NETFILTER_DROP",
				      .function = "nft_do_chain",
				      .flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
				      .ack = 1001}};

	fixture_init(ret_fixture, 8, STATUS_BLOCKED, REASON_DROPPED_IN,
		     "the SYN-ACK arrived 3 times and was dropped here: NETFILTER_DROP in "
		     "nft_do_chain (inbound, eth0)");
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	add_syn(ret_fixture, 21 * US);
	set_answer(ret_fixture, ANSWER_SYN_ACK, add_syn_ack(ret_fixture, 422 * US));
	cite(ret_fixture, add_entry(ret_fixture, drop, 424 * US));
	ret_fixture->probe.hint = "the server is open; list the rules with: nft list ruleset | sed "
				  "-n '/hook input/,/^\\t}/p'";
	ret_fixture->verdict.rtt_ns = 401 * US;
	ret_fixture->verdict.app_result = APP_RESULT_IN_PROGRESS;
	ret_fixture->verdict.drop = (struct drop_summary){.reason = "NETFILTER_DROP",
							  .function = "nft_do_chain",
							  .ifindex = ETH0,
							  .count = 3};
}

void fixture_not_sent(struct report_fixture *ret_fixture)
{
	fixture_init(ret_fixture, 9, STATUS_BLOCKED, REASON_DROPPED_OUT,
		     "the SYN was dropped before it reached a device: nf_hook_slow");
	ret_fixture->attempt.source = (struct address){0};
	ret_fixture->attempt.wire_source = (struct address){0};
	ret_fixture->attempt.netns = 0;
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	cite(ret_fixture, add_entry(ret_fixture,
				    (struct entry){.kind = EVENT_DROP,
						   .drop = {.reason = "",
							    .function = "nf_hook_slow",
							    .is_outbound = true}},
				    12 * US));
	ret_fixture->verdict.queue_ns = TIME_UNKNOWN_NS;
	ret_fixture->verdict.neighbour_ns = TIME_UNKNOWN_NS;
	ret_fixture->verdict.app_result = APP_RESULT_ERROR;
	ret_fixture->verdict.app_error = EPERM;
	ret_fixture->verdict.drop = (struct drop_summary){
		.reason = "", .function = "nf_hook_slow", .count = 1, .is_outbound = true};
}

void fixture_incomplete(struct report_fixture *ret_fixture)
{
	fixture_init(ret_fixture, 10, STATUS_INCOMPLETE, REASON_EVENTS_LOST,
		     "17 events were lost while it was watched: silence proves nothing");
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	cite(ret_fixture, add_syn(ret_fixture, 21 * US));
	ret_fixture->attempt.overflow_count = 1;
	ret_fixture->attempt.lost_count = 17;
	ret_fixture->verdict.is_complete = false;
	ret_fixture->verdict.app_result = APP_RESULT_TIMED_OUT;
	ret_fixture->verdict.app_error = ETIMEDOUT;
	ret_fixture->verdict.app_agrees = false;
}

void fixture_asked_again(struct report_fixture *ret_fixture)
{
	fixture_open(ret_fixture);
	ret_fixture->probe.sequence = 10;
	ret_fixture->probe.others = (struct other_connects){
		.count = 1, .syn_sent = 2, .syn_unanswered = 2, .is_partial = true};
	ret_fixture->probe.repeat = REPEAT_DONE;
}

void fixture_asked_in_vain(struct report_fixture *ret_fixture)
{
	fixture_incomplete(ret_fixture);
	ret_fixture->probe.others = (struct other_connects){
		.count = 1, .syn_sent = 1, .syn_unanswered = 1, .is_partial = true};
	ret_fixture->probe.repeat = REPEAT_VAIN;
}

void fixture_replaced(struct report_fixture *ret_fixture)
{
	fixture_incomplete(ret_fixture);
	ret_fixture->probe.repeat = REPEAT_DUE;
}

static void add_hop(struct report_fixture *fixture, struct hop_entry hop, uint32_t ifindex,
		    uint64_t after_ns)
{
	hop.netns = 4026532461;
	add_entry(fixture, (struct entry){.kind = EVENT_HOP, .ifindex = ifindex, .hop = hop},
		  after_ns);
}

void fixture_hops(struct report_fixture *ret_fixture)
{
	fixture_init(ret_fixture, 11, STATUS_OPEN, REASON_SYN_ACK,
		     "a SYN-ACK came and the connection was established");
	add_app(ret_fixture, APP_CONNECT, APP_ENTER, 0, 0, 0);
	cite(ret_fixture, add_syn(ret_fixture, 21 * US));
	add_hop(ret_fixture, (struct hop_entry){.device = "veth1a2b", .is_received = true}, 7,
		25 * US);
	add_hop(ret_fixture,
		(struct hop_entry){.device = "eth1",
				   .changed = HOP_CHANGED_SOURCE,
				   .address = {10, 2, 0, 1},
				   .port = 40001},
		ETH0, 62 * US + 250);
	set_answer(ret_fixture, ANSWER_SYN_ACK, add_syn_ack(ret_fixture, 433 * US + 512));
	ret_fixture->verdict.rtt_ns = 412 * US + 512;
	path_of(&ret_fixture->attempt, &ret_fixture->path);
	ret_fixture->probe.path = &ret_fixture->path;
}

void fixture_hostile(struct report_fixture *ret_fixture)
{
	fixture_blocked(ret_fixture);
	ret_fixture->target.label = "\033]0;owned\007evil:80";
	ret_fixture->target.title = "\033]0;owned\007evil:80";
	ret_fixture->target.netns_name = "b\033[7mlue\377";
	ret_fixture->target.name = "\033]0;owned\007evil";
	ret_fixture->target.device = "\302\2332Jeth";
	ret_fixture->target.kernel = "6.18\r";
	ret_fixture->target.hooks = "all\thooks";
	ret_fixture->probe.explain = "dropped by \033[31mROOT\033[0m \377\376 · in … \303";
	ret_fixture->probe.hint = "first line\nsecond line";
	ret_fixture->verdict.drop.reason = "DROP\033[2J";
	ret_fixture->verdict.drop.function = "\300\200nft";
	memcpy(ret_fixture->attempt.devices[0].name, "eth\2330", 6);
	ret_fixture->amendment_report.explain = "after \b\b\b\b 1.0 s";
	ret_fixture->outstanding.explain = "waiting\r for \2332J";
}

void fixture_one_of_many(struct report_fixture *ret_fixture)
{
	fixture_open(ret_fixture);
	ret_fixture->target.title = "db.internal:5432(10.2.0.15)@blue";
	ret_fixture->target.netns_name = "blue";
	ret_fixture->target.is_each_address = true;
}

void fixture_unresolved(struct target_report *ret_target)
{
	*ret_target = (struct target_report){
		.label = "nosuch.example:80",
		.title = "nosuch.example:80",
		.name = "nosuch.example",
		.resolve_ns = TIME_UNKNOWN_NS,
		.kernel = "6.18.44",
		.hooks = "all hooks",
		.failure = "name not resolved: no address associated with hostname",
	};
}
