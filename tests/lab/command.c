/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Run a program in a network namespace and keep what it says. */
#include "tests/lab/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/base/error.h"

#define CANNOT_START 127

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* A memory file rather than a pipe: nobody has to feed it while the program runs. */
static int input_open(const char *input)
{
	size_t length = input ? strlen(input) : 0;
	int fd = length ? memfd_create("input", MFD_CLOEXEC)
			: open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || !length)
		return fd;
	if (write(fd, input, length) != (ssize_t)length || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void exec_in_path(const char *const *argv)
{
	char path[256];

	execvp(argv[0], (char *const *)argv);
	if (errno != ENOENT || strchr(argv[0], '/'))
		return;
	snprintf(path, sizeof(path), "/usr/sbin/%s", argv[0]);
	execv(path, (char *const *)argv);
}

static bool join_cgroup(const char *procs)
{
	int fd = open(procs, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "0", 1) == 1;
}

static void become(const struct command *command, pid_t parent, int input_fd, int output_fd,
		   int errors_fd)
{
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CANNOT_START);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(input_fd, STDIN_FILENO);
	dup2(output_fd, STDOUT_FILENO);
	dup2(errors_fd, STDERR_FILENO);
	if ((!command->procs || join_cgroup(command->procs)) &&
	    (command->netns_fd < 0 || setns(command->netns_fd, CLONE_NEWNET) == 0)) {
		close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
		exec_in_path(command->argv);
	}
	dprintf(STDERR_FILENO, "%s: %s\n", command->argv[0], strerror(errno));
	_exit(CANNOT_START);
}

static void text_append(struct command_text *text, const char *bytes, size_t length)
{
	char *grown = realloc(text->bytes, text->length + length + 1);

	if (!grown)
		abort();
	memcpy(grown + text->length, bytes, length);
	text->bytes = grown;
	text->length += length;
	text->bytes[text->length] = '\0';
}

int command_start(const struct command *command, struct command_process *ret_process,
		  struct error *ret_error)
{
	int output[2] = {-1, -1}, errors[2] = {-1, -1};
	int input_fd = input_open(command->input);
	pid_t parent = getpid(), pid = -1;
	int result = 0;

	if (input_fd >= 0 && pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(command, parent, input_fd, output[1], errors[1]);
	if (pid < 0)
		result = error_set(ret_error, -errno, "cannot start %s: %s", command->argv[0],
				   strerror(errno));
	close_if_open(input_fd);
	close_if_open(output[1]);
	close_if_open(errors[1]);
	if (result < 0) {
		close_if_open(output[0]);
		close_if_open(errors[0]);
		return result;
	}
	setpgid(pid, pid); /* whoever comes first */
	*ret_process = (struct command_process){
		.pid = pid,
		.pid_fd = pidfd_open(pid, 0),
		.output_fd = output[0],
		.errors_fd = errors[0],
	};
	text_append(&ret_process->output, "", 0);
	text_append(&ret_process->errors, "", 0);
	return 0;
}

/* Returns false at the end of the stream. */
static bool text_read(struct command_text *text, int *fd)
{
	char buffer[16384];
	ssize_t length = read(*fd, buffer, sizeof(buffer));

	if (length > 0) {
		text_append(text, buffer, (size_t)length);
		return true;
	}
	if (length == 0) {
		close(*fd);
		*fd = -1;
	}
	return false;
}

/* What is in the pipe now. Not until its end: a grandchild may keep it open. */
static void text_drain(struct command_text *text, int *fd)
{
	if (*fd < 0)
		return;
	fcntl(*fd, F_SETFL, O_NONBLOCK);
	while (text_read(text, fd))
		;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum turn {
	TURN_READ,
	TURN_ENDED, /* there may be more to read */
	TURN_LATE,
};

static enum turn take_turn(struct command_process *process, long deadline_ms)
{
	for (;;) {
		struct pollfd watched[] = {
			{.fd = process->pid_fd, .events = POLLIN},
			{.fd = process->output_fd, .events = POLLIN},
			{.fd = process->errors_fd, .events = POLLIN},
		};
		long left_ms = deadline_ms - now_ms();
		bool has_read = false;

		if (left_ms <= 0)
			return TURN_LATE;
		if (poll(watched, 3, (int)left_ms) < 0)
			continue;
		if (watched[1].revents)
			has_read |= text_read(&process->output, &process->output_fd);
		if (watched[2].revents)
			has_read |= text_read(&process->errors, &process->errors_fd);
		if (watched[0].revents)
			return TURN_ENDED;
		if (has_read)
			return TURN_READ;
	}
}

bool command_read(struct command_process *process, unsigned timeout_ms)
{
	enum turn turn = take_turn(process, now_ms() + (long)timeout_ms);

	if (turn == TURN_ENDED) {
		text_drain(&process->output, &process->output_fd);
		text_drain(&process->errors, &process->errors_fd);
	}
	return turn == TURN_READ;
}

void command_finish(struct command_process *process, unsigned timeout_ms,
		    struct command_result *ret_result)
{
	struct command_result result = {0};
	long deadline_ms = now_ms() + (long)timeout_ms;
	enum turn turn;
	int status = 0;

	while ((turn = take_turn(process, deadline_ms)) == TURN_READ)
		;
	result.has_timed_out = turn == TURN_LATE;
	kill(-process->pid, SIGKILL);
	while (wait4(process->pid, &status, 0, &result.usage) < 0 && errno == EINTR)
		;
	result.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	text_drain(&process->output, &process->output_fd);
	text_drain(&process->errors, &process->errors_fd);
	result.output = process->output;
	result.errors = process->errors;
	close(process->pid_fd);
	close_if_open(process->output_fd);
	close_if_open(process->errors_fd);
	*process =
		(struct command_process){.pid = -1, .pid_fd = -1, .output_fd = -1, .errors_fd = -1};
	*ret_result = result;
}

int command_run(const struct command *command, unsigned timeout_ms,
		struct command_result *ret_result, struct error *ret_error)
{
	struct command_process process;
	int result = command_start(command, &process, ret_error);

	if (result == 0)
		command_finish(&process, timeout_ms, ret_result);
	return result;
}

void command_result_release(struct command_result *result)
{
	free(result->output.bytes);
	free(result->errors.bytes);
	*result = (struct command_result){0};
}
