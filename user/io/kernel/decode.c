// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One table says what each kind of record becomes. */
#include "user/io/kernel/decode.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "include/ktp_event.h"
#include "include/ktp_follow.h"
#include "user/base/time.h"
#include "user/io/netlink/routes.h"

_Static_assert(KTP_FUNCTION_MAX >= EVENT_SYMBOL_MAX, "a function's name fits");

static const struct {
	enum event_kind kind;
	size_t bytes;
} kinds[] = {
	[KTP_STATE] = {EVENT_STATE, sizeof(struct ktp_socket_event)},
	[KTP_LOCAL_ACCEPT] = {EVENT_LOCAL_ACCEPT, sizeof(struct ktp_socket_event)},
	[KTP_RETRANSMIT] = {EVENT_RETRANSMIT, sizeof(struct ktp_socket_event)},
	[KTP_RESET_RECEIVED] = {EVENT_RESET_RECEIVED, sizeof(struct ktp_socket_event)},
	[KTP_RESET_SENT] = {EVENT_RESET_SENT, sizeof(struct ktp_socket_event)},
	[KTP_ERROR_REPORT] = {EVENT_ERROR_REPORT, sizeof(struct ktp_socket_event)},
	[KTP_QUEUE] = {EVENT_QUEUE, sizeof(struct ktp_packet_event)},
	[KTP_XMIT] = {EVENT_XMIT, sizeof(struct ktp_packet_event)},
	[KTP_RECEIVE] = {EVENT_RECEIVE, sizeof(struct ktp_packet_event)},
	[KTP_DROP] = {EVENT_DROP, sizeof(struct ktp_drop_event)},
	[KTP_BAD_CHECKSUM] = {EVENT_BAD_CHECKSUM, sizeof(struct ktp_packet_event)},
	[KTP_CALL] = {EVENT_APP, sizeof(struct ktp_call_event)},
	[KTP_HOP] = {EVENT_HOP, sizeof(struct ktp_packet_event)},
	[KTP_NEIGHBOUR] = {EVENT_NEIGHBOUR, sizeof(struct ktp_neighbour_event)},
	[KTP_INFO] = {EVENT_SOCKET_INFO, sizeof(struct ktp_socket_event)},
};

static void copy_name(char *name, const char *text)
{
	memcpy(name, text, EVENT_NAME_MAX);
	name[EVENT_NAME_MAX - 1] = '\0';
}

static void decode_socket(const struct ktp_socket_event *record, struct event *event)
{
	if (record->record.kind == KTP_RETRANSMIT || record->record.kind == KTP_ERROR_REPORT) {
		event->error.error = record->error;
		event->error.error_soft = record->error_soft;
		return;
	}
	if (record->record.kind == KTP_INFO) {
		event->info.state = record->old_state;
		event->info.retransmits = (uint32_t)record->error;
		return;
	}
	if (record->record.kind == KTP_RESET_RECEIVED || record->record.kind == KTP_RESET_SENT)
		return;
	event->state.source =
		address_make(record->record.family, record->source, record->source_port);
	event->state.destination =
		address_make(record->record.family, record->destination, record->destination_port);
	/* On the wire an IPv6 socket that speaks IPv4 has IPv4 addresses. */
	event->state.source = address_unmapped(&event->state.source);
	event->state.destination = address_unmapped(&event->state.destination);
	event->state.old_state = record->old_state;
	event->state.new_state = record->new_state;
	event->state.bound_ifindex = record->bound_ifindex;
	event->state.pid = record->pid;
	copy_name(event->state.comm, record->comm);
}

static int decode_packet(const struct ktp_packet_event *record, struct event *event)
{
	struct packet_event *packet = &event->packet;
	size_t bytes =
		record->header_bytes < KTP_HEADER_MAX ? record->header_bytes : KTP_HEADER_MAX;

	event->raw = (struct event_raw){record->header, (uint32_t)bytes, record->packet_bytes};
	if (packet_parse(record->header, bytes, record->ethertype, &packet->packet) < 0) {
		if (event->kind != EVENT_DROP || !record->is_own)
			return -EBADMSG;
		packet->packet = (struct packet){.kind = PACKET_CARRIER};
	}
	packet->skb = record->skb;
	packet->ifindex = record->ifindex;
	packet->is_own = record->is_own;
	packet->is_loopback = record->is_loopback;
	packet->state = record->state;
	packet->is_received = record->is_received;
	packet->is_stray = record->is_stray;
	packet->hop_netns = record->hop_netns;
	copy_name(packet->device, record->device);
	return 0;
}

