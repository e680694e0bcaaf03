// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A call's name and result, as an answer. */
#include "user/core/attempt/call.h"

#include <errno.h>
#include <poll.h>

static enum call_answer answer_of_error(int error)
{
	switch (error) {
	case EINPROGRESS:
	case EALREADY:
	case EINTR:
	case EAGAIN:
	case ECANCELED: /* of io_uring */
		return CALL_WAIT;
	case ENOTCONN:
		return CALL_TROUBLE;
	}
	return CALL_FAILED;
}

static enum call_answer answer_of_connect(const struct entry *entry)
{
	if (entry->app.phase != APP_RETURN)
		return CALL_SILENT;
	if (!entry->app.error || entry->app.error == EISCONN)
		return CALL_CONNECTED;
	if (entry->app.error == EINPROGRESS && entry->app.result != APP_RESULT_WAITED)
		return CALL_BEGUN;
	return answer_of_error(entry->app.error);
}

/* Of a failed connect poll() and epoll say that there is an error; select() has no way to. */
static enum call_answer answer_of_readiness(const struct entry *entry)
{
	if (!entry->app.result)
		return CALL_WAIT;
	if (entry->app.call == APP_SELECT)
		return entry->app.result & POLLOUT ? CALL_WRITABLE : CALL_READY;
	return entry->app.result & (POLLERR | POLLHUP) ? CALL_TROUBLE : CALL_READY;
}

/* One of nothing may not even look at the socket. */
static enum call_answer answer_of_transfer(const struct entry *entry)
{
	if (entry->app.error == EAGAIN)
		return entry->app.result == APP_RESULT_NOTHING ? CALL_IDLE : CALL_WAIT;
	if (entry->app.error)
		return answer_of_error(entry->app.error);
	return entry->app.result ? CALL_CONNECTED : CALL_ZERO;
}

enum call_answer call_answer(const struct entry *entry)
{
	switch ((enum app_call)entry->app.call) {
	case APP_CONNECT:
	case APP_SEND_FASTOPEN:
		return answer_of_connect(entry);
	case APP_POLL:
	case APP_SELECT:
	case APP_EPOLL:
		return answer_of_readiness(entry);
	case APP_SO_ERROR:
		return entry->app.result ? answer_of_error(entry->app.result) : CALL_ZERO;
	case APP_PEERNAME:
		return entry->app.error ? answer_of_error(entry->app.error) : CALL_CONNECTED;
	case APP_SEND:
	case APP_RECEIVE:
		return answer_of_transfer(entry);
	case APP_EPOLL_CTL:
		return CALL_WAIT;
	case APP_TCP_INFO:
	case APP_SHUTDOWN:
	case APP_IOCTL:
		return CALL_TROUBLE;
	case APP_CLOSE:
		return CALL_CLOSED;
	case APP_ABANDON:
	case APP_BIND:
		break;
	}
	return CALL_SILENT;
}
