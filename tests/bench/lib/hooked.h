/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The least that observing can cost: programs that do nothing, at ktcping's tracepoints. */
#ifndef BENCH_HOOKED_H
#define BENCH_HOOKED_H

#include <stdbool.h>

#include "user/base/error.h"

struct bpf_object;

/*
 * Those of probes, and, if wanted, those at system calls as well, which `watch' has. They stay
 * attached until detached, or until the process ends. NULL with the sentence.
 */
struct bpf_object *hooked_attach(bool has_calls, struct error *ret_error);
void hooked_detach(struct bpf_object *object);

#endif
