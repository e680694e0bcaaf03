/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an ICMP error about our SYN means: a table of RFC 792, 1122, 1812 and 4443. */
#ifndef CORE_ICMP_H
#define CORE_ICMP_H

#include "user/core/verdict/verdict.h"

struct icmp_meaning {
	uint8_t type;
	uint8_t code;
	enum status status;
	enum reason reason;
	const char *words; /* "host unreachable" */
};

/* NULL for what is no failure of the connection (too big, parameter problem …) or unknown. family: AF_INET or AF_INET6. */
const struct icmp_meaning *icmp_meaning(int family, uint8_t type, uint8_t code);

#endif
