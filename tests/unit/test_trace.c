/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Traces: what was written is read back exactly, and what cannot be read is refused with a
 * sentence.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "user/io/files/trace.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct packet syn_ack = {
	.kind = PACKET_TCP,
	.source = {.bytes = {10, 2, 0, 2}, .port = 80, .family = AF_INET},
	.destination = {.bytes = {10, 1, 0, 2}, .port = 40000, .family = AF_INET},
	.ttl = 63,
	.ip_id = 4711,
	.tcp = {.seq = 4294967295u,
		.ack = 2,
		.tsval = 123,
		.tsecr = 456,
		.window = 64240,
		.mss = 1460,
		.flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
		.wscale = 7,
		.options = TCP_HAS_MSS | TCP_HAS_WSCALE | TCP_HAS_SACK | TCP_HAS_TIMESTAMPS},
};

static const struct packet icmp6_error = {
	.kind = PACKET_ICMP,
	.source = {.bytes = {0xfe, 0x80, [15] = 1}, .family = AF_INET6, .scope = 2},
	.destination = {.bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 9}, .family = AF_INET6},
	.ttl = 255,
	.icmp_type = 1,
	.icmp_code = 4,
	.tcp_is_cut = true,
	.mtu = 1280,
	.tcp = {.seq = 7},
	.quoted_source = {.bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 9},
			  .family = AF_INET6,
			  .port = 65535},
	.quoted_destination = {.bytes = {[10] = 0xff, 0xff, 10, 0, 0, 1},
			       .family = AF_INET6,
			       .port = 1},
};

/* Every flag, every option, and bits that have no name yet. */
static const struct packet all_bits = {.kind = PACKET_TCP, .tcp = {.flags = 0xff, .options = 0xff}};

