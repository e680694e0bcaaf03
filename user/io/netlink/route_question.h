/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the way of a connect depends on. */
#ifndef IO_ROUTE_QUESTION_H
#define IO_ROUTE_QUESTION_H

#include <stdbool.h>

#include "user/base/address.h"

/* A TCP connect, as far as it decides about its route. Zeroed: from anywhere, unmarked. */
struct route_question {
	struct address destination; /* its port counts: policy rules may tell ports apart */
	struct address source;	    /* none: any; its port counts likewise */
	uint32_t mark;
	/*
	 * Bound to this device, or VRF; 0: none. A link-local destination's scope takes its place,
	 * as in connect()
	 */
	uint32_t oif;
	uint8_t tos;  /* its two ECN bits do not count, as in the socket */
	bool has_uid; /* else our own */
	uint32_t uid; /* of the one that connects: rules may tell users apart */
};

#endif
