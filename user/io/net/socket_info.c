// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* struct tcp_info as the kernel has it: the C library's ends before tcpi_segs_out. */
#include "user/io/net/socket_info.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

int socket_info_read(int fd, struct socket_info *ret_info)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		return -errno;
	*ret_info = (struct socket_info){
		.state = info.tcpi_state,
		.retransmits = info.tcpi_total_retrans,
		.sent = info.tcpi_segs_out,
		.received = info.tcpi_segs_in,
	};
	return 0;
}
