/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that do nothing, at the tracepoints that ktcping is always attached to, and at those of
 * `watch': what being called costs by itself.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define EMPTY(tracepoint)                                                                          \
	SEC("raw_tp/" #tracepoint)                                                                 \
	int empty_##tracepoint(void *context)                                                      \
	{                                                                                          \
		(void)context;                                                                     \
		return 0;                                                                          \
	}

EMPTY(inet_sock_set_state)
EMPTY(net_dev_queue)
EMPTY(net_dev_start_xmit)
EMPTY(netif_receive_skb)
EMPTY(kfree_skb)
EMPTY(tcp_retransmit_skb)
EMPTY(tcp_receive_reset)
EMPTY(tcp_send_reset)
EMPTY(inet_sk_error_report)

/* watch */
EMPTY(sys_enter)
EMPTY(sys_exit)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
