/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An epoll loop around non-blocking connects that keeps nothing. */
#include "tests/bench/lib/connector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/lib/processors.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define NETNS_FD      3	 /* where child_fork() leaves the one that is kept */
#define BATCH	      64 /* starts between two looks at what has ended */
#define EVENTS_MAX    256
#define SPARE_FILES   64
#define PROCESSES_MAX 8

/* In the order of their start, which is that of their deadlines, too. */
struct started {
	int fd;
	uint32_t number;
	uint64_t time_ns;
};

struct loop {
	const struct connector_job *job;
	struct connector_run *run;
	uint32_t first_address;
	uint64_t next, end;	    /* targets */
	uint64_t started, began_ns; /* for the pace */
	uint32_t inflight, pending;
	uint32_t *numbers; /* by descriptor: which connect it is, 0 for none */
	struct started *line;
	size_t line_size, line_first, line_count;
	uint32_t last_number;
	int epoll_fd;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void finish(struct loop *loop, int fd, int error)
{
	struct linger reset_on_close = {.l_onoff = 1};

	if (error == 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof(reset_on_close));
	close(fd);
	loop->numbers[fd] = 0;
	loop->pending--;
	loop->run->open += error == 0;
	loop->run->closed += error == ECONNREFUSED;
	loop->run->silent += error == ETIMEDOUT;
	loop->run->failed += error != 0 && error != ECONNREFUSED && error != ETIMEDOUT;
}

static void start(struct loop *loop, uint64_t time_ns)
{
	uint64_t target = loop->next++;
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr =
			htonl(loop->first_address + (uint32_t)(target / loop->job->ports)),
		.sin_port = htons((uint16_t)(loop->job->first_port + target % loop->job->ports)),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};

	if (fd < 0 || fd >= (int)loop->inflight + SPARE_FILES)
		_exit(1);
	loop->started++;
	loop->numbers[fd] = ++loop->last_number;
	loop->pending++;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 && errno != EINPROGRESS) {
		finish(loop, fd, errno);
		return;
	}
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event);
	loop->line[(loop->line_first + loop->line_count++) % loop->line_size] =
		(struct started){fd, loop->last_number, time_ns};
}

/*
 * Drop what has ended from the head of the line, and end what is overdue. Returns when the next one
 * is.
 */
static uint64_t pass_deadlines(struct loop *loop, uint64_t time_ns)
{
	uint64_t timeout_ns = loop->job->timeout_ms * 1000000ull;

	for (; loop->line_count;
	     loop->line_count--, loop->line_first = (loop->line_first + 1) % loop->line_size) {
		struct started *head = &loop->line[loop->line_first];

		if (loop->numbers[head->fd] != head->number)
			continue;
		if (head->time_ns + timeout_ns > time_ns)
			return head->time_ns + timeout_ns;
		finish(loop, head->fd, ETIMEDOUT);
	}
	return UINT64_MAX;
}

static void take_ended(struct loop *loop, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, timeout_ms);

	for (int i = 0; i < count; i++) {
		int error = 0;
		socklen_t length = sizeof(error);

		getsockopt(events[i].data.fd, SOL_SOCKET, SO_ERROR, &error, &length);
		finish(loop, events[i].data.fd, error);
	}
}

/* When the next one may start: at once, unless there is a pace. */
static uint64_t next_start_ns(const struct loop *loop)
{
	return loop->job->per_second
		       ? loop->began_ns + loop->started * 1000000000ull / loop->job->per_second
		       : 0;
}

static bool can_start(const struct loop *loop)
{
	return loop->next < loop->end && loop->pending < loop->inflight &&
	       loop->line_count < loop->line_size;
}

/* A turn without a start waits for an answer, a deadline, or its turn to start. */
static int wait_ms(const struct loop *loop, uint64_t time_ns, uint64_t due_ns)
{
	bool is_full = loop->next >= loop->end || loop->pending >= loop->inflight;
	uint64_t start_ns = next_start_ns(loop);

	if (!is_full && start_ns > time_ns)
		return 1;
	if (!is_full || !loop->pending)
		return 0;
	return due_ns == UINT64_MAX ? 1 : (int)((due_ns - time_ns) / 1000000 + 1);
}

static void run_loop(struct loop *loop)
{
	while (loop->next < loop->end || loop->pending) {
		uint64_t time_ns = now_ns(), due_ns = pass_deadlines(loop, time_ns);

		for (int i = 0; i < BATCH && can_start(loop) && next_start_ns(loop) <= time_ns; i++)
			start(loop, time_ns);
		take_ended(loop, wait_ms(loop, time_ns, due_ns));
	}
}

