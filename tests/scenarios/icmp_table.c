/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One probe for each ICMP error that a router may answer with. */
#include "tests/scenarios/icmp_table.h"

#include <string.h>

#define FIRST_PORT 7000

void expect_icmp_verdicts(const char *peer, const char *router, const char *status,
			  const struct icmp_case *cases, size_t count)
{
	struct lab *lab = scenario_lab();
	json_t *record;

	for (size_t i = 0; i < count; i++) {
		uint16_t port = (uint16_t)(FIRST_PORT + i);

		lab_peer_rule(lab, port,
			      (struct peer_rule){.answer = PEER_ICMP,
						 .icmp_type = cases[i].type,
						 .icmp_code = cases[i].code});
		record = probe(lab, peer, port);
		expect_verdict(record, status, cases[i].reason);
		expect_text(record, "answer.kind", "icmp");
		expect_text(record, "answer.from", router);
		expect_number(record, "answer.icmp_type", cases[i].type);
		expect_number(record, "answer.icmp_code", cases[i].code);
		expect_number(record, "answer.ttl", 64);
		if (!strcmp(cases[i].app_errno, "ECONNREFUSED"))
			expect_misled_app(record, cases[i].app_result, cases[i].app_errno);
		else
			expect_app(record, cases[i].app_result, cases[i].app_errno);
		expect_syns(record, 1, 0);
		expect_null(record, "drop");
		expect_explained(record, router);
	}
}
