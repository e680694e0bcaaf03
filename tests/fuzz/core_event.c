// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Events out of a fuzzer's bytes. Addresses, sequence numbers and times come from small tables, so
 * that what belongs together is met by chance; a byte beyond the table takes anything.
 */
#include "tests/fuzz/core_event.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define MS_NS 1000000ull
#define S_NS  1000000000ull
#define ISN   0xfffffffeu /* so that it wraps */

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static void time_make(struct bytes *bytes, uint64_t *now_ns, struct event *event)
{
	static const uint64_t steps_ns[] = {0,		 1,	      1000,	   50000,
					    MS_NS,	 3 * MS_NS,   10 * MS_NS,  200 * MS_NS,
					    850 * MS_NS, 950 * MS_NS, S_NS,	   3 * S_NS,
					    4 * S_NS,	 10 * S_NS,   86400 * S_NS};
	unsigned choice = (unsigned)bytes_take(bytes, 1);
	uint64_t step_ns = steps_ns[(choice & 0x3f) % COUNT(steps_ns)];

	event->time_ns = *now_ns + step_ns;
	if (choice == 0x3f)
		event->time_ns = bytes_take(bytes, 8);
	else if (choice & 0x80)
		event->time_ns = *now_ns > step_ns ? *now_ns - step_ns : 0;
	else
		*now_ns = event->time_ns;
}

static struct address address_make_any(struct bytes *bytes)
{
	static const char hosts[][4] = {{10, 1, 0, 2}, {10, 2, 0, 2}, {127, 0, 0, 1},
					{10, 1, 0, 1}, {10, 3, 0, 9}, {0, 0, 0, 0}};
	static const uint16_t ports[] = {40000, 80, 0, 443};
	unsigned choice = (unsigned)bytes_take(bytes, 1);
	uint8_t raw[16] = {0xfe, 0x80};
	struct address address;

	if (choice == 0xff)
		return (struct address){0};
	memcpy(raw + 12, hosts[(choice & 7) % COUNT(hosts)], 4);
	if (choice & 0x20)
		for (size_t i = 0; i < sizeof(raw); i++)
			raw[i] = (uint8_t)bytes_take(bytes, 1);
	address = address_make(choice & 0x40 ? AF_INET6 : AF_INET, choice & 0x40 ? raw : raw + 12,
			       ports[choice >> 3 & 3]);
	address.scope = choice & 0x80 ? (uint32_t)bytes_take(bytes, 4) : 0;
	return address;
}

static int32_t error_make(struct bytes *bytes)
{
	static const int32_t errors[] = {0,	      EINPROGRESS,   ECONNREFUSED, EHOSTUNREACH,
					 ETIMEDOUT,   EADDRNOTAVAIL, EPERM,	   EACCES,
					 ENETUNREACH, EINVAL,	     ENODEV,	   ECONNABORTED,
					 EINTR,	      ECONNRESET,    EALREADY};
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	if (choice >= 0xf0)
		return (int32_t)bytes_take(bytes, 4);
	return choice & 0x80 ? -errors[choice % COUNT(errors)] : errors[choice % COUNT(errors)];
}

static void app_make(struct bytes *bytes, struct app_event *app)
{
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	app->call = (enum app_call)(choice % (APP_BIND + 1));
	app->phase = (enum app_phase)((choice >> 3) % (APP_RETURN + 1));
	app->is_ours = choice & 0x40;
	app->result = choice & 0x80 ? (int32_t)bytes_take(bytes, 4) : -(int32_t)(choice & 1);
	app->error = error_make(bytes);
	app->address = address_make_any(bytes);
}

static uint32_t sequence_make(struct bytes *bytes)
{
	static const uint32_t numbers[] = {ISN, ISN + 1, 0, 5000, 5001, ISN - 1};
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	return choice == 0xff ? (uint32_t)bytes_take(bytes, 4) : numbers[choice % COUNT(numbers)];
}