static void decode_neighbour(const struct ktp_neighbour_event *record, struct event *event)
{
	struct neighbour_event *neighbour = &event->neighbour;

	neighbour->state = neighbour_state_of(record->state);
	neighbour->address = address_make(record->record.family, record->address, 0);
	neighbour->ifindex = record->ifindex;
	neighbour->is_own = true;
	copy_name(neighbour->device, record->device);
}

/* What each is in the core's words, and which of its two ends it is. */
static const struct {
	enum app_call call;
	enum app_phase phase;
} calls[] = {
	[KTP_CALL_CONNECT] = {APP_CONNECT, APP_RETURN},
	[KTP_CALL_POLL] = {APP_POLL, APP_RETURN},
	[KTP_CALL_SELECT] = {APP_SELECT, APP_RETURN},
	[KTP_CALL_EPOLL] = {APP_EPOLL, APP_RETURN},
	[KTP_CALL_SO_ERROR] = {APP_SO_ERROR, APP_RETURN},
	[KTP_CALL_PEERNAME] = {APP_PEERNAME, APP_RETURN},
	[KTP_CALL_SEND] = {APP_SEND, APP_RETURN},
	[KTP_CALL_RECEIVE] = {APP_RECEIVE, APP_RETURN},
	[KTP_CALL_CLOSE] = {APP_CLOSE, APP_ENTER},
	[KTP_CALL_EPOLL_CTL] = {APP_EPOLL_CTL, APP_ENTER},
	[KTP_CALL_SEND_FASTOPEN] = {APP_SEND_FASTOPEN, APP_RETURN},
	[KTP_CALL_TCP_INFO] = {APP_TCP_INFO, APP_RETURN},
	[KTP_CALL_SHUTDOWN] = {APP_SHUTDOWN, APP_RETURN},
	[KTP_CALL_IOCTL] = {APP_IOCTL, APP_RETURN},
};

/* Of a call that has nothing to say yet: how it was called is part of what it says. */
static int32_t result_of_manner(const struct ktp_call_event *record)
{
	switch (record->manner) {
	case KTP_MANNER_WAITS:
		return APP_RESULT_WAITED;
	case KTP_MANNER_NOTHING:
		return APP_RESULT_NOTHING;
	}
	return record->result;
}

static int decode_call(const struct ktp_call_event *record, struct event *event)
{
	struct sockaddr_storage sockaddr = {0};

	if (record->call >= sizeof(calls) / sizeof(calls[0]) || !calls[record->call].call)
		return -EBADMSG;
	event->app.call = calls[record->call].call;
	event->app.phase = record->is_entered ? APP_ENTER : calls[record->call].phase;
	event->app.result = record->result;
	event->app.error = record->error;
	event->app.state = record->state;
	if (!record->is_entered && (record->error == EINPROGRESS || record->error == EAGAIN))
		event->app.result = result_of_manner(record);
	memcpy(&sockaddr, record->sockaddr, sizeof(record->sockaddr));
	if (record->is_entered && address_from_sockaddr(&sockaddr, &event->app.address) == 0)
		event->app.address = address_unmapped(&event->app.address);
	return 0;
}

int decode_task(const void *data, size_t bytes, struct event *ret_event)
{
	const struct ktp_call_event *record = data;
	struct event event;

	if (bytes < sizeof(*record) || record->record.kind != KTP_CALL || !record->is_entered)
		return -ENOENT;
	event = (struct event){.kind = EVENT_TASK};
	event.time_ns = record->enter_ns;
	event.netns = record->record.netns;
	event.key = (struct attempt_key){record->record.cookie, record->record.number};
	event.task = (struct task_event){.pid = record->pid,
					 .tid = record->tid,
					 .uid = record->uid,
					 .cgroup = record->cgroup,
					 .is_unseen = record->fd == -1};
	copy_name(event.task.comm, record->comm);
	*ret_event = event;
	return 0;
}

int decode_reset(const void *data, size_t bytes, struct event *ret_event)
{
	const struct ktp_socket_event *record = data;

	if (bytes < sizeof(*record) || record->record.kind != KTP_STATE || !record->reset_before_ns)
		return -ENOENT;
	*ret_event = (struct event){.kind = EVENT_RESET_RECEIVED,
				    .time_ns = record->record.time_ns - record->reset_before_ns,
				    .netns = record->record.netns,
				    .key = {record->record.cookie, record->record.number}};
	return 0;
}

