/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which entries may decide: each story is told with the mark that its entries get, '!' for one that
 * decides, '.' for the others.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/story.h"
#include "user/core/attempt/evidence.h"

static void expect_marks_in(struct story *s, const char *marks, int line)
{
	bool decides[ATTEMPT_MAX_ENTRIES];
	char actual[ATTEMPT_MAX_ENTRIES + 1] = "";
	struct verdict ignored;

	story_judge(s, 0, &ignored);
	evidence_mark(&s->attempt, decides);
	for (unsigned i = 0; i < s->attempt.entry_count; i++)
		actual[i] = decides[i] ? '!' : '.';
	cr_expect_str_eq(actual, marks, "line %d: %s, %s expected", line, actual, marks);
}
#define expect_marks(s, marks) expect_marks_in(s, marks, __LINE__)

static struct event *call(struct story *s, double at_ms, enum app_call which, int result, int error)
{
	struct event *event = story_so_error(s, at_ms, result);

	event->app.call = which;
	event->app.phase = which == APP_CLOSE || which == APP_EPOLL_CTL || which == APP_ABANDON
				   ? APP_ENTER
				   : APP_RETURN;
	event->app.error = error;
	event->app.is_ours = false;
	return event;
}

/* connect(), SYN_SENT, a SYN, EINPROGRESS: "!!!!". */
static struct story begun(void)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0)->app.is_ours = false;
	story_syn_sent(&s, 0.01);
	story_syn(&s, 0.1);
	call(&s, 0.5, APP_CONNECT, -1, EINPROGRESS);
	return s;
}

Test(evidence, of_calls_that_wait_the_first_asks_and_the_last_says_to_wait)
{
	struct story s = begun();

	call(&s, 1, APP_POLL, 0, 0);
	call(&s, 2, APP_EPOLL_CTL, 0, 0);
	call(&s, 3, APP_SELECT, 0, 0);
	call(&s, 4, APP_CONNECT, -1, EALREADY);
	call(&s, 5, APP_CLOSE, 0, 0);
	call(&s, 6, APP_CLOSE, 0, 0);
	expect_marks(&s, "!!!!!..!!.");
}

Test(evidence, what_says_more_than_to_wait_counts_the_first_time)
{
	struct story s = begun();

	call(&s, 1, APP_POLL, 0, 0);
	call(&s, 2, APP_SELECT, POLLOUT, 0);
	call(&s, 3, APP_SO_ERROR, 0, 0);
	call(&s, 4, APP_PEERNAME, 0, 0);
	call(&s, 5, APP_POLL, POLLERR, 0);
	call(&s, 6, APP_SO_ERROR, EHOSTUNREACH, 0);
	expect_marks(&s, "!!!!!!!!!!");
	call(&s, 7, APP_SELECT, POLLOUT, 0);
	call(&s, 8, APP_SEND, 0, 0);
	call(&s, 9, APP_SEND, 1, 0);
	call(&s, 10, APP_PEERNAME, -1, ENOTCONN);
	call(&s, 11, APP_SO_ERROR, EPIPE, 0);
	call(&s, 12, APP_POLL, POLLIN, 0);
	expect_marks(&s, "!!!!!!!!!!.....!"); /* the last call, whatever it says */
}

Test(evidence, of_transfers_of_nothing_two_are_a_way_to_wait)
{
	struct story s = begun();

	call(&s, 1, APP_SEND, APP_RESULT_NOTHING, EAGAIN);
	call(&s, 2, APP_RECEIVE, APP_RESULT_NOTHING, EAGAIN);
	call(&s, 3, APP_SEND, APP_RESULT_NOTHING, EAGAIN);
	call(&s, 4, APP_ABANDON, 0, 0);
	expect_marks(&s, "!!!!!.!!");
}

Test(evidence, of_a_connection_the_first_success_is_all)
{
	struct story s = begun();

	call(&s, 1, APP_POLL, 0, 0);
	story_syn_ack(&s, 2, 0.1);
	story_established(&s, 3);
	expect_marks(&s, "!!!!!!!");
	call(&s, 4, APP_POLL, POLLOUT, 0);
	call(&s, 5, APP_SO_ERROR, 0, 0);
	call(&s, 6, APP_SEND, 78, 0);
	call(&s, 7, APP_POLL, POLLIN, 0);
	call(&s, 8, APP_RECEIVE, 116, 0);
	call(&s, 9, APP_CLOSE, 0, 0);
	expect_marks(&s, "!!!!!!!!!...!");
}

Test(evidence, our_own_calls_and_all_syns_count)
{
	struct story s = story_connect(AF_INET); /* and the route */

	story_syn(&s, 1);
	story_poll(&s, 2, 0);
	story_poll(&s, 3, 0);
	story_syn(&s, 1000);
	story_queued(&s, 3000);
	story_deadline(&s, 4000);
	story_deadline(&s, 4001);
	expect_marks(&s, "!!!!!!!!!!.");
}

