/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The predicates of rules_once.c about this host alone: what it lacks or refuses. */
#ifndef CORE_RULES_LOCAL_H
#define CORE_RULES_LOCAL_H

#include "user/core/verdict/facts.h"

bool local_has_no_port(const struct facts *f);
bool local_has_no_carrier(const struct facts *f);
bool local_has_bind_no_namespace(const struct facts *f);
bool local_has_bind_no_device(const struct facts *f);
bool local_has_bind_no_source(const struct facts *f);
bool local_has_bind_no_port(const struct facts *f);
bool local_has_bind_failed(const struct facts *f);
bool local_has_no_namespace(const struct facts *f);
bool local_has_no_device(const struct facts *f);
bool local_has_no_source(const struct facts *f);
bool local_is_bad_destination(const struct facts *f);
bool local_has_no_route(const struct facts *f);
bool local_is_route_unreachable(const struct facts *f);
bool local_is_route_blackhole(const struct facts *f);
bool local_is_route_prohibit(const struct facts *f);
bool local_is_policy(const struct facts *f);
bool local_has_connect_failed(const struct facts *f);

#endif