int decode_queued(const void *data, size_t bytes, struct event *ret_event)
{
	const struct ktp_packet_event *record = data;

	if (bytes < sizeof(*record) ||
	    (record->record.kind != KTP_XMIT && record->record.kind != KTP_DROP) ||
	    !record->queued_before_ns)
		return -ENOENT;
	*ret_event = (struct event){.kind = EVENT_QUEUE,
				    .time_ns = record->record.time_ns - record->queued_before_ns,
				    .netns = record->record.netns,
				    .key = {record->record.cookie, record->record.number}};
	if (decode_packet(record, ret_event) < 0)
		return -ENOENT;
	ret_event->packet.state = TCP_STATE_SYN_SENT;
	return 0;
}

void decode_late(const struct ktp_late *late, uint64_t now_ns, struct late_connect *ret_late)
{
	struct address source = address_make((int)late->family, late->source, late->source_port);
	struct address destination =
		address_make((int)late->family, late->destination, late->destination_port);
	struct event event = {.time_ns = now_ns - late->age_ms * MILLISECOND_NS,
			      .netns = late->netns,
			      .key = {.cookie = late->cookie, .number = late->number}};
	struct event *events = ret_late->events;

	ret_late->pid = late->pid;
	ret_late->source = address_unmapped(&source);
	ret_late->destination = address_unmapped(&destination);
	ret_late->age_ms = late->age_ms;
	ret_late->retransmits = late->retransmits;
	for (unsigned i = 0; i < LATE_EVENTS; i++)
		events[i] = event;
	events[0].kind = EVENT_TASK;
	events[0].task = (struct task_event){.pid = late->pid, .tid = late->pid, .is_late = true};
	copy_name(events[0].task.comm, late->comm);
	events[1].kind = EVENT_APP;
	events[1].app = (struct app_event){
		.call = APP_CONNECT, .phase = APP_ENTER, .address = ret_late->destination};
	events[2].kind = EVENT_STATE;
	events[2].state = (struct state_event){.source = ret_late->source,
					       .destination = ret_late->destination,
					       .old_state = TCP_STATE_CLOSE,
					       .new_state = TCP_STATE_SYN_SENT,
					       .pid = late->pid};
	copy_name(events[2].state.comm, late->comm);
	events[3].kind = EVENT_SOCKET_INFO;
	events[3].time_ns = now_ns;
	events[3].info = (struct info_event){
		.state = TCP_STATE_SYN_SENT, .retransmits = late->retransmits, .isn = late->isn};
}

static void decode_drop(const struct ktp_drop_event *record, struct kernel_names *names,
			struct event *event)
{
	char *function = event->packet.function;

	kernel_names_drop_reason(record->packet.reason, event->packet.reason);
	memcpy(function, record->function, EVENT_SYMBOL_MAX);
	function[EVENT_SYMBOL_MAX - 1] = '\0';
	if (!function[0])
		kernel_names_function(names, record->packet.location, function);
	/* .constprop.0, .isra.0, .cold; the module's name */
	function[strcspn(function, ". ")] = '\0';
}

int decode_record(const void *data, size_t bytes, struct kernel_names *names,
		  struct event *ret_event)
{
	const struct ktp_record *record = data;
	int result = 0;

	if (bytes < sizeof(*record) || record->kind >= sizeof(kinds) / sizeof(kinds[0]) ||
	    kinds[record->kind].kind == EVENT_UNKNOWN)
		return -EBADMSG;
	if (bytes < kinds[record->kind].bytes)
		return -EBADMSG;
	memset(ret_event, 0, sizeof(*ret_event));
	ret_event->time_ns = record->time_ns;
	ret_event->kind = kinds[record->kind].kind;
	ret_event->netns = record->netns;
	ret_event->key = (struct attempt_key){record->cookie, record->number};
	if (kinds[record->kind].kind == EVENT_APP)
		result = decode_call(data, ret_event);
	else if (kinds[record->kind].kind == EVENT_NEIGHBOUR)
		decode_neighbour(data, ret_event);
	else if (kinds[record->kind].bytes == sizeof(struct ktp_socket_event))
		decode_socket(data, ret_event);
	else
		result = decode_packet(data, ret_event);
	if (ret_event->kind == EVENT_DROP)
		decode_drop(data, names, ret_event);
	return result;
}
