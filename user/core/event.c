// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The names of what events say. */
#include "user/core/event.h"

const char *event_kind_name(enum event_kind kind)
{
	switch (kind) {
	case EVENT_UNKNOWN:
		return "unknown";
	case EVENT_APP:
		return "app";
	case EVENT_TASK:
		return "task";
	case EVENT_DEADLINE:
		return "deadline";
	case EVENT_ROUTE:
		return "route";
	case EVENT_NEIGHBOUR:
		return "neighbour";
	case EVENT_LINK:
		return "link";
	case EVENT_HOST:
		return "host";
	case EVENT_SOCKET_INFO:
		return "socket-info";
	case EVENT_STATE:
		return "state";
	case EVENT_LOCAL_ACCEPT:
		return "local-accept";
	case EVENT_RETRANSMIT:
		return "retransmit";
	case EVENT_RESET_RECEIVED:
		return "reset-received";
	case EVENT_RESET_SENT:
		return "reset-sent";
	case EVENT_ERROR_REPORT:
		return "error-report";
	case EVENT_QUEUE:
		return "queue";
	case EVENT_XMIT:
		return "xmit";
	case EVENT_RECEIVE:
		return "receive";
	case EVENT_DROP:
		return "drop";
	case EVENT_BAD_CHECKSUM:
		return "bad-checksum";
	case EVENT_HOP:
		return "hop";
	case EVENT_LOST:
		return "lost";
	case EVENT_DRAINED:
		return "drained";
	case EVENT_END:
		return "ended";
	}
	return "unknown";
}

const char *route_kind_name(enum route_kind kind)
{
	switch (kind) {
	case ROUTE_UNKNOWN:
		return "unknown";
	case ROUTE_UNICAST:
		return "unicast";
	case ROUTE_LOCAL:
		return "local";
	case ROUTE_BROADCAST:
		return "broadcast";
	case ROUTE_MULTICAST:
		return "multicast";
	case ROUTE_NONE:
		return "none";
	case ROUTE_UNREACHABLE:
		return "unreachable";
	case ROUTE_BLACKHOLE:
		return "blackhole";
	case ROUTE_PROHIBIT:
		return "prohibit";
	case ROUTE_NO_DEVICE:
		return "no-device";
	case ROUTE_NO_SOURCE:
		return "no-source";
	}
	return "unknown";
}

const char *neighbour_state_name(enum neighbour_state state)
{
	switch (state) {
	case NEIGHBOUR_UNKNOWN:
		return "unknown";
	case NEIGHBOUR_INCOMPLETE:
		return "incomplete";
	case NEIGHBOUR_FAILED:
		return "failed";
	case NEIGHBOUR_VALID:
		return "valid";
	}
	return "unknown";
}

const char *app_call_name(enum app_call call)
{
	switch (call) {
	case APP_CONNECT:
		return "connect";
	case APP_POLL:
		return "poll";
	case APP_SO_ERROR:
		return "so-error";
	case APP_CLOSE:
		return "close";
	case APP_ABANDON:
		return "abandon";
	case APP_SELECT:
		return "select";
	case APP_EPOLL:
		return "epoll";
	case APP_EPOLL_CTL:
		return "epoll-ctl";
	case APP_PEERNAME:
		return "getpeername";
	case APP_SEND:
		return "send";
	case APP_RECEIVE:
		return "receive";
	case APP_SEND_FASTOPEN:
		return "send-fastopen";
	case APP_TCP_INFO:
		return "tcp-info";
	case APP_SHUTDOWN:
		return "shutdown";
	case APP_IOCTL:
		return "ioctl";
	case APP_BIND:
		return "bind";
	}
	return "unknown";
}

const char *tcp_state_name(uint8_t state)
{
	/* net/tcp_states.h, from 1 on */
	static const char *const names[] = {"?",     "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",	"TIME_WAIT",
					    "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",	 "NEW_SYN_RECV"};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}
