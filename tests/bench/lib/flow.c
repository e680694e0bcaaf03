/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Somebody else's TCP connection on the lab's hosts. */
#include "tests/bench/lib/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/lib/processors.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define LISTENING_FD 3
/*
 * Left alone, the scheduler puts the two ends now on one processor, now on two, and that makes more
 * of a difference than all else.
 */
#define PROCESSOR      0
#define SINK_PROCESSOR 1

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void without_delay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static _Noreturn void serve(bool is_bulk)
{
	static char bytes[4 * FLOW_BULK_BYTES];
	int fd = accept(LISTENING_FD, NULL, NULL);
	ssize_t length;

	without_delay(fd);
	while ((length = read(fd, bytes, sizeof(bytes))) > 0)
		if (!is_bulk && write(fd, bytes, (size_t)length) < 0)
			break;
	_exit(0);
}

static int start_server(struct lab *lab, enum lab_host server, uint16_t port, bool is_bulk,
			struct flow *flow)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = lab_socket(lab, server, AF_INET, SOCK_STREAM), on = 1;
	int result = fd < 0 ? fd : 0;

	if (result < 0)
		return result;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1) < 0) {
		result = -errno;
	} else {
		processors_use(is_bulk ? SINK_PROCESSOR : PROCESSOR);
		flow->server = child_fork("ktcping-flow", SIGKILL, fd);
		if (flow->server == 0)
			serve(is_bulk);
		result = flow->server < 0 ? -errno : 0;
		processors_use(PROCESSORS_ALL);
	}
	close(fd);
	return result;
}

int flow_open(struct lab *lab, enum lab_host server, uint16_t port, bool is_bulk,
	      struct flow *ret_flow, struct error *ret_error)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct flow flow = {.fd = lab_socket(lab, LAB_CLIENT, AF_INET, SOCK_STREAM)};
	int result = flow.fd < 0 ? flow.fd : start_server(lab, server, port, is_bulk, &flow);

	inet_pton(AF_INET, server == LAB_CLIENT ? LAB_CLIENT4 : LAB_SERVER4, &address.sin_addr);
	if (result == 0 && connect(flow.fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		result = -errno;
	if (result < 0) {
		flow_close(&flow);
		return error_set(ret_error, result, "no connection between the lab's hosts: %s",
				 strerror(-result));
	}
	without_delay(flow.fd);
	*ret_flow = flow;
	return 0;
}

void flow_close(struct flow *flow)
{
	if (flow->fd >= 0)
		close(flow->fd);
	child_stop(flow->server, SIGKILL);
	*flow = (struct flow){.fd = -1};
}

double flow_exchange(struct flow *flow, unsigned time_ms)
{
	double began_s = now_s(), elapsed_s;
	char message[FLOW_MESSAGE_BYTES] = {0};
	unsigned long count = 0;

	processors_use(PROCESSOR);
	while ((elapsed_s = now_s() - began_s) < time_ms / 1e3) {
		if (write(flow->fd, message, sizeof(message)) != sizeof(message) ||
		    recv(flow->fd, message, sizeof(message), MSG_WAITALL) != sizeof(message))
			return -1;
		count++;
	}
	processors_use(PROCESSORS_ALL);
	return (double)count / elapsed_s;
}

double flow_push(struct flow *flow, unsigned time_ms)
{
	static const char bytes[FLOW_BULK_BYTES];
	double began_s = now_s(), elapsed_s, total = 0;

	processors_use(PROCESSOR);
	while ((elapsed_s = now_s() - began_s) < time_ms / 1e3) {
		ssize_t length = write(flow->fd, bytes, sizeof(bytes));

		if (length < 0)
			return -1;
		total += (double)length;
	}
	processors_use(PROCESSORS_ALL);
	return total / elapsed_s;
}
