/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a plain tool finds out. */
#include "tests/demo/naive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int wait_for_answer(int fd)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	socklen_t length = sizeof(int);
	int error = 0;

	if (poll(&writable, 1, NAIVE_TIMEOUT_MS) != 1)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

struct naive_answer naive_connect(struct lab *lab, const char *host, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct linger reset_on_close = {.l_onoff = 1, .l_linger = 0};
	struct naive_answer answer = {0};
	int fd = lab_socket(lab, LAB_CLIENT, AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
	double began_ms;

	if (fd < 0)
		return (struct naive_answer){.error = -fd};
	inet_pton(AF_INET, host, &address.sin_addr);
	/* No TIME_WAIT: where a scene has a single source port, the next one needs it. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof(reset_on_close));
	began_ms = now_ms();
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		answer.error = errno == EINPROGRESS ? wait_for_answer(fd) : errno;
	answer.elapsed_ms = now_ms() - began_ms;
	close(fd);
	return answer;
}

char *naive_format(const struct naive_answer *answer, char *text, size_t size)
{
	if (answer->error == 0)
		snprintf(text, size, "connected after %.1f ms", answer->elapsed_ms);
	else if (answer->error == ETIMEDOUT)
		snprintf(text, size, "timed out after %.1f s", answer->elapsed_ms / 1e3);
	else
		snprintf(text, size, "%s after %.1f ms", strerror(answer->error),
			 answer->elapsed_ms);
	return text;
}
