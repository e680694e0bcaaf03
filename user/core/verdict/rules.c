// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What came with our port and number, and yet is no answer that the socket could have taken. */
#include "user/core/verdict/icmp.h"
#include "user/core/verdict/rule.h"
#include "user/core/verdict/signs.h"

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

/* A right answer finds its socket, but for one that is bound to another device. */
bool rule_other_device(const struct facts *f, struct verdict *v)
{
	uint32_t bound = f->attempt->bound_ifindex;

	return bound && facts_is_valid_answer(f) && facts_is_without_socket(f, f->drop_in) && entry_at(f, f->drop_in)->ifindex &&
	       entry_at(f, f->drop_in)->ifindex != bound && rule_cite(v, f->syn_ack) && rule_cite(v, f->reset) && rule_cite(v, f->drop_in);
}

/* It quotes our SYN with addresses that it never had here: the kernel pays no heed to it, and so it waits for an answer. */
static bool is_stray_icmp(const struct facts *f, struct verdict *v, enum status status)
{
	const struct icmp_meaning *meaning;

	if (!f->syn_count || f->stray_icmp == NO_ENTRY || f->answer_count)
		return false;
	meaning = icmp_meaning(f->attempt->requested.family, entry_at(f, f->stray_icmp)->icmp.type, entry_at(f, f->stray_icmp)->icmp.code);
	if (!meaning || meaning->status != status)
		return false;
	v->reason = meaning->reason;
	return rule_cite(v, f->syns[0]) && rule_cite(v, f->stray_icmp);
}

bool rule_stray_icmp_unreachable(const struct facts *f, struct verdict *v)
{
	return is_stray_icmp(f, v, STATUS_UNREACHABLE);
}

bool rule_stray_icmp_filtered(const struct facts *f, struct verdict *v)
{
	return is_stray_icmp(f, v, STATUS_FILTERED);
}

/* Where only the end was seen, a driver or the packet's way before TCP threw it away. */
static bool is_damage(const struct facts *f, int received, struct verdict *v)
{
	if (!f->syn_count || (received == NO_ENTRY && f->drop_damaged == NO_ENTRY))
		return false;
	return rule_cite(v, f->syns[0]) && rule_cite(v, received) && rule_cite(v, f->drop_damaged);
}

bool rule_damaged(const struct facts *f, struct verdict *v)
{
	return f->drop_damaged != NO_ENTRY && drop_is_bad_checksum(&entry_at(f, f->drop_damaged)->drop) && is_damage(f, f->damaged, v);
}

bool rule_unreadable(const struct facts *f, struct verdict *v)
{
	return is_damage(f, f->unreadable != NO_ENTRY ? f->unreadable : f->damaged, v);
}

bool rule_unexplained_error(const struct facts *f, struct verdict *v)
{
	return f->syn_count && f->closed_by_kernel != NO_ENTRY && facts_is_refusal(facts_reported_error(f)) && !f->answer_count &&
	       f->reset_received == NO_ENTRY && f->unroutable == NO_ENTRY && f->icmp == NO_ENTRY && rule_cite(v, f->syns[0]) &&
	       rule_cite(v, f->error_report) && rule_cite(v, f->so_error) && rule_cite(v, f->closed_by_kernel);
}
