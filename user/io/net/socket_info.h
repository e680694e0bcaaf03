/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a TCP socket says of itself (TCP_INFO), for who must not see linux/tcp.h: its flags have the
 * names of ours.
 */
#ifndef IO_SOCKET_INFO_H
#define IO_SOCKET_INFO_H

#include <stdint.h>

struct socket_info {
	uint8_t state;	      /* tcpi_state */
	uint32_t retransmits; /* tcpi_total_retrans */
	uint32_t sent;	      /* tcpi_segs_out; 0: the kernel does not tell */
	uint32_t received;    /* tcpi_segs_in */
};

/*
 * Waits until what the socket has just received has been handled, its answer included (lock_sock()
 * in tcp_get_info()). 0 or -errno.
 */
int socket_info_read(int fd, struct socket_info *ret_info);

#endif
