// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who won while another connect of the same process was under way? */
#include "user/core/correlate/race.h"

#include "user/core/verdict/app_view.h"

void race_note(struct race_memory *memory, const struct attempt *attempt, const struct event *event)
{
	uint32_t at = memory->count % RACE_MEMORY_WINNERS;

	if (attempt->is_ours || event->kind != EVENT_STATE ||
	    event->state.new_state != TCP_STATE_ESTABLISHED)
		return;
	memory->winners[at].pid = attempt->pid;
	memory->winners[at].port = attempt->requested.port;
	memory->winners[at].time_ns = event->time_ns;
	memory->count++;
}

void race_note_unseen(struct race_memory *memory, uint32_t pid)
{
	memory->unseen[pid % RACE_MEMORY_UNSEEN / 8] |= (uint8_t)(1u << pid % 8);
}

static bool is_seen(const struct race_memory *memory, uint32_t pid)
{
	return !(memory->unseen[pid % RACE_MEMORY_UNSEEN / 8] & 1u << pid % 8);
}

static bool has_winner(const struct race_memory *memory, const struct attempt *attempt,
		       bool is_any_port)
{
	uint64_t ended_ns =
		attempt->entry_count ? attempt->entries[attempt->entry_count - 1].time_ns : 0;

	for (uint32_t i = 0; i < memory->count && i < RACE_MEMORY_WINNERS; i++)
		if (memory->winners[i].pid == attempt->pid &&
		    memory->winners[i].time_ns >= app_view_origin_ns(attempt) &&
		    memory->winners[i].time_ns <= ended_ns &&
		    (is_any_port || memory->winners[i].port == attempt->requested.port))
			return true;
	return false;
}

void race_excuse(const struct race_memory *memory, const struct attempt *attempt,
		 struct verdict *verdict)
{
	const uint32_t omissions = NOTE_ERROR_UNREAD | NOTE_NEVER_ASKED | NOTE_ZERO_ERROR;

	if (!(verdict->notes & omissions) || verdict->notes & NOTE_TOLD_EARLY)
		return;
	if (!is_seen(memory, attempt->pid) ||
	    has_winner(memory, attempt, (verdict->notes & omissions) == NOTE_ERROR_UNREAD))
		verdict->app_agrees = true;
}
