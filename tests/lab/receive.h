/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the kernel processes what a device receives. */
#ifndef LAB_RECEIVE_H
#define LAB_RECEIVE_H

#include <stdbool.h>

struct error;

/* The first and the last processor that this process may use; the same one where it has but one. */
void receive_processors(unsigned *ret_first, unsigned *ret_last);

/*
 * For each device of the calling thread's network namespace: what it receives is processed on that
 * processor (RPS), what loopback receives on one of both, by the flow's hash. With threads the
 * device's NAPI thread has it first, where the kernel has NAPI for the device and threads for NAPI;
 * for that veth merges what it receives (GRO), and sends no segment larger than its MTU (no TSO).
 * Returns 0, or -errno with the sentence.
 */
int receive_on(unsigned processor, unsigned other, bool has_threads, struct error *ret_error);

#endif
