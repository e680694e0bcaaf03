/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tour: what ktcping and a plain connect() say of the same targets, each asked for real in a
 * throw-away lab of its own; and a liar, watched.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/demo/mystery.h"
#include "tests/demo/naive.h"
#include "tests/demo/scene.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define RUN_TIMEOUT_MS 20000
#define OUT_FD	       3 /* where child_fork() leaves the one that is kept */
#define EXIT_USAGE     3 /* from here on it is not about the targets */

static const struct style no_colours = {"", "", "", "", ""};
static const struct style colours = {"\033[1;4m", "\033[36m", "\033[1m", "\033[33m", "\033[0m"};

struct naive_task {
	struct lab *lab;
	const struct scene *scene;
	struct naive_answer answer;
};

static void *run_naive(void *data)
{
	struct naive_task *task = data;

	task->answer = naive_connect(task->lab, task->scene->host, task->scene->port);
	return NULL;
}

static int run_ktcping(struct lab *lab, const struct scene *scene,
		       struct command_result *ret_result, struct error *ret_error)
{
	char port[8];
	const char *const argv[] = {"./ktcping", "-c", "1", "--explain", scene->host, port, NULL};
	int result;

	snprintf(port, sizeof(port), "%u", scene->port);
	result = lab_run(lab, LAB_CLIENT, argv, RUN_TIMEOUT_MS, ret_result, ret_error);
	if (result < 0)
		return result;
	if (!ret_result->has_timed_out && ret_result->status < EXIT_USAGE &&
	    ret_result->output.length)
		return 0;
	result = error_set(ret_error, -EIO, "ktcping ended with status %d and said: %s",
			   ret_result->status, ret_result->errors.bytes);
	command_result_release(ret_result);
	return result;
}

/* Both at the same time, unless the scene has room for one only. */
static int ask(struct lab *lab, const struct scene *scene, struct naive_answer *ret_naive,
	       struct command_result *ret_ktcping, struct error *ret_error)
{
	struct naive_task task = {.lab = lab, .scene = scene};
	pthread_t thread;
	int result;

	if (pthread_create(&thread, NULL, run_naive, &task) != 0)
		return error_set(ret_error, -EAGAIN, "cannot start a thread");
	if (scene->has_room_for_one)
		pthread_join(thread, NULL);
	result = run_ktcping(lab, scene, ret_ktcping, ret_error);
	if (!scene->has_room_for_one)
		pthread_join(thread, NULL);
	*ret_naive = task.answer;
	return result;
}

/*
 * The lines between the header, which is the first, and the summary, which follows an empty line.
 */
static void print_probe_lines(FILE *out, const struct style *style, const char *output)
{
	const char *line = strchr(output, '\n'), *end;

	for (line = line ? line + 1 : ""; *line && *line != '\n'; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			break;
		fprintf(out, "     %s%.*s%s\n", style->answer, (int)(end - line), line, style->end);
	}
}

static int show_scene(FILE *out, const struct style *style, size_t number)
{
	const struct scene *scene = &scenes[number];
	struct command_result ktcping;
	struct naive_answer naive;
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	char text[128];

	fprintf(out, "\n%s%2zu. %s%s\n", style->title, number + 1, scene->story, style->end);
	if (!lab || scene_set(scene, lab, &error) < 0 ||
	    ask(lab, scene, &naive, &ktcping, &error) < 0) {
		fprintf(out, "     cannot be shown: %s\n", error.text);
		lab_free(lab);
		return 1;
	}
	fprintf(out, "    %s$ ktcping -c 1 --explain %s %u%s\n", style->command, scene->host,
		scene->port, style->end);
	print_probe_lines(out, style, ktcping.output.bytes);
	fprintf(out, "    %sa plain connect()%s: %s%s\n", style->plain,
		scene->has_room_for_one ? ", just before" : "",
		naive_format(&naive, text, sizeof(text)), style->end);
	command_result_release(&ktcping);
	lab_free(lab);
	return 0;
}

struct show {
	pid_t pid;
	int fd; /* what it has to say */
};

typedef int (*show_function)(FILE *out, const struct style *style, size_t number);

/*
 * In a process of its own, so that all of them wait at the same time; a lab ends with the process
 * that made it.
 */
static int start_show(show_function show, const struct style *style, size_t number,
		      struct show *ret_show)
{
	int fds[2];

	if (pipe(fds) < 0)
		return -errno;
	ret_show->pid = child_fork("ktcping-demo", SIGTERM, fds[1]);
	if (ret_show->pid == 0) {
		FILE *out = fdopen(OUT_FD, "w");
		int status = out ? show(out, style, number) : 1;

		if (out)
			fclose(out);
		_exit(status);
	}
	close(fds[1]);
	ret_show->fd = fds[0];
	return ret_show->pid < 0 ? -errno : 0;
}

/* Returns false when it could not be shown. */
static bool print_show(struct show *show)
{
	char buffer[4096];
	ssize_t length;
	int status = 1;

	while ((length = read(show->fd, buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, (size_t)length, stdout);
	fflush(stdout);
	close(show->fd);
	while (waitpid(show->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

static const struct style *choose_style(void)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !terminal || !strcmp(terminal, "dumb") ||
	    (no_color && no_color[0]))
		return &no_colours;
	return &colours;
}

static void print_introduction(void)
{
	struct utsname system = {0};

	uname(&system);
	printf("%zu targets in throw-away network namespaces, Linux %s. Each is asked by ktcping "
	       "and by a plain non-blocking\n"
	       "connect() with a timeout of %d s, at the same time if not said otherwise. "
	       "Everything below is measured now; of\n"
	       "ktcping's output the header and the summary are left out. At the end a tool that "
	       "lies is watched.\n",
	       scene_count, system.release, NAIVE_TIMEOUT_MS / 1000);
	fflush(stdout);
}

int main(void)
{
	const struct style *style = choose_style();
	struct show *shows;
	bool has_failed = false;

	if (geteuid() != 0) {
		fputs("demo: network namespaces and the kernel's tracepoints need root; run it as "
		      "root: make demo\n",
		      stderr);
		return 1;
	}
	shows = calloc(scene_count + 1, sizeof(*shows)); /* the mystery comes last */
	if (!shows)
		return 1;
	print_introduction();
	for (size_t i = 0; i <= scene_count; i++) {
		if (start_show(i < scene_count ? show_scene : mystery_show, style, i, &shows[i]) ==
		    0)
			continue;
		fprintf(stderr, "demo: cannot start scene %zu: %s\n", i + 1, strerror(errno));
		return 1; /* the others end with us */
	}
	for (size_t i = 0; i <= scene_count; i++)
		has_failed |= !print_show(&shows[i]);
	free(shows);
	return has_failed;
}