static void tcp_make(struct bytes *bytes, struct tcp_fields *tcp)
{
	static const uint8_t flags[] = {TCP_FLAG_SYN,
					TCP_FLAG_SYN | TCP_FLAG_ACK,
					TCP_FLAG_RST | TCP_FLAG_ACK,
					TCP_FLAG_RST,
					TCP_FLAG_ACK,
					TCP_FLAG_FIN | TCP_FLAG_ACK,
					TCP_FLAG_SYN | TCP_FLAG_RST};
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	tcp->flags = choice >= 0xf0 ? (uint8_t)bytes_take(bytes, 1) : flags[choice % COUNT(flags)];
	tcp->seq = sequence_make(bytes);
	tcp->ack = sequence_make(bytes);
	tcp->options = (uint8_t)bytes_take(bytes, 1);
	tcp->tsval = bytes_below(bytes, 4);
	tcp->tsecr = bytes_below(bytes, 4);
	tcp->window = tcp->mss = (uint16_t)(tcp->options * 257);
	tcp->wscale = tcp->options & 0xf;
	tcp->data_bytes = tcp->options & 0x7;
}

static void drop_make(struct bytes *bytes, struct packet_event *event)
{
	static const char *const reasons[] = {
		"",	    "NETFILTER_DROP", "NO_SOCKET",    "NEIGH_FAILED",
		"TCP_CSUM", "IP_RPFILTER",    "NOT_SPECIFIED"};
	static const char *const functions[] = {"", "nft_do_chain [nf_tables]", "neigh_invalidate",
						"tcp_v4_rcv", "tcp_rcv_state_process"};
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	if (choice == 0xff) {
		bytes_text(bytes, event->reason, sizeof(event->reason));
		bytes_text(bytes, event->function, sizeof(event->function));
		return;
	}
	strcpy(event->reason, reasons[choice % COUNT(reasons)]);
	strcpy(event->function, functions[(choice >> 4) % COUNT(functions)]);
}

static void icmp_make(struct bytes *bytes, struct packet *packet)
{
	packet->kind = PACKET_ICMP;
	packet->icmp_type = (uint8_t)bytes_take(bytes, 1);
	packet->icmp_code = (uint8_t)bytes_take(bytes, 1);
	packet->mtu = (uint16_t)bytes_take(bytes, 2);
	packet->quoted_source = address_make_any(bytes);
	packet->quoted_destination = address_make_any(bytes);
	packet->tcp_is_cut = packet->mtu & 1;
}

static void packet_make(struct bytes *bytes, struct event *event)
{
	struct packet_event *packet = &event->packet;
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	packet->packet.kind = choice & 0x80 ? 0 : PACKET_TCP;
	packet->packet.source = address_make_any(bytes);
	packet->packet.destination = address_make_any(bytes);
	if (choice & 0x40)
		icmp_make(bytes, &packet->packet);
	tcp_make(bytes, &packet->packet.tcp);
	packet->packet.ttl = packet->packet.tcp.options;
	packet->packet.ip_id = choice & 3;
	packet->ifindex = choice & 7;
	packet->is_own = choice & 8;
	packet->is_loopback = choice & 16;
	strcpy(packet->device, "eth0");
	if (choice & 32)
		bytes_text(bytes, packet->device, sizeof(packet->device));
	if (event->kind == EVENT_DROP)
		drop_make(bytes, packet);
	if (event->kind == EVENT_HOP) {
		packet->hop_netns = 1 + bytes_below(bytes, 3);
		packet->is_received = choice & 8;
	}
}

static void state_make(struct bytes *bytes, struct state_event *state)
{
	static const uint8_t steps[][2] = {{7, 2}, {2, 1}, {2, 7}, {1, 7}, {2, 3}, {3, 1}, {1, 8}};
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	state->old_state =
		choice >= 0xf0 ? (uint8_t)bytes_take(bytes, 1) : steps[choice % COUNT(steps)][0];
	state->new_state =
		choice >= 0xf0 ? (uint8_t)bytes_take(bytes, 1) : steps[choice % COUNT(steps)][1];
	state->source = address_make_any(bytes);
	state->destination = address_make_any(bytes);
	state->pid = choice;
	strcpy(state->comm, "ktcping");
	if (choice == 0xe0)
		bytes_text(bytes, state->comm, sizeof(state->comm));
}

static void route_make(struct bytes *bytes, struct route_event *route)
{
	unsigned choice = (unsigned)bytes_take(bytes, 1);

	route->kind = (enum route_kind)(choice % (ROUTE_NO_SOURCE + 1));
	route->is_by_rule = choice >> 7;
	route->gateway = address_make_any(bytes);
	route->ifindex = choice >> 4 & 7;
	if (choice & 0x80)
		bytes_text(bytes, route->device, sizeof(route->device));
}