static bool prepare(struct loop *loop)
{
	struct rlimit files = {loop->inflight + SPARE_FILES, loop->inflight + SPARE_FILES};
	struct in_addr first;

	inet_pton(AF_INET, loop->job->address, &first);
	loop->first_address = ntohl(first.s_addr);
	loop->line_size = 2 * (size_t)loop->inflight + BATCH;
	loop->line = calloc(loop->line_size, sizeof(*loop->line));
	loop->numbers = calloc(loop->inflight + SPARE_FILES, sizeof(*loop->numbers));
	loop->epoll_fd = epoll_create1(0);
	loop->began_ns = now_ns();
	return setrlimit(RLIMIT_NOFILE, &files) == 0 && loop->line && loop->numbers &&
	       loop->epoll_fd >= 0;
}

static _Noreturn void run(const struct connector_job *job, unsigned part, struct connector_run *run)
{
	uint64_t targets = (uint64_t)job->addresses * job->ports;
	struct loop loop = {
		.job = job,
		.run = run,
		.next = targets * part / job->processes,
		.end = targets * (part + 1) / job->processes,
		.inflight = job->inflight / job->processes,
	};

	if (setns(NETNS_FD, CLONE_NEWNET) < 0 || !prepare(&loop))
		_exit(1);
	run_loop(&loop);
	run->elapsed_s = (double)(now_ns() - loop.began_ns) / 1e9;
	_exit(0);
}

bool connector_run_here(const struct connector_job *job, struct connector_run *ret_run)
{
	struct loop loop = {.job = job,
			    .run = ret_run,
			    .inflight = job->inflight,
			    .end = (uint64_t)job->addresses * job->ports};

	*ret_run = (struct connector_run){0};
	if (!prepare(&loop))
		return false;
	run_loop(&loop);
	ret_run->elapsed_s = (double)(now_ns() - loop.began_ns) / 1e9;
	free(loop.line);
	free(loop.numbers);
	close(loop.epoll_fd);
	return true;
}

static int wait_for(pid_t pid, struct connector_run *run)
{
	struct rusage usage;
	int status;

	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	run->cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	run->peak_mib = (double)usage.ru_maxrss / 1024;
	return status == 0 ? 0 : -EIO;
}

static void add(struct connector_run *total, const struct connector_run *part)
{
	total->open += part->open;
	total->closed += part->closed;
	total->silent += part->silent;
	total->failed += part->failed;
	total->cpu_s += part->cpu_s;
	total->peak_mib += part->peak_mib;
	if (part->elapsed_s > total->elapsed_s)
		total->elapsed_s = part->elapsed_s;
}

int connector_measure(struct lab *lab, const struct connector_job *job,
		      struct connector_run *ret_run, struct error *ret_error)
{
	struct connector_run *parts =
		mmap(NULL, PROCESSES_MAX * sizeof(*parts), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t began_ns = now_ns();
	pid_t pids[PROCESSES_MAX];
	int result = 0;

	if (parts == MAP_FAILED || job->processes > PROCESSES_MAX)
		return error_set(ret_error, -ENOMEM, "no memory for the plain connector");
	*ret_run = (struct connector_run){0};
	for (unsigned i = 0; i < job->processes; i++) {
		processors_use((int)i);
		pids[i] = child_fork("ktcping-plain", SIGKILL, lab->hosts[LAB_CLIENT].netns_fd);
		if (pids[i] == 0)
			run(job, i, &parts[i]);
	}
	processors_use(PROCESSORS_ALL);
	for (unsigned i = 0; i < job->processes; i++) {
		if (pids[i] < 0 || wait_for(pids[i], &parts[i]) < 0)
			result = -EIO;
		add(ret_run, &parts[i]);
	}
	ret_run->wall_s = (double)(now_ns() - began_ns) / 1e9;
	munmap(parts, PROCESSES_MAX * sizeof(*parts));
	return result < 0 ? error_set(ret_error, result, "the plain connector failed") : 0;
}

pid_t connector_start_endless(struct lab *lab, const struct connector_job *job,
			      struct error *ret_error)
{
	pid_t pid = child_fork("ktcping-plain", SIGKILL, lab->hosts[LAB_CLIENT].netns_fd);
	struct connector_run ignored = {0};
	struct loop loop = {.job = job,
			    .run = &ignored,
			    .inflight = job->inflight,
			    .end = (uint64_t)job->addresses * job->ports};

	if (pid < 0)
		return error_set(ret_error, -errno, "cannot start the plain connector: %s",
				 strerror(errno));
	if (pid)
		return pid;
	if (setns(NETNS_FD, CLONE_NEWNET) < 0 || !prepare(&loop))
		_exit(1);
	for (;; loop.next = 0)
		run_loop(&loop);
}
