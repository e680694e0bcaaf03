/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be read about this host and this process without trying anything out, and what it means for probing. */
#ifndef IO_HOST_FACTS_H
#define IO_HOST_FACTS_H

#include "user/core/doctor.h"
#include "user/io/capabilities.h"

/* As FIRST_USER_NAMESPACE. */
#define FIRST_PID_NAMESPACE 0xeffffffcu
#define FIRST_NET_NAMESPACE 0xeffffff9u /* only on newer kernels; before, it has a number like any other */

/* The kernel: release, architecture, BTF, lockdown, sysctls. */
void host_facts_kernel(struct doctor_report *report);
/* This process: user, capabilities, namespaces, limits, seccomp. */
void host_facts_process(struct doctor_report *report);

#endif