/* Each kind with each of its members set, the hard values among them. */
static const struct event events[] = {
	{.time_ns = 0, .kind = EVENT_DEADLINE, .key = {.cookie = 77, .number = 1}},
	{.time_ns = UINT64_MAX, .kind = EVENT_DRAINED},
	{.time_ns = 999999999, .kind = EVENT_END},
	{.time_ns = 1,
	 .kind = EVENT_RUN,
	 .netns = 4026531840,
	 .run = {.wall_ns = 1764489600000000001,
		 .subject = "3 hosts",
		 .kernel = "6.18.44",
		 .hooks = "without icmp_send, tcp_bad_csum",
		 .is_watch = true,
		 .device = "eth0",
		 .source_v4 = {.bytes = {10, 9, 9, 9}, .family = AF_INET},
		 .source_v6 = {.bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 9}, .family = AF_INET6},
		 .has_mark = true,
		 .has_tos = true,
		 .tos = 0xb8,
		 .mark = UINT32_MAX}},
	{.time_ns = 2,
	 .kind = EVENT_TARGET,
	 .target = {.number = UINT32_MAX,
		    .name = "b\303\274cher.example",
		    .label = "b\303\274cher.example:443",
		    .netns = "/run/a b/%",
		    .failure = "name not resolved: no such name",
		    .address = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 443},
		    .source = {.bytes = {10, 1, 0, 2}, .family = AF_INET},
		    .device = "eth0",
		    .address_count = 2,
		    .is_each_address = true,
		    .has_ended = true,
		    .has_moved = true,
		    .resolve_ns = 1500000000}},
	{.time_ns = 3,
	 .kind = EVENT_PROGRAM,
	 .program = {.cgroup = UINT64_MAX, .path = "/system.slice/docker-\n.scope"}},
	{.time_ns = 4,
	 .kind = EVENT_SUMMARY,
	 .summary = {.is_final = true,
		     .hosts = UINT64_MAX,
		     .is_accounted_for = true,
		     .is_of_command = true,
		     .connections = 7,
		     .preload = ""}},
	{.time_ns = 5,
	 .kind = EVENT_REPORT,
	 .key = {77, 1},
	 .report = {REPORT_AMENDMENT, .repeat = 2, .target = 3, .sequence = UINT64_MAX}},
	{.time_ns = 1,
	 .kind = EVENT_LOST,
	 .netns = 5,
	 .lost = {.from_ns = 999999999, .to_ns = UINT64_MAX, .count = UINT64_MAX}},
	{.time_ns = 1000000000, .kind = EVENT_UNKNOWN},
	{.time_ns = 12000000123,
	 .kind = EVENT_APP,
	 .netns = UINT32_MAX,
	 .key = {.cookie = UINT64_MAX, .number = UINT32_MAX},
	 .app = {.call = APP_CONNECT,
		 .phase = APP_ENTER,
		 .target = UINT32_MAX,
		 .sequence = UINT64_MAX,
		 .is_ours = true,
		 .probe = 7,
		 .address = {.bytes = {0xfe, 0x80, [15] = 1},
			     .family = AF_INET6,
			     .scope = UINT32_MAX,
			     .port = 443}}},
	{.kind = EVENT_APP,
	 .key = {.cookie = 1},
	 .app = {.call = APP_CONNECT, .phase = APP_RETURN, .result = -1, .error = ECONNREFUSED}},
	{.kind = EVENT_APP,
	 .key = {.number = 1},
	 .app = {.call = APP_SO_ERROR, .phase = APP_RETURN, .result = INT32_MIN, .error = 41}},
	{.kind = EVENT_APP,
	 .app = {.call = APP_POLL, .phase = APP_RETURN, .result = INT32_MAX, .error = INT32_MAX}},
	{.kind = EVENT_APP, .app = {.call = APP_CLOSE, .phase = APP_ENTER}},
	{.kind = EVENT_APP, .app = {.call = APP_ABANDON, .phase = APP_ENTER, .error = -5}},
	{.kind = EVENT_ROUTE,
	 .route = {.kind = ROUTE_UNICAST,
		   .gateway = {.bytes = {10, 0, 0, 1}, .family = AF_INET},
		   .ifindex = 2,
		   .device = "fifteen_letters"}},
	{.kind = EVENT_APP, .app = {.call = APP_ABANDON, .phase = APP_ENTER, .result = 1}},
	{.kind = EVENT_APP,
	 .app = {.call = APP_BIND,
		 .phase = APP_RETURN,
		 .is_ours = true,
		 .result = -1,
		 .error = EADDRINUSE,
		 .address = {.family = AF_INET, .port = 4000}}},
	{.kind = EVENT_ROUTE, .route = {.kind = ROUTE_UNKNOWN}},
	{.kind = EVENT_ROUTE, .route = {.kind = ROUTE_NO_NAMESPACE}},
	{.kind = EVENT_ROUTE, .route = {.kind = ROUTE_NO_DEVICE}},
	{.kind = EVENT_ROUTE, .route = {.kind = ROUTE_NO_SOURCE}},
	{.kind = EVENT_NEIGHBOUR,
	 .neighbour = {.state = NEIGHBOUR_FAILED,
		       .address = {.bytes = {0xfe, 0x80, [15] = 2}, .family = AF_INET6},
		       .ifindex = 3}},
	{.kind = EVENT_NEIGHBOUR,
	 .neighbour = {.state = NEIGHBOUR_INCOMPLETE,
		       .address = {.bytes = {10, 0, 0, 77}, .family = AF_INET},
		       .ifindex = 3,
		       .is_own = true,
		       .device = "eth0"}},
	{.kind = EVENT_TASK,
	 .task = {.pid = 1, .tid = 2, .uid = 1000, .cgroup = UINT64_MAX, .comm = "a b"}},
	{.kind = EVENT_HOST, .host = {7, 8, 1, 2, 3, true, true}},
	{.kind = EVENT_LINK,
	 .link = {.ifindex = 3, .has_carrier = true, .has_xdp = true, .device = "eth 0"}},
	{.kind = EVENT_STATE,
	 .state = {.source = {.bytes = {10, 1, 0, 2}, .family = AF_INET},
		   .destination = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 80},
		   .old_state = 7,
		   .new_state = 2,
		   .pid = 4194304,
		   .comm = "a b=%\t\xc3\xa4#\x7f"}},
	{.kind = EVENT_STATE, .state = {.old_state = 255, .new_state = 13}},
	{.kind = EVENT_LOCAL_ACCEPT,
	 .state = {.old_state = 3, .new_state = 1, .source = {.family = AF_INET, .port = 1}}},
	{.kind = EVENT_RESET_RECEIVED, .state = {.old_state = 2, .new_state = 12}},
	{.kind = EVENT_RETRANSMIT, .error = {.error = -EPERM}},
	{.kind = EVENT_RETRANSMIT, .error = {.error = 1, .error_soft = 2}},
	{.kind = EVENT_ERROR_REPORT, .error = {.error = EHOSTUNREACH, .error_soft = ENETUNREACH}},
	{.kind = EVENT_QUEUE,
	 .packet = {.packet = syn_ack, .ifindex = 2, .device = "eth0", .is_own = true}},
	{.kind = EVENT_XMIT,
	 .packet = {.packet = syn_ack,
		    .ifindex = 1,
		    .device = "lo",
		    .is_loopback = true,
		    .skb = UINT64_MAX}},
	{.kind = EVENT_RECEIVE,
	 .packet = {.packet = icmp6_error, .ifindex = UINT32_MAX, .device = "eth0:1"}},
	{.kind = EVENT_RECEIVE, .packet = {.packet = all_bits}},
	{.kind = EVENT_SOCKET_INFO,
	 .key = {.cookie = 3, .number = 1},
	 .info = {.state = 2, .retransmits = 4, .sent = 6}},
	{.kind = EVENT_RESET_SENT, .key = {.cookie = 3}},
	{.kind = EVENT_BAD_CHECKSUM, .packet = {.packet = syn_ack}},
	{.kind = EVENT_HOP,
	 .netns = 1,
	 .packet = {.packet = syn_ack,
		    .device = "eth1",
		    .hop_netns = UINT32_MAX,
		    .is_received = true}},
	{.kind = EVENT_HOP, .packet = {.packet = icmp6_error, .ifindex = 1}},
	{.kind = EVENT_DROP,
	 .packet = {.packet = syn_ack,
		    .reason = "NETFILTER_DROP",
		    .function = "sixty_three_letters_are_what_a_symbol_may_have_at_most_12345678"}},
};