static void key_make(struct bytes *bytes, struct event *event)
{
	unsigned choice = (unsigned)bytes_take(bytes, 1);
	bool has_key = (event->kind != EVENT_LOST && event->kind != EVENT_DRAINED &&
			event->kind != EVENT_END) ||
		       choice & 0x80;

	if (has_key)
		event->key = (struct attempt_key){.cookie = choice & 3, .number = choice >> 2 & 1};
	event->netns = choice & 0x40 ? (uint32_t)bytes_take(bytes, 4) : 0;
}

/*
 * A hop and the end only for the last numbers, so that what was found before there were any still
 * says the same.
 */
#define LAST_NUMBERS 7
static enum event_kind kind_make(struct bytes *bytes)
{
	unsigned choice = (unsigned)bytes_take(bytes, 1);
	unsigned kind = choice % EVENT_DRAINED;

	if (choice >= 256 - LAST_NUMBERS)
		return EVENT_END;
	if (choice >= 256 - 256 % EVENT_DRAINED)
		return EVENT_HOP;
	return (enum event_kind)(kind < EVENT_HOP ? kind : kind + 1);
}

void core_event_make(struct bytes *bytes, uint64_t *now_ns, struct event *event)
{
	*event = (struct event){.kind = kind_make(bytes)};
	key_make(bytes, event);
	time_make(bytes, now_ns, event);
	switch (event->kind) {
	case EVENT_APP:
		app_make(bytes, &event->app);
		break;
	case EVENT_ROUTE:
		route_make(bytes, &event->route);
		break;
	case EVENT_NEIGHBOUR:
		event->neighbour.state =
			(enum neighbour_state)bytes_below(bytes, NEIGHBOUR_VALID + 1);
		event->neighbour.address = address_make_any(bytes);
		event->neighbour.ifindex = bytes_below(bytes, 4);
		event->neighbour.is_own = bytes_below(bytes, 2);
		break;
	case EVENT_TASK:
		event->task = (struct task_event){bytes_below(bytes, 4),
						  bytes_below(bytes, 4),
						  bytes_below(bytes, 2),
						  bytes_take(bytes, 8),
						  "curl",
						  false,
						  bytes_below(bytes, 2)};
		break;
	case EVENT_LINK:
		event->link = (struct link_event){bytes_below(bytes, 4), bytes_below(bytes, 2),
						  bytes_below(bytes, 2), "eth0"};
		break;
	case EVENT_HOST:
		event->host = (struct host_event){bytes_below(bytes, 3),
						  bytes_below(bytes, 3),
						  (uint16_t)bytes_below(bytes, 2),
						  (uint16_t)bytes_below(bytes, 2),
						  (uint16_t)bytes_below(bytes, 2),
						  bytes_below(bytes, 2),
						  bytes_below(bytes, 2)};
		break;
	case EVENT_SOCKET_INFO:
		event->info = (struct info_event){(uint8_t)bytes_take(bytes, 1),
						  (uint32_t)bytes_take(bytes, 1),
						  bytes_below(bytes, 4), bytes_below(bytes, 2), 0};
		break;
	case EVENT_STATE:
	case EVENT_LOCAL_ACCEPT:
	case EVENT_RESET_RECEIVED:
	case EVENT_RESET_SENT:
		state_make(bytes, &event->state);
		break;
	case EVENT_RETRANSMIT:
	case EVENT_ERROR_REPORT:
		event->error = (struct error_event){error_make(bytes), error_make(bytes)};
		break;
	case EVENT_QUEUE:
	case EVENT_XMIT:
	case EVENT_RECEIVE:
	case EVENT_DROP:
	case EVENT_BAD_CHECKSUM:
	case EVENT_HOP:
		packet_make(bytes, event);
		break;
	case EVENT_LOST:
		event->lost =
			(struct lost_event){*now_ns - bytes_take(bytes, 5),
					    *now_ns + bytes_take(bytes, 5), bytes_take(bytes, 1)};
		break;
	case EVENT_UNKNOWN:
	case EVENT_DEADLINE:
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
