/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A later SYN may still pass, or absence counts: judged when the attempt has ended. */
#ifndef CORE_RULES_END_H
#define CORE_RULES_END_H

#include "user/core/verdict/rules/rule.h"

extern const struct rule rules_end[];

#endif
