/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events out of a fuzzer's bytes: such as a kernel may send, and such as none ever will. */
#ifndef TESTS_FUZZ_CORE_EVENT_H
#define TESTS_FUZZ_CORE_EVENT_H

#include "tests/fuzz/bytes.h"
#include "user/core/event.h"

/* *now_ns is moved on. */
void core_event_make(struct bytes *bytes, uint64_t *now_ns, struct event *ret_event);

#endif
