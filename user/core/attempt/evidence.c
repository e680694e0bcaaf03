// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Role by role: who has it decides. What packets have is evidence_packet.c's. */
#include "user/core/attempt/evidence.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "user/core/attempt/call.h"
#include "user/core/attempt/evidence_packet.h"

/* As app_view.c reads it. */
static void read_answer(struct roles *roles, const struct entry *entry, unsigned index,
			enum call_answer answer)
{
	bool is_connected = entry->time_ns >= roles->handshake.established_ns;

	switch (answer) {
	case CALL_SILENT:
	case CALL_CLOSED:
		break;
	case CALL_READY:
		if (is_connected && entry->app.result & POLLOUT)
			roles_keep_first(roles, ROLE_READY, index);
		break;
	case CALL_IDLE:
		roles_keep_first(roles, ROLE_IDLE, index);
		roles_keep_last(roles, ROLE_IDLE_LAST, index);
		roles_keep_last(roles, ROLE_NOT_YET, index);
		break;
	case CALL_BEGUN:
	case CALL_WAIT:
		roles_keep_last(roles, ROLE_NOT_YET, index);
		break;
	case CALL_WRITABLE:
		if (!is_connected)
			roles_keep_first(roles, ROLE_WRITABLE, index);
		break;
	case CALL_TROUBLE:
		roles_keep_first(roles, ROLE_TROUBLE, index);
		break;
	case CALL_ZERO:
		roles_keep_first(roles, is_connected ? ROLE_SUCCESS : ROLE_ZERO, index);
		break;
	case CALL_CONNECTED:
		roles_keep_first(roles, is_connected ? ROLE_SUCCESS : ROLE_EARLY, index);
		break;
	case CALL_FAILED:
		roles_keep_first(roles, ROLE_FAILURE, index);
		break;
	}
}

/* One of nothing is no question by itself. */
static bool is_question(enum call_answer answer)
{
	return answer != CALL_SILENT && answer != CALL_BEGUN && answer != CALL_IDLE &&
	       answer != CALL_CLOSED;
}

static void read_call(struct roles *roles, const struct entry *entry, unsigned index)
{
	enum call_answer answer = call_answer(entry);

	if (entry->app.call == APP_CONNECT || entry->app.call == APP_SEND_FASTOPEN)
		roles_keep_first(roles, entry->app.phase == APP_RETURN ? ROLE_RETURN : ROLE_ENTER,
				 index);
	if (answer == CALL_BEGUN && roles->entries[ROLE_RETURN] != (int)index)
		answer = CALL_WAIT;
	if (is_question(answer))
		roles_keep_first(roles, ROLE_ASKED, index);
	if (entry->app.call == APP_ABANDON)
		roles_keep_first(roles, ROLE_ABANDON, index);
	else if (answer == CALL_CLOSED)
		roles_keep_first(roles, ROLE_CLOSE, index);
	else if (entry->time_ns < roles->handshake.established_ns)
		roles_keep_last(roles, ROLE_LAST_CALL, index);
	read_answer(roles, entry, index, answer);
}

static void read_route(struct roles *roles, const struct entry *entry, unsigned index)
{
	if (entry->route.kind == ROUTE_LOCAL)
		roles_keep_first(roles, ROLE_ROUTE_LOCAL, index);
	else if (entry->route.kind != ROUTE_UNICAST)
		roles_keep_first(roles, ROLE_ROUTE_REFUSING, index);
	roles_keep_last(roles, ROLE_ROUTE, index);
}

static void read_entry(struct roles *roles, const struct entry *entry, unsigned index)
{
	switch ((enum event_kind)entry->kind) {
	case EVENT_APP:
		read_call(roles, entry, index);
		break;
	case EVENT_ROUTE:
		read_route(roles, entry, index);
		break;
	case EVENT_NEIGHBOUR:
		roles_keep_last(roles, entry->flags & ENTRY_OWN ? ROLE_WAITS_FOR : ROLE_NEIGHBOUR,
				index);
		break;
	case EVENT_LINK:
		roles_keep_last(roles, ROLE_LINK, index);
		break;
	case EVENT_HOST:
		roles_keep_last(roles, ROLE_HOST, index);
		break;
	case EVENT_SOCKET_INFO:
		if (roles->attempt->is_late) /* what it was when it was found */
			roles_keep_first(roles, ROLE_KIND + entry->kind, index);
		roles_keep_last(roles, ROLE_INFO, index);
		break;
	case EVENT_STATE:
		roles_keep_first(roles, ROLE_STATE + entry->state.new_state % ROLE_STATES, index);
		break;
	case EVENT_RETRANSMIT:
		if (entry->error.error == -EHOSTUNREACH)
			roles_keep_first(roles, ROLE_UNROUTABLE, index);
		if (entry->error.error < 0)
			roles_keep_last(roles, ROLE_UNSENT, index);
		break;
	case EVENT_ERROR_REPORT:
		if (entry->error.error || entry->error.error_soft)
			roles_keep_first(roles, ROLE_ERROR, index);
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
		evidence_read_sent(roles, entry, index);
		break;
	case EVENT_RECEIVE:
		evidence_read_received(roles, entry, index);
		break;
	case EVENT_DROP:
		evidence_read_drop(roles, entry, index);
		break;
	case EVENT_DEADLINE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RESET_RECEIVED:
	case EVENT_BAD_CHECKSUM:
		roles_keep_first(roles, ROLE_KIND + entry->kind, index);
		break;
	case EVENT_UNKNOWN:
	case EVENT_TASK:
	case EVENT_RESET_SENT: /* the refused answer is there itself */
	case EVENT_HOP:
	case EVENT_LOST:
	case EVENT_DRAINED:
	case EVENT_END:
	case EVENT_RUN:
	case EVENT_TARGET:
	case EVENT_PROGRAM:
	case EVENT_SUMMARY:
	case EVENT_REPORT:
		break;
	}
}

void evidence_mark(const struct attempt *attempt, bool ret_decides[ATTEMPT_MAX_ENTRIES])
{
	struct roles roles = {.attempt = attempt, .handshake = handshake_of(attempt)};
	uint32_t isn;

	memset(roles.entries, -1, sizeof(roles.entries));
	memset(ret_decides, 0, ATTEMPT_MAX_ENTRIES * sizeof(*ret_decides));
	for (unsigned i = 0; i < attempt->entry_count; i++) {
		const struct entry *entry = &attempt->entries[i];

		roles.is_syn_seen |= handshake_find_isn(entry, &isn);
		read_entry(&roles, entry, i);
		ret_decides[i] =
			handshake_is_syn(entry) || (entry->kind == EVENT_APP && attempt->is_ours);
	}
	for (enum role role = 0; role < ROLE_COUNT; role++)
		if (roles_have(&roles, role))
			ret_decides[roles.entries[role]] = true;
}
