/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ring records into events: each kind, and what is too short or makes no sense. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "include/ktp_event.h"
#include "include/ktp_follow.h"
#include "user/io/kernel/decode.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define RECORD(kind_)                                                                              \
	{                                                                                          \
		.time_ns = 12345, .cookie = 77, .number = 2, .netns = 4026531840, .kind = kind_,   \
		.family = AF_INET                                                                  \
	}

static const uint8_t syn[] = {0x45, 0, 0,  40, 0,    9, 0,    0,    64, 6,  0, 0, 10, 1,
			      0,    2, 10, 2,  0,    2, 0x9c, 0x40, 0,	80, 1, 2, 3,  4,
			      0,    0, 0,  0,  0x50, 2, 0xfa, 0xf0, 0,	0,  0, 0};

static const struct {
	enum ktp_kind kind;
	enum event_kind event;
	size_t bytes;
} kinds[] = {
	{KTP_STATE, EVENT_STATE, sizeof(struct ktp_socket_event)},
	{KTP_LOCAL_ACCEPT, EVENT_LOCAL_ACCEPT, sizeof(struct ktp_socket_event)},
	{KTP_RETRANSMIT, EVENT_RETRANSMIT, sizeof(struct ktp_socket_event)},
	{KTP_RESET_RECEIVED, EVENT_RESET_RECEIVED, sizeof(struct ktp_socket_event)},
	{KTP_RESET_SENT, EVENT_RESET_SENT, sizeof(struct ktp_socket_event)},
	{KTP_ERROR_REPORT, EVENT_ERROR_REPORT, sizeof(struct ktp_socket_event)},
	{KTP_QUEUE, EVENT_QUEUE, sizeof(struct ktp_packet_event)},
	{KTP_XMIT, EVENT_XMIT, sizeof(struct ktp_packet_event)},
	{KTP_RECEIVE, EVENT_RECEIVE, sizeof(struct ktp_packet_event)},
	{KTP_DROP, EVENT_DROP, sizeof(struct ktp_drop_event)},
	{KTP_BAD_CHECKSUM, EVENT_BAD_CHECKSUM, sizeof(struct ktp_packet_event)},
	{KTP_HOP, EVENT_HOP, sizeof(struct ktp_packet_event)},
	{KTP_NEIGHBOUR, EVENT_NEIGHBOUR, sizeof(struct ktp_neighbour_event)},
	{KTP_INFO, EVENT_SOCKET_INFO, sizeof(struct ktp_socket_event)},
};

static struct ktp_socket_event socket_record(enum ktp_kind kind)
{
	return (struct ktp_socket_event){
		.record = RECORD(kind),
		.source = {10, 1, 0, 2},
		.destination = {10, 2, 0, 2},
		.source_port = 40000,
		.destination_port = 80,
		.old_state = 7,
		.new_state = 2,
		.error = -1,
		.error_soft = 113,
		.pid = 4711,
		.comm = "curl",
	};
}

static struct ktp_packet_event packet_record(enum ktp_kind kind)
{
	struct ktp_packet_event record = {
		.record = RECORD(kind),
		.skb = 0xffff888004321000,
		.ifindex = 3,
		.ethertype = 0x0800,
		.header_bytes = sizeof(syn),
		.is_own = 1,
		.is_loopback = 1,
		.device = "eth0",
	};

	memcpy(record.header, syn, sizeof(syn));
	return record;
}

static struct ktp_drop_event drop_record(const char *function)
{
	struct ktp_drop_event record = {.packet = packet_record(KTP_DROP)};

	strncpy(record.function, function, sizeof(record.function) - 1);
	return record;
}

/* From memory of exactly this size. */
static int decode(const void *record, size_t bytes, struct event *ret_event)
{
	struct kernel_names *names = kernel_names_new();
	void *copy = malloc(bytes ? bytes : 1);
	int result;

	memcpy(copy, record, bytes);
	result = decode_record(copy, bytes, names, ret_event);
	free(copy);
	kernel_names_free(names);
	return result;
}

static struct event decoded(const void *record, size_t bytes)
{
	struct event event;

