/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The packet that answered a probe, as the renderers read it. */
#ifndef RENDER_ANSWER_H
#define RENDER_ANSWER_H

#include "user/core/report.h"

/*
 * The entry with the answer's header fields: `icmp` with ENTRY_ICMP, else `tcp`. NULL when nothing
 * came, or when no packet of it was kept.
 */
const struct entry *answer_packet(const struct probe_report *report);

#endif
