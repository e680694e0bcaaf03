/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The predicates of rules_end.c about what came, and was refused or never heard. */
#ifndef CORE_RULES_REFUSED_H
#define CORE_RULES_REFUSED_H

#include "user/core/verdict/facts.h"

bool refused_is_corrupt(const struct facts *f);
bool refused_is_rp_filtered(const struct facts *f);
bool refused_is_by_other_device(const struct facts *f);
bool refused_is_wrong_timestamp(const struct facts *f);
bool refused_is_malformed(const struct facts *f);
bool refused_is_dropped_in(const struct facts *f);
bool refused_is_syn_returned(const struct facts *f);
bool refused_is_from_elsewhere(const struct facts *f);
bool refused_is_stray_icmp_unreachable(const struct facts *f);
bool refused_is_stray_icmp_filtered(const struct facts *f);
enum reason refused_reason_of_stray_icmp(const struct facts *f);
bool refused_is_damaged(const struct facts *f);
bool refused_is_martian(const struct facts *f);
bool refused_is_unreadable(const struct facts *f);
bool refused_is_damaged_otherwise(const struct facts *f);
bool refused_is_wrong_ack(const struct facts *f);
bool refused_is_blind_reset(const struct facts *f);
bool refused_is_unexpected(const struct facts *f);

#endif