static char *line_of(const struct event *event)
{
	char *line = NULL;
	size_t bytes;
	FILE *out = open_memstream(&line, &bytes);

	trace_write(out, event);
	fclose(out);
	return line;
}

/* Strings are somewhere else when they were read: they are compared as text. */
static void expect_same(const struct event *read, const struct event *written, const char *line)
{
	char *again = line_of(read);

	cr_expect_str_eq(again, line);
	free(again);
	if (written->kind < EVENT_RUN)
		cr_expect_eq(memcmp(read, written, sizeof(*read)), 0, "%s", line);
}

/* parse() leaves its line as it is; strings are valid until the next one. */
static int parse(const char *line, struct event *ret_event, struct error *ret_error)
{
	static char copy[TRACE_LINE_MAX];

	cr_assert_lt(strlen(line), sizeof(copy));
	strcpy(copy, line);
	return trace_parse(copy, ret_event, ret_error);
}

Test(trace, reads_back_exactly_what_it_wrote)
{
	uint32_t kinds_met = 0;

	for (size_t i = 0; i < COUNT_OF(events); i++) {
		char *line = line_of(&events[i]);
		struct error error = {""};
		struct event read;

		cr_expect_eq(parse(line, &read, &error), 0, "%s: %s", line, error.text);
		expect_same(&read, &events[i], line);
		kinds_met |= 1u << events[i].kind;
		free(line);
	}
	cr_expect_eq(kinds_met, (1u << EVENT_KINDS) - 1, "a kind is not tested");
}

