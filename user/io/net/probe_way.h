/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The way that a probe's packets take: before its connect(), and when it has gone on for a while.
 */
#ifndef IO_PROBE_WAY_H
#define IO_PROBE_WAY_H

#include "user/core/attempt/attempt.h"
#include "user/io/net/probe_socket.h"

/* Before connect(). 0 or -errno. */
int probe_way_first(const struct probe_socket *probe, bool is_bound, struct route_event *ret_route);

/*
 * What the kernel would do now. attempt: what was seen of it so far, for where it really goes, or
 * NULL. ROUTE_NO_NAMESPACE when the origin's is another one by now. ROUTE_NO_DEVICE and
 * ROUTE_NO_SOURCE when that is gone. A route that is gone explains a source that went with it,
 * unless the source was asked for: then it is what the route depends on. 0, or -errno: it could not
 * be asked, and *ret_route is untouched.
 */
int probe_way_now(const struct probe_socket *probe, const struct attempt *attempt,
		  struct route_event *ret_route);

#endif
