// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The table. Every program costs some milliseconds to verify and attach, so none is loaded that
 * another one makes needless.
 */
#include "user/io/kernel/hooks.h"

#include "include/ktp_handover.h"

/*
 * Whose programs run in tasks with interrupts enabled, too: so they may be interrupted by
 * themselves.
 */
#define TWICE(program, turn) program, program "_again", turn, false
/* Whose programs only another task could find running. */
#define TWICE_IF_PREEMPTED(program, turn) program, program "_again", turn, true
#define ONCE(program)			  program, NULL, 0, false
#define EXPLAINING(program)		  program, NULL, HOOK_EXPLAINS, false
#define LIST(...)			  ((const char *const[]){__VA_ARGS__, NULL})

const char *const hooks_affect_all[] = {"every status", NULL};

const struct hook hooks[] = {
	/*
	 * Before the next one, for of a socket that its program closes it reports that first:
	 * programs of one tracepoint run as they were attached.
	 */
	{TWICE("ktp_watch_state", KTP_TURN_WATCH_STATE), "inet_sock_set_state", HOOK_CALLS,
	 "sockets of watched programs as they begin to connect", LIST("watch")},
	{TWICE("ktp_state", KTP_TURN_STATE), "inet_sock_set_state", HOOK_MUST,
	 "the socket's states, from the connect() on", LIST("every status")},
	{ONCE("ktp_xmit"), "net_dev_start_xmit", HOOK_MUST, "SYNs as they leave by a device",
	 LIST("open", "closed", "filtered", "unreachable", "intercepted", "rtt_us", "syn_sent",
	      "syn_unanswered")},
	{ONCE("ktp_receive"), "netif_receive_skb", HOOK_MUST, "answers as they come in by a device",
	 LIST("open", "closed", "filtered", "unreachable", "invalid", "rtt_us", "answer")},
	{TWICE("ktp_drop", KTP_TURN_DROP), "kfree_skb", HOOK_MUST,
	 "packets that this host throws away", LIST("filtered", "blocked", "invalid", "drop")},
	{ONCE("ktp_queue"), "net_dev_queue", HOOK_SHOULD,
	 "SYNs as they are handed to a device's queue",
	 LIST("not-sent", "neighbour-unresolved", "queue_us", "neighbour_us")},
	{EXPLAINING("ktp_neighbour"), "neigh_event_send_done", HOOK_SHOULD,
	 "whose link-layer address a SYN waits for",
	 LIST("neighbour-failed", "neighbour-unresolved", "neighbour_us")},
	{TWICE_IF_PREEMPTED("ktp_retransmit", KTP_TURN_RETRANSMIT), "tcp_retransmit_skb",
	 HOOK_SHOULD, "retransmits that failed", LIST("timeline (-v)")},
	/* the proof of closed */
	{TWICE("ktp_reset_received", KTP_TURN_RESET_RECEIVED), "tcp_receive_reset", HOOK_MUST,
	 "a RST that the socket accepted", LIST("closed", "rejected-locally")},
	{TWICE("ktp_reset_sent", KTP_TURN_RESET_SENT), "tcp_send_reset", HOOK_SHOULD,
	 "answers that the kernel refused with a RST", LIST("timeline (-v)")},
	/* from 5.15 on */
	{TWICE("ktp_error_report", KTP_TURN_ERROR_REPORT), "inet_sk_error_report", HOOK_SHOULD,
	 "errors told to the socket", LIST("app_us", "timeline (-v)")},
	/* from 5.14 on */
	{ONCE("ktp_bad_checksum"), "tcp_bad_csum", HOOK_SUBSTITUTE,
	 "damaged answers, where kfree_skb tells no reason", LIST("bad-checksum")},
	{ONCE("ktp_path_xmit"), "net_dev_start_xmit", HOOK_PATH,
	 "SYNs as they leave by a device of another namespace", LIST("path")},
	{ONCE("ktp_path_receive"), "netif_receive_skb", HOOK_PATH,
	 "SYNs as they come in by a device of another namespace", LIST("path")},
	/* the return first: a call whose return is not seen stays pending */
	{TWICE_IF_PREEMPTED("ktp_sys_exit", KTP_TURN_SYS_EXIT), "sys_exit", HOOK_CALLS,
	 "what system calls told watched programs", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_sys_enter", KTP_TURN_SYS_ENTER), "sys_enter", HOOK_CALLS,
	 "system calls of watched programs", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_signal", KTP_TURN_SIGNAL), "signal_deliver", HOOK_CALLS,
	 "calls of watched programs that a signal interrupts", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_fork", KTP_TURN_FORK), "sched_process_fork", HOOK_CALLS,
	 "children of watched programs", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_exit", KTP_TURN_EXIT), "sched_process_exit", HOOK_CALLS,
	 "watched programs that end", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_uring_submit", KTP_TURN_URING_SUBMIT), "io_uring_submit_req",
	 HOOK_URING, "connects of watched programs by io_uring", LIST("watch")},
	{TWICE_IF_PREEMPTED("ktp_uring_complete", KTP_TURN_URING_COMPLETE), "io_uring_complete",
	 HOOK_URING, "what io_uring told watched programs", LIST("watch")},
	{TWICE("ktp_destroy", KTP_TURN_DESTROY), "tcp_destroy_sock", HOOK_CALLS,
	 "sockets of watched programs that end", LIST("watch")},
};

const size_t hook_count = sizeof(hooks) / sizeof(hooks[0]);

const char *hook_name(const struct hook *hook)
{
	return hook->need >= HOOK_PATH ? hook->program : hook->tracepoint;
}
