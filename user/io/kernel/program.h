/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel programs as a set: which hooks this kernel has, loaded, with their rings, and
 * attached. Used by the observer only.
 */
#ifndef IO_PROGRAM_H
#define IO_PROGRAM_H

#include <stdint.h>

#include "user/base/error.h"
#include "user/io/kernel/observer_config.h"

struct attachment;
struct ktcping_bpf;
struct programs;
struct ktp_shared;

/*
 * NULL on failure, with the cause. A hook that can be done without may be missing:
 * attachment_hooks() tells.
 */
struct programs *programs_load(const struct observer_config *config, struct error *ret_error);
void programs_free(struct programs *programs);

int programs_ring_fd(const struct programs *programs, unsigned index);
uint32_t programs_attempts(const struct programs *programs); /* how many may be followed at once */
uint32_t programs_ring_bytes(const struct programs *programs);
struct ktp_shared *programs_shared(const struct programs *programs);
struct ktcping_bpf *programs_skeleton(const struct programs *programs);
struct attachment *programs_attachment(const struct programs *programs);

#endif