	cr_assert_eq(decode(record, bytes, &event), 0);
	return event;
}

/* Room for any record of this kind, filled in. */
static void make_record(enum ktp_kind kind, size_t bytes, struct ktp_drop_event *ret_record)
{
	struct ktp_socket_event socket = socket_record(kind);

	*ret_record = drop_record("f");
	ret_record->packet.record.kind = (uint8_t)kind;
	if (bytes == sizeof(socket))
		memcpy(ret_record, &socket, sizeof(socket));
}

Test(decode, each_kind_becomes_its_event_with_time_and_attempt)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct ktp_drop_event record;
		struct event event;

		make_record(kinds[i].kind, kinds[i].bytes, &record);
		event = decoded(&record, kinds[i].bytes);
		cr_expect_eq(event.kind, kinds[i].event);
		cr_expect_eq(event.time_ns, 12345);
		cr_expect_eq(event.netns, 4026531840);
		cr_expect_eq(event.key.cookie, 77);
		cr_expect_eq(event.key.number, 2);
	}
}

Test(decode, a_record_that_is_too_short_is_refused_and_leaves_the_output_alone)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct ktp_drop_event record;

		make_record(kinds[i].kind, kinds[i].bytes, &record);
		for (size_t bytes = 0; bytes < kinds[i].bytes; bytes++) {
			struct event event = {.time_ns = 99};

			cr_expect_eq(decode(&record, bytes, &event), -EBADMSG, "kind %d, %zu bytes",
				     kinds[i].kind, bytes);
			cr_expect_eq(event.time_ns, 99);
		}
	}
}

Test(decode, unknown_kinds_are_refused)
{
	struct ktp_drop_event record = drop_record("f");
	struct event event;

	record.packet.record.kind = 0;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
	record.packet.record.kind = KTP_INFO + 1;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
	record.packet.record.kind = 255;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
}

Test(decode, a_state_has_addresses_and_who_connects)
{
	struct ktp_socket_event record = socket_record(KTP_STATE);
	struct event event;
	char text[ADDRESS_TEXT_MAX];

	memset(record.comm, 'x', sizeof(record.comm)); /* no NUL */
	event = decoded(&record, sizeof(record));
	cr_expect_str_eq(address_format_with_port(&event.state.source, text), "10.1.0.2:40000");
	cr_expect_str_eq(address_format_with_port(&event.state.destination, text), "10.2.0.2:80");
	cr_expect_eq(event.state.old_state, 7);
	cr_expect_eq(event.state.new_state, 2);
	cr_expect_eq(event.state.pid, 4711);
	cr_expect_str_eq(event.state.comm, "xxxxxxxxxxxxxxx");
}

Test(decode, errors_keep_their_sign)
{
	struct ktp_socket_event record = socket_record(KTP_RETRANSMIT);
	struct event event = decoded(&record, sizeof(record));

	cr_expect_eq(event.error.error, -1);
	cr_expect_eq(event.error.error_soft, 113);
}

Test(decode, a_packet_is_parsed_and_keeps_its_device)
{
	struct ktp_packet_event record = packet_record(KTP_XMIT);
	struct event event = decoded(&record, sizeof(record));

	cr_expect_eq(event.packet.packet.kind, PACKET_TCP);
	cr_expect_eq(event.packet.packet.tcp.seq, 0x01020304);
	cr_expect_eq(event.packet.packet.tcp.flags, TCP_FLAG_SYN);
	cr_expect_str_eq(event.packet.device, "eth0");
	cr_expect_eq(event.packet.ifindex, 3);
	cr_expect(event.packet.is_own && event.packet.is_loopback);
	cr_expect_eq(event.packet.skb, 0xffff888004321000);
}

Test(decode, a_hop_keeps_the_namespace_of_its_device_beside_that_of_the_socket)
{
	struct ktp_packet_event record = packet_record(KTP_HOP);
	struct event event;

	record.hop_netns = 4026532461;
	record.is_received = 1;
	event = decoded(&record, sizeof(record));
	cr_expect_eq(event.netns, 4026531840);
	cr_expect_eq(event.packet.hop_netns, 4026532461);
	cr_expect(event.packet.is_received);
	cr_expect_eq(event.packet.packet.tcp.seq, 0x01020304);
}

