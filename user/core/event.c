// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The names of what events say. */
#include "user/core/event.h"

#include "user/base/name.h"

static const char *const event_kind_names[] = {
	[EVENT_UNKNOWN] = "unknown",
	[EVENT_APP] = "app",
	[EVENT_TASK] = "task",
	[EVENT_DEADLINE] = "deadline",
	[EVENT_ROUTE] = "route",
	[EVENT_NEIGHBOUR] = "neighbour",
	[EVENT_LINK] = "link",
	[EVENT_HOST] = "host",
	[EVENT_SOCKET_INFO] = "socket-info",
	[EVENT_STATE] = "state",
	[EVENT_LOCAL_ACCEPT] = "local-accept",
	[EVENT_RETRANSMIT] = "retransmit",
	[EVENT_RESET_RECEIVED] = "reset-received",
	[EVENT_RESET_SENT] = "reset-sent",
	[EVENT_ERROR_REPORT] = "error-report",
	[EVENT_QUEUE] = "queue",
	[EVENT_XMIT] = "xmit",
	[EVENT_RECEIVE] = "receive",
	[EVENT_DROP] = "drop",
	[EVENT_BAD_CHECKSUM] = "bad-checksum",
	[EVENT_HOP] = "hop",
	[EVENT_LOST] = "lost",
	[EVENT_DRAINED] = "drained",
	[EVENT_END] = "ended",
	[EVENT_RUN] = "run",
	[EVENT_TARGET] = "target",
	[EVENT_PROGRAM] = "program",
	[EVENT_SUMMARY] = "summary",
	[EVENT_REPORT] = "report",
};

const char *event_kind_name(enum event_kind kind)
{
	return NAME_IN(event_kind_names, kind);
}

static const char *const route_kind_names[] = {
	[ROUTE_UNKNOWN] = "unknown",
	[ROUTE_UNICAST] = "unicast",
	[ROUTE_LOCAL] = "local",
	[ROUTE_BROADCAST] = "broadcast",
	[ROUTE_MULTICAST] = "multicast",
	[ROUTE_NONE] = "none",
	[ROUTE_UNREACHABLE] = "unreachable",
	[ROUTE_BLACKHOLE] = "blackhole",
	[ROUTE_PROHIBIT] = "prohibit",
	[ROUTE_NO_NAMESPACE] = "no-namespace",
	[ROUTE_NO_DEVICE] = "no-device",
	[ROUTE_NO_SOURCE] = "no-source",
};

const char *route_kind_name(enum route_kind kind)
{
	return NAME_IN(route_kind_names, kind);
}

static const char *const neighbour_state_names[] = {
	[NEIGHBOUR_UNKNOWN] = "unknown",
	[NEIGHBOUR_INCOMPLETE] = "incomplete",
	[NEIGHBOUR_FAILED] = "failed",
	[NEIGHBOUR_VALID] = "valid",
};

const char *neighbour_state_name(enum neighbour_state state)
{
	return NAME_IN(neighbour_state_names, state);
}

static const char *const app_call_names[] = {
	[APP_CONNECT] = "connect",	[APP_POLL] = "poll",
	[APP_SO_ERROR] = "so-error",	[APP_CLOSE] = "close",
	[APP_ABANDON] = "abandon",	[APP_SELECT] = "select",
	[APP_EPOLL] = "epoll",		[APP_EPOLL_CTL] = "epoll-ctl",
	[APP_PEERNAME] = "getpeername", [APP_SEND] = "send",
	[APP_RECEIVE] = "receive",	[APP_SEND_FASTOPEN] = "send-fastopen",
	[APP_TCP_INFO] = "tcp-info",	[APP_SHUTDOWN] = "shutdown",
	[APP_IOCTL] = "ioctl",		[APP_BIND] = "bind",
};

const char *app_call_name(enum app_call call)
{
	return NAME_IN(app_call_names, call);
}

const char *tcp_state_name(uint8_t state)
{
	/* net/tcp_states.h, from 1 on */
	static const char *const names[] = {"?",	   "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
					    "FIN_WAIT1",   "FIN_WAIT2",	  "TIME_WAIT", "CLOSE",
					    "CLOSE_WAIT",  "LAST_ACK",	  "LISTEN",    "CLOSING",
					    "NEW_SYN_RECV"};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}