/* By members: if it were written otherwise than it is read, the test above would not see it. */
Test(trace, lines_look_as_documented)
{
	static const struct {
		struct event event;
		const char *line;
	} cases[] = {
		{{.time_ns = 12000000123,
		  .kind = EVENT_RECEIVE,
		  .netns = 4026531840,
		  .key = {77, 1},
		  .packet = {.packet = syn_ack, .ifindex = 2, .device = "eth0"}},
		 "12.000000123 receive 77/1 ns=4026531840 tcp from=10.2.0.2:80 to=10.1.0.2:40000 "
		 "ttl=63 id=4711 flags=syn,ack "
		 "seq=4294967295 ack=2 win=64240 "
		 "options=mss,wscale,sack,timestamps mss=1460 wscale=7 tsval=123 tsecr=456 "
		 "dev=eth0 if=2\n"},
		{{.time_ns = 5,
		  .kind = EVENT_RECEIVE,
		  .key = {77, 1},
		  .packet = {.packet = icmp6_error}},
		 "0.000000005 receive 77/1 icmp from=fe80::1%2 to=2001:db8::9 ttl=255 type=1 "
		 "code=4 mtu=1280 "
		 "quoted-from=[2001:db8::9]:65535 "
		 "quoted-to=[::ffff:10.0.0.1]:1 cut seq=7\n"},
		{{.kind = EVENT_HOP,
		  .netns = 4026531840,
		  .key = {77, 1},
		  .packet = {.packet = {.kind = PACKET_TCP,
					.tcp = {.flags = TCP_FLAG_SYN, .seq = 9}},
			     .ifindex = 7,
			     .device = "veth1",
			     .hop_netns = 4026532461,
			     .is_received = true}},
		 "0.000000000 hop 77/1 ns=4026531840 tcp flags=syn seq=9 dev=veth1 if=7 "
		 "at=4026532461 received\n"},
		{{.kind = EVENT_APP,
		  .key = {77, 1},
		  .app = {.call = APP_CONNECT,
			  .phase = APP_RETURN,
			  .is_ours = true,
			  .result = -1,
			  .error = EINPROGRESS}},
		 "0.000000000 app 77/1 connect return ours result=-1 error=EINPROGRESS\n"},
		{{.kind = EVENT_STATE,
		  .key = {77, 1},
		  .state = {.old_state = 7, .new_state = 2, .pid = 9, .comm = "Web Content"}},
		 "0.000000000 state 77/1 old=CLOSE new=SYN_SENT pid=9 comm=Web%20Content\n"},
		{{.kind = EVENT_ROUTE, .key = {77, 1}, .route = {.kind = ROUTE_PROHIBIT}},
		 "0.000000000 route 77/1 prohibit\n"},
		{{.kind = EVENT_APP,
		  .key = {77, 1},
		  .app = {.call = APP_BIND,
			  .phase = APP_RETURN,
			  .is_ours = true,
			  .result = -1,
			  .error = EADDRNOTAVAIL,
			  .address = {.bytes = {10, 9, 9, 9}, .family = AF_INET}}},
		 "0.000000000 app 77/1 bind return ours address=10.9.9.9 result=-1 "
		 "error=EADDRNOTAVAIL\n"},
		{{.kind = EVENT_APP,
		  .key = {77, 1},
		  .app = {.call = APP_ABANDON, .phase = APP_ENTER, .is_ours = true, .result = 1}},
		 "0.000000000 app 77/1 abandon enter ours result=1\n"},
		{{.kind = EVENT_LOST, .lost = {.from_ns = 1, .to_ns = 2, .count = 3}},
		 "0.000000000 lost - since=0.000000001 until=0.000000002 count=3\n"},
		{{.time_ns = 5,
		  .kind = EVENT_RUN,
		  .netns = 4026531840,
		  .run = {.wall_ns = 1764489600000000001,
			  .subject = "3 hosts",
			  .kernel = "6.18.44",
			  .hooks = "all hooks"}},
		 "0.000000005 run - ns=4026531840 wall=1764489600.000000001 subject=3%20hosts "
		 "kernel=6.18.44 hooks=all%20hooks\n"},
		{{.time_ns = 5,
		  .kind = EVENT_TARGET,
		  .target = {.number = 1,
			     .name = "a",
			     .label = "a:80",
			     .address = {.bytes = {10, 2, 0, 2}, .family = AF_INET, .port = 80}}},
		 "0.000000005 target - number=1 name=a label=a:80 address=10.2.0.2:80\n"},
		{{.time_ns = 5,
		  .kind = EVENT_PROGRAM,
		  .program = {.cgroup = 7, .path = "/user.slice"}},
		 "0.000000005 program - cgroup=7 path=/user.slice\n"},
		{{.time_ns = 5,
		  .kind = EVENT_SUMMARY,
		  .summary = {.is_final = true, .is_of_command = true, .preload = "/lib/a.so"}},
		 "0.000000005 summary - final command preload=/lib/a.so\n"},
		{{.time_ns = 5,
		  .kind = EVENT_REPORT,
		  .key = {77, 1},
		  .report = {REPORT_VERDICT, .target = 1, .sequence = 4}},
		 "0.000000005 report 77/1 verdict target=1 seq=4\n"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char *line = line_of(&cases[i].event);

		cr_expect_str_eq(line, cases[i].line);
		free(line);
	}
}

Test(trace, no_event_is_longer_than_a_line_may_be)
{
	static const struct address longest = {.bytes = {[0 ... 15] = 0xff},
					       .scope = UINT32_MAX,
					       .port = UINT16_MAX,
					       .family = AF_INET6};
	struct event event = {.time_ns = UINT64_MAX,
			      .kind = EVENT_HOP,
			      .netns = UINT32_MAX,
			      .key = {UINT64_MAX, UINT32_MAX}};
	struct packet_event *packet = &event.packet;
	char *line;

	memset(packet, 0xff, sizeof(*packet));
	packet->packet.kind = PACKET_ICMP;
	packet->packet.source = packet->packet.destination = packet->packet.quoted_source =
		packet->packet.quoted_destination = longest;
	packet->is_own = packet->is_loopback = packet->is_received = packet->packet.tcp_is_cut =
		true;
	packet->device[EVENT_NAME_MAX - 1] = packet->reason[EVENT_SYMBOL_MAX - 1] =
		packet->function[EVENT_SYMBOL_MAX - 1] = '\0';
	line = line_of(&event);
	cr_expect_lt(strlen(line), TRACE_LINE_MAX);
	free(line);
}

Test(trace, strings_that_are_too_long_for_a_line_are_cut)
{
	char longest[TRACE_LINE_MAX];
	struct event event = {.time_ns = 1, .kind = EVENT_TARGET}, read;
	char *line;

	memset(longest, ' ', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	event.target.name = event.target.label = event.target.netns = event.target.failure =
		longest;
	line = line_of(&event);
	cr_expect_lt(strlen(line), TRACE_LINE_MAX);
	cr_assert_eq(parse(line, &read, NULL), 0);
	cr_expect_eq(strlen(read.target.failure), 4096);
	free(line);
}

Test(trace, fields_may_come_in_any_order)
{
	struct event event;

	cr_assert_eq(parse("0.000000001 app 77/1  result=-1 ours return   connect", &event, NULL),
		     0);
	cr_expect_eq(event.app.call, APP_CONNECT);
	cr_expect_eq(event.app.phase, APP_RETURN);
	cr_expect_eq(event.app.result, -1);
	cr_expect(event.app.is_ours);
}

Test(trace, a_kind_of_a_newer_trace_is_unknown_and_its_time_is_kept)
{
	struct event event;

	cr_assert_eq(parse("3.000000004 quic-retry 77/1 whatever=[ x\n", &event, NULL), 0);
	cr_expect_eq(event.kind, EVENT_UNKNOWN);
	cr_expect_eq(event.time_ns, 3000000004);
	cr_expect_eq(event.key.cookie, 0);
}

Test(trace, malformed_lines_are_refused_with_a_sentence)
{
	static const struct {
		const char *line;
		int result;
	} cases[] = {
		{"", -EINVAL},
		{"1.000000000", -EINVAL},
		{"1.000000000 ", -EINVAL},
		{"1.000000000 Receive 1/1", -EINVAL},
		{"1.000000000 deadline", -EINVAL},
		{"1.000000000 deadline 1", -EINVAL},
		{"1.000000000 deadline 1/x", -EINVAL},
		{"1.000000000 deadline 1/4294967296", -ERANGE},
		{" 1.000000000 deadline 1/1", -EINVAL},
		{"1 deadline 1/1", -EINVAL},
		{"1.0 deadline 1/1", -EINVAL},
		{"1.0000000000 deadline 1/1", -EINVAL},
		{"-1.000000000 deadline 1/1", -EINVAL},
		{"18446744073.709551616 deadline 1/1", -ERANGE},
		{"18446744074.000000000 deadline 1/1", -ERANGE},
		{"1.000000000 deadline 1/1 if=2", -EINVAL},
		{"1.000000000 receive 1/1 ttl", -EINVAL},
		{"1.000000000 receive 1/1 ttl=", -EINVAL},
		{"1.000000000 receive 1/1 ttl=256", -ERANGE},
		{"1.000000000 receive 1/1 ttl=1 ttl=1", -EINVAL},
		{"1.000000000 receive 1/1 tcp icmp", -EINVAL},
		{"1.000000000 receive 1/1 own=1", -EINVAL},
		{"1.000000000 receive 1/1 udp", -EINVAL},
		{"1.000000000 receive 1/1 from=10.0.0", -EINVAL},
		{"1.000000000 receive 1/1 from=10.0.0.1:", -EINVAL},
		{"1.000000000 receive 1/1 from=10.0.0.1:65536", -ERANGE},
		{"1.000000000 receive 1/1 from=[::1]", -EINVAL},
		{"1.000000000 receive 1/1 from=[::1:80", -EINVAL},
		{"1.000000000 receive 1/1 from=[::1]x:80", -EINVAL},
		{"1.000000000 receive 1/1 from=fe80::1%eth0", -EINVAL},
		{"1.000000000 receive 1/1 flags=syn,", -EINVAL},
		{"1.000000000 receive 1/1 flags=syn,xyz", -EINVAL},
		{"1.000000000 receive 1/1 flags=256", -ERANGE},
		{"1.000000000 receive 1/1 skb=ffff", -EINVAL},
		{"1.000000000 receive 1/1 skb=0x", -EINVAL},
		{"1.000000000 receive 1/1 skb=0x10000000000000000", -EINVAL},
		{"1.000000000 receive 1/1 dev=sixteen__letters", -ERANGE},
		{"1.000000000 receive 1/1 dev=%0", -EINVAL},
		{"1.000000000 receive 1/1 dev=%00", -EINVAL},
		{"1.000000000 receive 1/1 dev=%zz", -EINVAL},
		{"1.000000000 app 1/1 connect error=ENOSUCHTHING", -EINVAL},
		{"1.000000000 app 1/1 connect result=2147483648", -ERANGE},
		{"1.000000000 app 1/1 connect result=--1", -EINVAL},
		{"1.000000000 app 1/1 200", -EINVAL},
		{"1.000000000 state 1/1 new=OPEN", -EINVAL},
		{"1.000000000 state 1/1 new=256", -ERANGE},
		{"1.000000000 lost - since=1", -EINVAL},
		{"1.000000000 target - name=%z0", -EINVAL},
		{"1.000000000 target - name=a name=b", -EINVAL},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct event event, before;
		struct error error = {""};

		memset(&event, 0x5a, sizeof(event));
		before = event;
		cr_expect_eq(parse(cases[i].line, &event, &error), cases[i].result, "%s: %s",
			     cases[i].line, error.text);
		cr_expect_neq(error.text[0], '\0', "%s", cases[i].line);
		cr_expect_eq(memcmp(&event, &before, sizeof(event)), 0, "%s", cases[i].line);
	}
}

static struct trace_reader reader_over(const char *text, size_t bytes)
{
	return (struct trace_reader){.in = fmemopen((void *)text, bytes, "r")};
}

Test(trace, the_reader_skips_comments_and_blank_lines_and_ends)
{
	static const char text[] =
		"# a comment\n\n  \t\n1.000000000 deadline 77/1\n#\n2.000000000 drained -";
	struct trace_reader reader = reader_over(text, strlen(text));
	struct event event;

	cr_assert_eq(trace_read(&reader, &event, NULL), 1);
	cr_expect_eq(event.kind, EVENT_DEADLINE);
	cr_assert_eq(trace_read(&reader, &event, NULL), 1);
	cr_expect_eq(event.kind, EVENT_DRAINED);
	cr_expect_eq(trace_read(&reader, &event, NULL), 0);
	fclose(reader.in);
}

Test(trace, the_reader_names_the_line_that_it_cannot_read)
{
	static const char text[] = "# a comment\n1.000000000 deadline 77/1\n1.000000000 deadline\n";
	struct trace_reader reader = reader_over(text, strlen(text));
	struct error error = {""};
	struct event event;

	cr_assert_eq(trace_read(&reader, &event, &error), 1);
	cr_expect_eq(trace_read(&reader, &event, &error), -EINVAL);
	cr_expect_eq(strncmp(error.text, "line 3: ", 8), 0, "%s", error.text);
	fclose(reader.in);
}

Test(trace, the_reader_refuses_what_is_not_lines_of_text)
{
	static const char with_nul[] = "1.000000000 deadline 77/1\0\n1.000000000 deadline 77/1\n";
	char *without_end = malloc(3 * TRACE_LINE_MAX);
	struct trace_reader reader = reader_over(with_nul, sizeof(with_nul) - 1);
	struct event event;

	cr_expect_eq(trace_read(&reader, &event, NULL), -EINVAL);
	fclose(reader.in);

	memset(without_end, '1', 3 * TRACE_LINE_MAX);
	reader = reader_over(without_end, 3 * TRACE_LINE_MAX);
	cr_expect_eq(trace_read(&reader, &event, NULL), -EINVAL);
	fclose(reader.in);
	free(without_end);
}
