/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel side's reading of packets, compiled for user space: vmlinux.h and the system's headers
 * cannot be included together.
 */
#ifndef TESTS_KERNEL_SIDE_H
#define TESTS_KERNEL_SIDE_H

#include <stddef.h>
#include <stdint.h>

/*
 * ktp_tag_bytes() over exactly these bytes, which follow the ethertype (host order): what lies
 * beyond cannot be read.
 */
int kernel_side_tag_bytes(const uint8_t *bytes, size_t count, uint16_t ethertype);

/*
 * Where ktp_network_header() finds the IP header of a packet whose link-layer header begins at
 * `mac` of these bytes, as an offset. protocol (host order) and network are what the kernel says:
 * skb->protocol and skb->network_header.
 */
int kernel_side_ip_offset(const uint8_t *bytes, size_t count, uint16_t mac, uint16_t network,
			  uint16_t protocol);

#endif
