/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests of words, lines and files of targets share. */
#ifndef TESTS_UNIT_TARGET_FIXTURE_H
#define TESTS_UNIT_TARGET_FIXTURE_H

#include "user/core/target/target.h"

/* A target_service_lookup that does not depend on /etc/services. */
int find_service(const char *name);

/* The labels of all ports, separated by spaces: one string tells the whole host. */
void host_describe(const struct host *host, char *text);

#endif