Test(decode, a_packet_keeps_its_bytes_for_as_long_as_its_record)
{
	struct ktp_packet_event record = packet_record(KTP_RECEIVE);
	struct event event;

	record.packet_bytes = 1500;
	cr_assert_eq(decode_record(&record, sizeof(record), NULL, &event), 0);
	cr_expect_eq(event.raw.bytes, record.header);
	cr_expect_eq(event.raw.count, sizeof(syn));
	cr_expect_eq(event.raw.wire_bytes, 1500);
	record.header_bytes = UINT16_MAX;
	cr_assert_eq(decode_record(&record, sizeof(record), NULL, &event), 0);
	cr_expect_eq(event.raw.count, KTP_HEADER_MAX);
}

Test(decode, a_packet_that_is_no_tcp_or_claims_too_many_bytes_is_refused_or_cut)
{
	struct ktp_packet_event record = packet_record(KTP_RECEIVE);
	struct event event;

	record.header_bytes = UINT16_MAX;
	cr_expect_eq(decode(&record, sizeof(record), &event), 0);
	record.header_bytes = 30;
	cr_expect_eq(decode(&record, sizeof(record), &event), 0);
	cr_expect(event.packet.packet.tcp_is_cut);
	record.header_bytes = 23;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
	record = packet_record(KTP_RECEIVE);
	record.header[9] = 17;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
	record = packet_record(KTP_RECEIVE);
	record.ethertype = 0x0806;
	cr_expect_eq(decode(&record, sizeof(record), &event), -EBADMSG);
}

