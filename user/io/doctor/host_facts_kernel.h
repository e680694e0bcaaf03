/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be read about the kernel without trying anything out, and what it means for probing. */
#ifndef IO_HOST_FACTS_KERNEL_H
#define IO_HOST_FACTS_KERNEL_H

#include "user/core/doctor.h"

/* Release, architecture, BTF, lockdown, sysctls. */
void host_facts_kernel(struct doctor_report *report);

#endif
