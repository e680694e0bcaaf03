/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What of this host's own state may drop or refuse a connection: connection tracking, IPsec, IPVS,
 * legacy iptables.
 */
#ifndef IO_HOST_STATE_H
#define IO_HOST_STATE_H

#include "user/core/event.h"

/*
 * Of the namespace in which the calling thread is. What is not there, or cannot be read, is 0:
 * net.netfilter.nf_conntrack_count and _max; XFRM_MSG_GETSPDINFO; /proc/net/ip_vs;
 * /proc/net/ip_tables_names.
 */
void host_state_read(const struct address *destination, struct host_event *ret_host);

#endif
