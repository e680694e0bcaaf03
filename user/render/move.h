/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a change of address is called: one sentence for every format. */
#ifndef RENDER_MOVE_H
#define RENDER_MOVE_H

#include "user/core/report.h"

/* A label, two addresses and the words between them leave more than half of it to the namespace. */
#define MOVE_SENTENCE_MAX 1024

/*
 * "example.com:443 moved from 192.0.2.1 to 192.0.2.7", "… has a new address: 192.0.2.7", "… no
 * longer has 192.0.2.1"; each with " in NETNS" behind it when there is one. Foreign text is in it
 * as it came. text has MOVE_SENTENCE_MAX bytes; returns text.
 */
char *move_sentence(const struct move_report *report, char *text);

#endif
