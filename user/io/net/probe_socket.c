// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the kernel says of the socket. */
#include "user/io/net/probe_socket.h"

#include <sys/socket.h>

void prober_tell(struct prober_sink sink, const struct event *event)
{
	sink.take(sink.context, event);
}

struct address probe_socket_source(const struct probe_socket *socket)
{
	struct sockaddr_storage sockaddr;
	socklen_t length = sizeof(sockaddr);
	struct address source = {0};

	if (getsockname(socket->fd, (struct sockaddr *)&sockaddr, &length) < 0 ||
	    address_from_sockaddr(&sockaddr, &source) < 0)
		return (struct address){0};
	if (source.family == AF_INET6 && !socket->source_port) /* it was chosen after the way */
		source.port = 0;
	return source;
}
