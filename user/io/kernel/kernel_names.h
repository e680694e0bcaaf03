/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The running kernel's names for numbers: drop reasons from its BTF (values move between kernels),
 * functions from kallsyms where the kernel side cannot print them itself. Each is read when it is
 * first asked for; the drop reasons once, for all threads.
 */
#ifndef IO_KERNEL_NAMES_H
#define IO_KERNEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "user/core/event.h"

struct kernel_names;

struct kernel_names *kernel_names_new(void);
void kernel_names_free(struct kernel_names *names);

/*
 * "NETFILTER_DROP"; "reason-7" for a number without a name; "" for 0. name has EVENT_SYMBOL_MAX
 * bytes.
 */
void kernel_names_drop_reason(uint32_t reason, char *name);
/* "nft_do_chain", as kallsyms has it; "" when symbols are hidden (kernel.kptr_restrict). */
void kernel_names_function(struct kernel_names *names, uint64_t address, char *name);

#endif
