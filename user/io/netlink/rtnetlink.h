/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Questions to the kernel about its network (rtnetlink): routes.h and devices.h ask them.
 *
 * Asking sends nothing and changes nothing; the kernel answers within the call. The namespace is
 * the one in which rtnetlink_new() was called, wherever the thread that asks is.
 *
 * "There is no route" and "no such neighbour" are answers, not failures: the functions return 0, or
 * a negative errno when the question could not be asked. Outputs are untouched on failure.
 */
#ifndef IO_RTNETLINK_H
#define IO_RTNETLINK_H

#include <libmnl/libmnl.h>

#include "user/base/address.h"

struct rtnetlink;

/* NULL and errno on failure. */
struct rtnetlink *rtnetlink_new(void);
void rtnetlink_free(struct rtnetlink *netlink);

/*
 * Begin a message in the buffer. *ret_header is the zeroed header of the kind's own that follows
 * the netlink header.
 */
struct nlmsghdr *rtnetlink_begin(struct rtnetlink *netlink, uint16_t type, size_t header_bytes,
				 void *ret_header);
/* Returns what the kernel returned: 0 after `take` has seen the answer, or a negative errno. */
int rtnetlink_run(struct rtnetlink *netlink, struct nlmsghdr *request, mnl_cb_t take, void *data);
/*
 * Likewise, after `take` has seen all that there are; of the request's own kind where it says one.
 */
int rtnetlink_dump(struct rtnetlink *netlink, struct nlmsghdr *request, mnl_cb_t take, void *data);

size_t rtnetlink_address_bytes(int family);
/* None when there is no attribute, or one that is too short. */
struct address rtnetlink_address(const struct nlattr *attribute, int family);

#endif
