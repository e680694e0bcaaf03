// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Go through the policy: the first rule that applies is the verdict. */
#include "user/core/verdict/rules/decide.h"

#include <assert.h>

#include "user/core/verdict/measure.h"
#include "user/core/verdict/rules/rules_end.h"
#include "user/core/verdict/rules/rules_once.h"

static const struct rule *find_rule(const struct rule *rules, const struct facts *facts)
{
	while (rules->applies && !rules->applies(facts))
		rules++;
	return rules->applies ? rules : NULL;
}

static int cited(const struct facts *facts, size_t place)
{
	return place == FIRST_ENTRY ? 0 : *(const int *)((const char *)facts + place);
}

/* Of a call that found no place whatever is first has to stand for it. */
static void cite(const struct rule *rule, const struct facts *facts, struct verdict *verdict)
{
	for (unsigned i = 0; i < VERDICT_MAX_EVIDENCE && rule->cites[i]; i++)
		verdict_cite(verdict, cited(facts, rule->cites[i]));
	if (!verdict->evidence_count && facts->attempt->entry_count)
		verdict_cite(verdict, 0);
	assert(verdict->evidence_count > 0);
}

bool verdict_decide(const struct facts *facts, struct verdict *ret_verdict)
{
	const struct attempt *attempt = facts->attempt;
	const struct rule *rule = find_rule(rules_once, facts);
	struct verdict verdict = {.answer_entry = NO_ENTRY};

	if (!rule && facts_has_ended(facts))
		rule = find_rule(rules_end, facts);
	if (!rule)
		return false;
	cite(rule, facts, &verdict);
	verdict.status = rule->status;
	verdict.reason = rule->choose ? rule->choose(facts) : rule->reason;
	verdict.missing = (uint16_t)facts->missing;
	verdict.is_complete = !attempt->lost_count && !attempt->overflow_count && !facts->missing &&
			      !attempt->is_late;
	if (attempt->is_late && (rule->rests == ON_ABSENCE || rule->status == STATUS_INVALID)) {
		verdict.status = STATUS_INCOMPLETE;
		verdict.reason = REASON_ATTACHED_LATE;
	} else if (!verdict.is_complete && rule->rests == ON_ABSENCE) {
		verdict.status = STATUS_INCOMPLETE;
		verdict.reason = REASON_EVENTS_LOST;
	}
	measure_verdict(facts, &verdict);
	*ret_verdict = verdict;
	return true;
}
