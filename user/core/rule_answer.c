// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What came with our port and number, and yet is no answer that the socket could have taken. */
#include "user/core/rule.h"

/* Our number is what only a receiver of our SYN knows. */
bool rule_from_elsewhere(const struct facts *f, struct verdict *v)
{
	return f->syn_count && f->stray != NO_ENTRY && rule_cite(v, f->syns[0]) && rule_cite(v, f->stray) && rule_cite(v, f->drop_stray);
}

/* That it ended here tells it from a SYN that takes its way to the target through this host once more. */
bool rule_syn_returned(const struct facts *f, struct verdict *v)
{
	bool is_dropped = f->returned != NO_ENTRY && f->drop_returned > f->returned;

	return f->syn_count && !f->is_target_local && (is_dropped || f->self_answer != NO_ENTRY) && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->returned) && rule_cite(v, f->drop_returned) && rule_cite(v, f->self_answer);
}
