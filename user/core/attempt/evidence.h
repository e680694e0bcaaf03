/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which entries of a timeline may decide a verdict, an amendment, or what a program is accused of?
 * The others tell the story, and give their places up to those that decide.
 *
 * What is read from a timeline (facts.h, app_view.h, amend.h) is the first of its kind, the last,
 * or a number of repeats. So of each kind a few entries decide, however many there are.
 */
#ifndef CORE_EVIDENCE_H
#define CORE_EVIDENCE_H

#include "user/core/attempt/attempt.h"

/* By index: may the entry decide? Our own calls and every SYN that left do, hops do not. */
void evidence_mark(const struct attempt *attempt, bool ret_decides[ATTEMPT_MAX_ENTRIES]);

#endif
