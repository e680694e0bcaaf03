/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One scene of the tour: a target, and what is wrong with it. */
#ifndef DEMO_SCENE_H
#define DEMO_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/lab/lab.h"

struct scene {
	const char *story; /* one line */
	const char *host;
	uint16_t port;
	struct peer_rule rule;	 /* of the scripted peer at that port, when the host is LAB_PEER4 */
	enum lab_host listen_on; /* where a real server listens, when listen_port is not 0 */
	uint16_t listen_port;
	enum lab_host rules_on; /* where nft reads the rules */
	const char *rules;	/* NULL: none */
	/* the only ones that the client may use, as "40000 40000"; NULL: as usual */
	const char *source_ports;
	/* ktcping and the plain connect() cannot run at the same time: one after the other */
	bool has_room_for_one;
};

extern const struct scene scenes[];
extern const size_t scene_count;

/* Prepare a lab for the scene. Returns 0, or -errno with the sentence. */
int scene_set(const struct scene *scene, struct lab *lab, struct error *ret_error);

#endif
