/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel side's reading of packets, compiled for user space: its helper copies from a buffer
 * that the test gives.
 */
#include "tests/unit/kernel_side.h"

/*
 * What only clang's BPF target has. The structs of vmlinux.h then have the layout written there,
 * which serves as well as any kernel's.
 */
#define __builtin_preserve_access_index(expression) (expression)
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* The helper fails where the kernel has no memory; here, where the buffer ends. */
struct readable {
	const void *begin, *end;
};

static _Thread_local struct readable readable;

static long read_buffer(void *to, __u32 bytes, const void *from)
{
	bool is_packet = from >= readable.begin && from < readable.end;

	if (is_packet && (size_t)(readable.end - from) < bytes) {
		__builtin_memset(to, 0, bytes); /* as the kernel does */
		return -14;			/* -EFAULT */
	}
	__builtin_memcpy(to, from, bytes);
	return 0;
}

#define bpf_probe_read_kernel read_buffer
#include "bpf/header.bpf.h"

int kernel_side_tag_bytes(const uint8_t *bytes, size_t count, uint16_t ethertype)
{
	readable = (struct readable){bytes, bytes + count};
	return ktp_tag_bytes(bytes, __builtin_bswap16(ethertype));
}

int kernel_side_ip_offset(const uint8_t *bytes, size_t count, uint16_t mac, uint16_t network,
			  uint16_t protocol)
{
	struct sk_buff skb = {
		.head = (unsigned char *)bytes,
		.protocol = __builtin_bswap16(protocol),
		.network_header = network,
		.mac_header = mac,
	};

	readable = (struct readable){bytes, bytes + count};
	return (int)((const uint8_t *)ktp_network_header(&skb) - bytes);
}
