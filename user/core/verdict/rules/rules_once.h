/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Positive proof: falls as soon as it is there. */
#ifndef CORE_RULES_ONCE_H
#define CORE_RULES_ONCE_H

#include "user/core/verdict/rules/rule.h"

extern const struct rule rules_once[];

#endif
