// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Damaged, filtered, from elsewhere, or no answer to a SYN: why the socket made no progress. */
#include "user/core/verdict/rules/rules_refused.h"

#include <errno.h>
#include <string.h>

#include "user/core/attempt/drop.h"

bool refused_is_corrupt(const struct facts *f)
{
	return f->bad_checksum != NO_ENTRY || facts_is_dropped_as(f, f->drop_in, "TCP_CSUM");
}

/* Seen as it came in, or only as it was dropped. */
static bool has_right_answer(const struct facts *f)
{
	return facts_is_valid_answer(f) || f->is_answer_dropped;
}

bool refused_is_rp_filtered(const struct facts *f)
{
	return has_right_answer(f) && facts_is_dropped_as(f, f->drop_in, "IP_RPFILTER");
}

/* A right answer finds its socket, but for one that is bound to another device. */
bool refused_is_by_other_device(const struct facts *f)
{
	uint32_t bound = f->attempt->bound_ifindex;

	return bound && facts_is_valid_answer(f) && facts_is_without_socket(f, f->drop_in) &&
	       entry_at(f, f->drop_in)->ifindex && entry_at(f, f->drop_in)->ifindex != bound;
}

/*
 * The kernel says so, or, where drops have no reason, none of our SYNs had the stamp that is
 * echoed. It looks at stamps only when the ack is right.
 */
bool refused_is_wrong_timestamp(const struct facts *f)
{
	const char *reason = f->drop_in != NO_ENTRY ? entry_at(f, f->drop_in)->drop.reason : "";
	bool is_told = !strncmp(reason, "TCP_RFC7323_", strlen("TCP_RFC7323_"));
	bool is_untold = !reason[0] || !strcmp(reason, "NOT_SPECIFIED");

	return f->syn_ack != NO_ENTRY && facts_is_refused_by_tcp(f, f->drop_in) &&
	       (is_told || (is_untold && facts_echoes_nothing(f, f->syn_ack)));
}

/* Without a reason (before 5.17): policies and socket filters drop there, before TCP looks. */
static bool is_dropped_at_entrance(const struct facts *f)
{
	return facts_is_dropped_as(f, f->drop_in, "") &&
	       (facts_is_dropped_by(f, f->drop_in, "tcp_v4_rcv") ||
		facts_is_dropped_by(f, f->drop_in, "tcp_v6_rcv"));
}

bool refused_is_malformed(const struct facts *f)
{
	return facts_is_valid_answer(f) && facts_is_refused_by_tcp(f, f->drop_in) &&
	       !facts_is_dropped_as(f, f->drop_in, "NO_SOCKET") && !is_dropped_at_entrance(f);
}

/*
 * Without a drop that was seen: a SYN that left after the answer had come in, or the socket itself
 * long after that, shows that it was in SYN_SENT still.
 */
static bool is_unheard(const struct facts *f)
{
	int answer = f->syn_ack != NO_ENTRY ? f->syn_ack : f->reset;
	uint64_t came_ns = answer != NO_ENTRY ? entry_at(f, answer)->time_ns : UINT64_MAX;
	const struct entry *info = f->info != NO_ENTRY ? entry_at(f, f->info) : NULL;

	for (unsigned i = 0; i < f->syn_count && i < FACTS_MAX_SYNS; i++)
		if (entry_at(f, f->syns[i])->time_ns > came_ns)
			return true;
	return info && info->info.state == TCP_STATE_SYN_SENT && info->time_ns > came_ns &&
	       info->time_ns - came_ns >= REPEAT_EARLIEST_NS;
}

/* A RST's own end is no drop: a socket that was refused has accepted it. */
bool refused_is_dropped_in(const struct facts *f)
{
	bool is_refused =
		f->closed_by_kernel != NO_ENTRY && facts_reported_error(f) == ECONNREFUSED;
	/* A full backlog asks for no checksum, and what was looked at was damaged. */
	bool is_damage_likely = f->damaged != NO_ENTRY && !facts_is_policy_drop(f, f->drop_in);

	return has_right_answer(f) && facts_has_left(f) && !is_refused && !is_damage_likely &&
	       (f->drop_in != NO_ENTRY || is_unheard(f));
}

/* It ended here: it did not just pass this host once more on its way to the target. */
bool refused_is_syn_returned(const struct facts *f)
{
	bool is_dropped = f->returned != NO_ENTRY && f->drop_returned > f->returned;

	return facts_has_left(f) && !f->is_target_local &&
	       (is_dropped || f->self_answer != NO_ENTRY);
}

/* Our number is what only a receiver of our SYN knows. */
bool refused_is_from_elsewhere(const struct facts *f)
{
	return facts_has_left(f) && f->stray != NO_ENTRY;
}

static const struct icmp_meaning *meaning_of_stray_icmp(const struct facts *f)
{
	const struct icmp_entry *icmp = &entry_at(f, f->stray_icmp)->icmp;

	return icmp_meaning(f->attempt->requested.family, icmp->type, icmp->code);
}

/* It quotes our SYN with addresses that it never had here: the kernel ignores it. */
static bool is_stray_icmp(const struct facts *f)
{
	return facts_has_left(f) && f->stray_icmp != NO_ENTRY && !f->answer_count &&
	       meaning_of_stray_icmp(f);
}

bool refused_is_stray_icmp_unreachable(const struct facts *f)
{
	return is_stray_icmp(f) && meaning_of_stray_icmp(f)->status == STATUS_UNREACHABLE;
}

bool refused_is_stray_icmp_filtered(const struct facts *f)
{
	return is_stray_icmp(f) && meaning_of_stray_icmp(f)->status == STATUS_FILTERED;
}

enum reason refused_reason_of_stray_icmp(const struct facts *f)
{
	return meaning_of_stray_icmp(f)->reason;
}

bool refused_is_damaged(const struct facts *f)
{
	return facts_has_left(f) && f->drop_damaged != NO_ENTRY &&
	       drop_is_bad_checksum(&entry_at(f, f->drop_damaged)->drop);
}

/* The kernel thinks nothing of what it says, and so does a plain connect(). */
bool refused_is_martian(const struct facts *f)
{
	return facts_has_left(f) && f->drop_damaged != NO_ENTRY &&
	       entry_at(f, f->drop_damaged)->flags & ENTRY_MARTIAN;
}

bool refused_is_unreadable(const struct facts *f)
{
	return facts_has_left(f) && f->unreadable != NO_ENTRY;
}

/* Where only the end was seen, a driver or the packet's way before TCP dropped it. */
bool refused_is_damaged_otherwise(const struct facts *f)
{
	return facts_has_left(f) && (f->damaged != NO_ENTRY || f->drop_damaged != NO_ENTRY);
}

bool refused_is_wrong_ack(const struct facts *f)
{
	return f->invalid != NO_ENTRY && entry_at(f, f->invalid)->tcp.flags & TCP_FLAG_ACK &&
	       !facts_is_acknowledged(f, entry_at(f, f->invalid)->tcp.ack);
}

bool refused_is_blind_reset(const struct facts *f)
{
	return f->invalid != NO_ENTRY && entry_at(f, f->invalid)->tcp.flags & TCP_FLAG_RST;
}

bool refused_is_unexpected(const struct facts *f)
{
	return f->invalid != NO_ENTRY;
}
