/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an answer goes through on its way: damage, extension headers, fragments. */
#ifndef LAB_PEER_SHAPE_H
#define LAB_PEER_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/lab/peer.h"

#define SHAPE_PARTS_MAX 8
#define SHAPE_BYTES_MAX 384

struct shaped {
	size_t count; /* of packets */
	size_t lengths[SHAPE_PARTS_MAX];
	uint8_t packets[SHAPE_PARTS_MAX][SHAPE_BYTES_MAX];
};

/* packet: of at most REPLY_MAX bytes. */
void peer_shape(enum peer_shape shape, const uint8_t *packet, size_t length,
		struct shaped *ret_shaped);

#endif