/* Modules and the compiler's suffixes are no part of the function that a person looks for. */
Test(decode, a_dropping_function_is_stripped_to_its_name)
{
	static const struct {
		const char *recorded, *expected;
	} cases[] = {
		{"nft_do_chain [nf_tables]", "nft_do_chain"},
		{"tcp_v4_rcv", "tcp_v4_rcv"},
		{"ip_rcv_finish_core.constprop.0", "ip_rcv_finish_core"},
		{"tcp_v4_rcv.cold", "tcp_v4_rcv"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct ktp_drop_event record = drop_record(cases[i].recorded);
		struct event event = decoded(&record, sizeof(record));

		cr_expect_str_eq(event.packet.function, cases[i].expected);
		cr_expect_str_eq(event.packet.reason, ""); /* 0: the kernel has none */
	}
}

Test(decode, a_drop_reason_has_a_name_or_its_number)
{
	struct ktp_drop_event record = drop_record("f");

	record.packet.reason = 60000; /* no kernel has that many */
	cr_expect_str_eq(decoded(&record, sizeof(record)).packet.reason, "reason-60000");
}

static struct ktp_call_event call_record(enum ktp_call call)
{
	return (struct ktp_call_event){
		.record = RECORD(KTP_CALL),
		.enter_ns = 12000,
		.cgroup = 99,
		.pid = 4711,
		.tid = 4712,
		.uid = 1000,
		.fd = 3,
		.call = (__u8)call,
		.sockaddr = {AF_INET, 0, 0, 80, 10, 2, 0, 2},
		.comm = "curl",
	};
}

Test(decode, a_connect_that_is_entered_says_what_was_asked_for_and_by_whom)
{
	struct ktp_call_event record = call_record(KTP_CALL_CONNECT);
	struct event event, task;
	char text[ADDRESS_TEXT_MAX];

	record.is_entered = 1;
	event = decoded(&record, sizeof(record));
	cr_expect_eq(event.app.call, APP_CONNECT);
	cr_expect_eq(event.app.phase, APP_ENTER);
	cr_expect_str_eq(address_format_with_port(&event.app.address, text), "10.2.0.2:80");
	cr_assert_eq(decode_task(&record, sizeof(record), &task), 0);
	cr_expect_eq(task.kind, EVENT_TASK);
	cr_expect_eq(task.key.cookie, 77);
	cr_expect_eq(task.task.pid, 4711);
	cr_expect_eq(task.task.tid, 4712);
	cr_expect_eq(task.task.uid, 1000);
	cr_expect_eq(task.task.cgroup, 99);
	cr_expect_str_eq(task.task.comm, "curl");
	cr_expect_not(task.task.is_unseen);
	record.fd = -1;
	cr_assert_eq(decode_task(&record, sizeof(record), &task), 0);
	cr_expect(task.task.is_unseen);
	record.fd = -2; /* io_uring */
	cr_assert_eq(decode_task(&record, sizeof(record), &task), 0);
	cr_expect_not(task.task.is_unseen);
}

Test(decode, a_state_says_that_a_reset_came_just_before_it)
{
	struct ktp_socket_event record = {.record = {.kind = KTP_STATE,
						     .time_ns = 5000,
						     .cookie = 77,
						     .number = 2,
						     .netns = 9},
					  .old_state = 2,
					  .new_state = 7,
					  .reset_before_ns = 1200};
	struct event event;

	cr_assert_eq(decode_reset(&record, sizeof(record), &event), 0);
	cr_expect_eq(event.kind, EVENT_RESET_RECEIVED);
	cr_expect_eq(event.time_ns, 3800);
	cr_expect_eq(event.key.cookie, 77);
	cr_expect_eq(event.key.number, 2);
	cr_expect_eq(event.netns, 9);
	cr_expect_eq(decoded(&record, sizeof(record)).kind, EVENT_STATE);
	cr_expect_eq(decode_reset(&record, sizeof(record) - 1, &event), -ENOENT);
	record.reset_before_ns = 0;
	cr_expect_eq(decode_reset(&record, sizeof(record), &event), -ENOENT);
	record.reset_before_ns = 1200;
	record.record.kind = KTP_LOCAL_ACCEPT;
	cr_expect_eq(decode_reset(&record, sizeof(record), &event), -ENOENT);
}

Test(decode, a_syn_that_left_says_that_its_device_got_it_just_before)
{
	struct ktp_packet_event record = packet_record(KTP_XMIT);
	struct event event;

	record.record.kind = KTP_XMIT;
	record.record.time_ns = 5000;
	record.queued_before_ns = 1200;
	cr_assert_eq(decode_queued(&record, sizeof(record), &event), 0);
	cr_expect_eq(event.kind, EVENT_QUEUE);
	cr_expect_eq(event.time_ns, 3800);
	cr_expect_eq(event.packet.state, TCP_STATE_SYN_SENT);
	cr_expect_eq(event.packet.ifindex, decoded(&record, sizeof(record)).packet.ifindex);
	cr_expect_eq(event.packet.packet.tcp.flags,
		     decoded(&record, sizeof(record)).packet.packet.tcp.flags);
	cr_expect_eq(decoded(&record, sizeof(record)).kind, EVENT_XMIT);
	cr_expect_eq(decode_queued(&record, sizeof(record) - 1, &event), -ENOENT);
	record.record.kind = KTP_RECEIVE;
	cr_expect_eq(decode_queued(&record, sizeof(record), &event), -ENOENT);
	record.record.kind = KTP_XMIT;
	record.queued_before_ns = 0;
	cr_expect_eq(decode_queued(&record, sizeof(record), &event), -ENOENT);
}

/* EINPROGRESS means that SO_SNDTIMEO is over when the descriptor waits. */
Test(decode, a_connect_that_waited_is_told_from_one_that_does_not)
{
	struct ktp_call_event record = call_record(KTP_CALL_CONNECT);
	struct event event;

	record.result = -1;
	record.error = EINPROGRESS;
	event = decoded(&record, sizeof(record));
	cr_expect_eq(event.app.phase, APP_RETURN);
	cr_expect_eq(event.app.result, -1);
	cr_expect_eq(event.app.error, EINPROGRESS);
	cr_expect_eq(decode_task(&record, sizeof(record), &event), -ENOENT);
	record.manner = KTP_MANNER_WAITS;
	cr_expect_eq(decoded(&record, sizeof(record)).app.result, APP_RESULT_WAITED);
	record.error = ECONNREFUSED;
	cr_expect_eq(decoded(&record, sizeof(record)).app.result, -1);
}

/* EAGAIN: its time is over, or it had nothing to transfer, or it does not wait. */
Test(decode, transfers_that_say_the_same_are_told_apart)
{
	struct ktp_call_event record = call_record(KTP_CALL_SEND);

	record.result = -1;
	record.error = EAGAIN;
	cr_expect_eq(decoded(&record, sizeof(record)).app.result, -1);
	record.manner = KTP_MANNER_WAITS;
	cr_expect_eq(decoded(&record, sizeof(record)).app.result, APP_RESULT_WAITED);
	record.manner = KTP_MANNER_NOTHING;
	cr_expect_eq(decoded(&record, sizeof(record)).app.result, APP_RESULT_NOTHING);
}

/* As the socket itself has it when it is found. */
Test(decode, a_connect_that_was_under_way_already)
{
	struct ktp_late late = {.cookie = 7,
				.number = 1,
				.netns = 5,
				.pid = 42,
				.age_ms = 1500,
				.retransmits = 2,
				.isn = 99};
	struct late_connect found;
	const struct event *events = found.events;
	char text[ADDRESS_TEXT_MAX];

	late.family = AF_INET6;
	memcpy(late.destination, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x09\0\7", 16);
	late.destination_port = 80;
	strcpy(late.comm, "psql");
	decode_late(&late, 2000000000, &found);
	for (int i = 0; i < LATE_EVENTS; i++) {
		cr_expect_eq(events[i].key.cookie, 7);
		cr_expect_eq(events[i].netns, 5);
		cr_expect_eq(events[i].time_ns, i < 3 ? 500000000 : 2000000000);
	}
	cr_expect(events[0].task.is_late);
	cr_expect_str_eq(events[0].task.comm, "psql");
	cr_expect_eq(events[1].app.call, APP_CONNECT);
	cr_expect_str_eq(address_format_with_port(&events[1].app.address, text), "10.9.0.7:80");
	cr_expect_eq(events[2].state.new_state, TCP_STATE_SYN_SENT);
	cr_expect_eq(events[3].info.retransmits, 2);
	cr_expect_eq(events[3].info.isn, 99);
}

Test(decode, every_call_that_is_told_of_has_a_name_and_others_are_refused)
{
	for (int call = 0; call <= KTP_CALLS_MAX; call++) {
		struct ktp_call_event record = call_record((enum ktp_call)call);
		struct event event;
		bool is_told = call > 0 && call <= KTP_CALL_IOCTL;

		cr_expect_eq(decode_record(&record, sizeof(record), NULL, &event),
			     is_told ? 0 : -EBADMSG, "%d", call);
		if (is_told)
			cr_expect_str_neq(app_call_name(event.app.call), "unknown", "%d", call);
	}
}

Test(decode, a_neighbour_keeps_its_own_family)
{
	static const struct {
		uint8_t state;
		enum neighbour_state wanted;
	} cases[] = {{0x01, NEIGHBOUR_INCOMPLETE},
		     {0x02, NEIGHBOUR_VALID},
		     {0x20, NEIGHBOUR_FAILED},
		     {0, NEIGHBOUR_UNKNOWN}};
	struct ktp_neighbour_event record = {.record = RECORD(KTP_NEIGHBOUR),
					     .address = {0xfe, 0x80, [15] = 7},
					     .ifindex = 3,
					     .device = "eth0"};

	record.record.family = AF_INET6;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct event event;

		record.state = cases[i].state;
		cr_assert_eq(decode_record(&record, sizeof(record), NULL, &event), 0);
		cr_expect_eq(event.neighbour.state, cases[i].wanted, "%#x", cases[i].state);
		cr_expect_eq(event.neighbour.address.family, AF_INET6);
		cr_expect_eq(event.neighbour.address.bytes[15], 7);
		cr_expect_eq(event.neighbour.ifindex, 3);
		cr_expect(event.neighbour.is_own);
		cr_expect_str_eq(event.neighbour.device, "eth0");
	}
}
