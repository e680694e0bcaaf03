// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A question and its answer at a time. */
#include "user/io/netlink/rtnetlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

struct rtnetlink {
	struct mnl_socket *socket;
	unsigned port;
	uint32_t sequence;
	/* One message is asked and one answered; routes and neighbours have some 200 bytes. */
	_Alignas(struct nlmsghdr) char buffer[8192];
};

struct rtnetlink *rtnetlink_new(void)
{
	struct rtnetlink *netlink = calloc(1, sizeof(*netlink));

	if (!netlink)
		return NULL;
	netlink->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!netlink->socket || mnl_socket_bind(netlink->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int error = errno;

		rtnetlink_free(netlink);
		errno = error;
		return NULL;
	}
	netlink->port = mnl_socket_get_portid(netlink->socket);
	return netlink;
}

void rtnetlink_free(struct rtnetlink *netlink)
{
	if (!netlink)
		return;
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	free(netlink);
}

size_t rtnetlink_address_bytes(int family)
{
	return family == AF_INET ? 4 : 16;
}

struct nlmsghdr *rtnetlink_begin(struct rtnetlink *netlink, uint16_t type, size_t header_bytes,
				 void *ret_header)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(netlink->buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST;
	request->nlmsg_seq = ++netlink->sequence;
	*(void **)ret_header = mnl_nlmsg_put_extra_header(request, header_bytes);
	return request;
}

/* Returns what mnl_cb_run() does: MNL_CB_OK while there is more to come of a dump; or -errno. */
static int receive(struct rtnetlink *netlink, mnl_cb_t take, void *data)
{
	ssize_t bytes;
	int result;

	for (;;) {
		bytes = mnl_socket_recvfrom(netlink->socket, netlink->buffer,
					    sizeof(netlink->buffer));
		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0)
			return -errno;
		result = mnl_cb_run(netlink->buffer, (size_t)bytes, netlink->sequence,
				    netlink->port, take, data);
		if (result >= 0)
			return result;
		/* The late answer to a question whose receiving failed. */
		if (errno != EPROTO)
			return -errno;
	}
}

static int send_request(struct rtnetlink *netlink, const struct nlmsghdr *request)
{
	return mnl_socket_sendto(netlink->socket, request, request->nlmsg_len) < 0 ? -errno : 0;
}

int rtnetlink_run(struct rtnetlink *netlink, struct nlmsghdr *request, mnl_cb_t take, void *data)
{
	int result = send_request(netlink, request);

	if (result == 0)
		result = receive(netlink, take, data);
	return result < 0 ? result : 0;
}

/* Before 4.20 a kernel does not choose by the request, and all are seen. */
static void set_strict(struct rtnetlink *netlink, int is_strict)
{
	mnl_socket_setsockopt(netlink->socket, NETLINK_GET_STRICT_CHK, &is_strict,
			      sizeof(is_strict));
}

int rtnetlink_dump(struct rtnetlink *netlink, struct nlmsghdr *request, mnl_cb_t take, void *data)
{
	int result;

	request->nlmsg_flags |= NLM_F_DUMP;
	set_strict(netlink, true);
	result = send_request(netlink, request);
	if (result == 0)
		do
			result = receive(netlink, take, data);
		while (result == MNL_CB_OK);
	set_strict(netlink, false);
	return result;
}

struct address rtnetlink_address(const struct nlattr *attribute, int family)
{
	if (!attribute || mnl_attr_get_payload_len(attribute) < rtnetlink_address_bytes(family))
		return (struct address){0};
	return address_make(family, mnl_attr_get_payload(attribute), 0);
}
