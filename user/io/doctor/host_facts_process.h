/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What can be read about this process without a trial, and what it means for probing. */
#ifndef IO_HOST_FACTS_PROCESS_H
#define IO_HOST_FACTS_PROCESS_H

#include "user/core/doctor.h"

/* User, capabilities, namespaces, limits, seccomp. */
void host_facts_process(struct doctor_report *report);

#endif
