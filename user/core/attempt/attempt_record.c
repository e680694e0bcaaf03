// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kind by kind. */
#include "user/core/attempt/attempt_record.h"

#include <string.h>

#include "user/core/attempt/attempt_packet.h"
#include "user/core/attempt/path.h"

/* The attempt's own fields that an event fills in. */
static void note_app(struct attempt *attempt, const struct app_event *app)
{
	if (app->call == APP_BIND) /* it failed: the source that was wanted */
		attempt->source = app->address;
	if ((app->call != APP_CONNECT && app->call != APP_SEND_FASTOPEN) ||
	    app->phase != APP_ENTER || address_is_set(&attempt->requested))
		return; /* called again, the socket stays with what it was asked for first */
	attempt->requested = app->address;
	attempt->is_ours = app->is_ours;
	attempt->probe = app->probe;
}

static void note_task(struct attempt *attempt, const struct task_event *task)
{
	attempt->pid = task->pid;
	attempt->tid = task->tid;
	attempt->uid = task->uid;
	attempt->cgroup = task->cgroup;
	attempt->is_unseen = task->is_unseen;
	attempt->is_late = task->is_late;
	memcpy(attempt->comm, task->comm, sizeof(attempt->comm));
}

static void note_state(struct attempt *attempt, const struct state_event *state)
{
	if (state->source.port)
		attempt->source = state->source;
	if (state->new_state != TCP_STATE_SYN_SENT)
		return;
	attempt->is_admitted = true;
	attempt->destination = state->destination;
	attempt->bound_ifindex = state->bound_ifindex;
	attempt->pid = state->pid;
	memcpy(attempt->comm, state->comm, sizeof(attempt->comm));
	if (!attempt->source.port)
		attempt->source = state->source;
	/* no call that is seen said what was asked for */
	if (!attempt->is_ours && !address_is_set(&attempt->requested))
		attempt->requested = state->destination;
}

void attempt_record(struct entry *entry, struct attempt *attempt, const struct event *event,
		    const struct entry_names *names)
{
	memset(entry, 0, sizeof(*entry));
	entry->time_ns = event->time_ns;
	entry->kind = (uint8_t)event->kind;
	entry->count = 1;
	switch (event->kind) {
	case EVENT_APP:
		note_app(attempt, &event->app);
		entry->app.call = (uint8_t)event->app.call;
		entry->app.phase = (uint8_t)event->app.phase;
		entry->app.state = event->app.state;
		entry->app.result = event->app.result;
		entry->app.error = event->app.error;
		break;
	case EVENT_TASK:
		note_task(attempt, &event->task);
		break;
	case EVENT_ROUTE:
		entry->ifindex = event->route.ifindex;
		entry->route.kind = (uint8_t)event->route.kind;
		entry->route.is_by_rule = event->route.is_by_rule;
		entry->route.family = (uint8_t)event->route.gateway.family;
		memcpy(entry->route.gateway, event->route.gateway.bytes,
		       sizeof(entry->route.gateway));
		attempt_note_device(attempt, event->route.ifindex, event->route.device);
		break;
	case EVENT_NEIGHBOUR:
		entry->ifindex = event->neighbour.ifindex;
		entry->flags |= event->neighbour.is_own ? ENTRY_OWN : 0;
		entry->neighbour.state = (uint8_t)event->neighbour.state;
		entry->neighbour.family = (uint8_t)event->neighbour.address.family;
		attempt_note_device(attempt, event->neighbour.ifindex, event->neighbour.device);
		memcpy(entry->neighbour.address, event->neighbour.address.bytes,
		       sizeof(entry->neighbour.address));
		break;
	case EVENT_LINK:
		entry->ifindex = event->link.ifindex;
		entry->link.has_carrier = event->link.has_carrier;
		entry->link.has_xdp = event->link.has_xdp;
		attempt_note_device(attempt, event->link.ifindex, event->link.device);
		break;
	case EVENT_HOST:
		entry->host = event->host;
		break;
	case EVENT_SOCKET_INFO:
		entry->info = event->info;
		break;
	case EVENT_STATE:
		note_state(attempt, &event->state);
		entry->state.old_state = event->state.old_state;
		entry->state.new_state = event->state.new_state;
		break;
	case EVENT_RETRANSMIT:
	case EVENT_ERROR_REPORT:
		entry->error = event->error;
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
		attempt_note_transmitted(attempt, &event->packet.packet);
		attempt_record_packet(entry, attempt, event, names);
		break;
	case EVENT_RECEIVE:
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
		attempt_record_packet(entry, attempt, event, names);
		break;
	case EVENT_HOP:
		entry->ifindex = event->packet.ifindex;
		path_fill_hop(&entry->hop, attempt, &event->packet, names->device);
		break;
	case EVENT_UNKNOWN:
	case EVENT_DEADLINE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RESET_RECEIVED:
	case EVENT_RESET_SENT:
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