Test(evidence, of_answers_to_the_syn_the_first_right_one_and_the_first_wrong_one)
{
	struct story s = begun();

	story_receive(&s, 1, SYN | ACK, 1);
	story_receive(&s, 2, ACK, 2);
	story_reset(&s, 3);
	story_reset(&s, 4);
	story_reset_received(&s, 5);
	story_reset_received(&s, 6);
	story_receive(&s, 7, RST, 0);
	expect_marks(&s, "!!!!!.!!!..");
}

/* Those before it were dropped here: the last one before ESTABLISHED was taken. */
Test(evidence, of_syn_acks_the_first_the_one_that_was_taken_and_the_last_repeat)
{
	struct story s = begun();

	for (int i = 0; i < 3; i++)
		story_syn_ack(&s, 1 + i, 0.1);
	story_established(&s, 5);
	for (int i = 0; i < 3; i++)
		story_syn_ack(&s, 1000 + i, 0.1);
	expect_marks(&s, "!!!!!.!!..!");
}

Test(evidence, who_speaks_with_another_ttl_may_be_another)
{
	struct story s = begun();

	story_syn_ack(&s, 1, 0.1);
	story_established(&s, 2);
	story_receive(&s, 3, ACK, s.isn + 2);
	story_receive(&s, 4, ACK, s.isn + 2)->packet.packet.ttl = 3;
	story_receive(&s, 5, ACK, s.isn + 2)->packet.packet.ttl = 3;
	expect_marks(&s, "!!!!!!.!.");
}

Test(evidence, what_came_before_the_syn_is_about_another_connection)
{
	struct story s = story_new(AF_INET);

	story_enter(&s, 0);
	story_icmp(&s, 1, 3, 1);
	story_syn_ack(&s, 2, 0.1);
	expect_marks(&s, "!!!"); /* no SYN is known yet */
	story_syn(&s, 3);
	story_icmp(&s, 4, 3, 1);
	story_icmp(&s, 5, 3, 4);
	story_icmp(&s, 6, 3, 1);
	story_icmp(&s, 7, 3, 13)->packet.packet.tcp.seq = s.isn + 1;
	story_syn_ack(&s, 8, 0.1);
	expect_marks(&s, "!.!!!!..!"); /* a wrong answer, and a right one */
}

Test(evidence, of_drops_the_first_each_way_the_right_answer_and_the_last_of_our_own)
{
	struct story s = begun();

	story_drop_in(&s, 1, "A", "f")->packet.packet.tcp.ack = 1;
	story_drop_in(&s, 2, "B", "f")->packet.packet.tcp.ack = 1;
	story_drop_in(&s, 3, "C", "f");
	story_drop_in(&s, 4, "D", "f");
	expect_marks(&s, "!!!!!.!.");
	story_drop_out(&s, 5, "E", "f");
	story_drop_out(&s, 6, "NEIGH_FAILED", "f");
	story_drop_out(&s, 7, "F", "f");
	story_drop_out(&s, 8, "G", "f");
	story_reset(&s, 9);
	story_drop_out(&s, 10, "H", "f"); /* another fate than that of the SYN that was answered */
	expect_marks(&s, "!!!!!.!.!!.!!.");
}

Test(evidence, of_what_the_kernel_would_do_the_last)
{
	struct story s = story_new(AF_INET);

	story_route(&s, 1, ROUTE_LOCAL);
	story_route(&s, 2, ROUTE_NONE);
	story_route(&s, 3, ROUTE_PROHIBIT);
	story_route(&s, 4, ROUTE_UNICAST);
	story_neighbour(&s, 5, NEIGHBOUR_INCOMPLETE);
	story_neighbour(&s, 6, NEIGHBOUR_FAILED);
	story_link(&s, 7, true, false);
	story_link(&s, 8, false, false);
	story_event(&s, 9, EVENT_SOCKET_INFO)->info.state = TCP_STATE_SYN_SENT;
	story_event(&s, 10, EVENT_SOCKET_INFO)->info.state = TCP_STATE_SYN_SENT;
	expect_marks(&s, "!!.!.!.!.!");
}

Test(evidence, of_the_socket_each_state_and_the_first_error)
{
	struct story s = begun();

	story_error(&s, 1, 0);
	story_error(&s, 2, EHOSTUNREACH);
	story_error(&s, 3, ENETUNREACH);
	story_retransmit(&s, 4, -EBUSY);
	story_retransmit(&s, 5, -EHOSTUNREACH);
	story_syn_received(&s, 6);
	story_established(&s, 7);
	story_local_accept(&s, 8);
	story_bad_checksum(&s, 9);
	story_event(&s, 10, EVENT_RESET_SENT);
	story_sent(&s, 11, ACK);
	story_sent(&s, 12, ACK);
	story_sent(&s, 13, RST);
	story_closed(&s, 14);
	expect_marks(&s, "!!!!.!..!!!!!.!.!!");
}
