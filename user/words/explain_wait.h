/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of explain.c that says where on this host the application waited, when it came to something after all. */
#ifndef WORDS_EXPLAIN_WAIT_H
#define WORDS_EXPLAIN_WAIT_H

#include "user/core/verdict/judgement.h"
#include "user/words/sentence.h"

/* "; waited 688.8 ms in this host's own queue (eth0); the application waited 689.0 ms", or nothing. */
void explain_waits(struct sentence *s, const struct judgement *j);

#endif
