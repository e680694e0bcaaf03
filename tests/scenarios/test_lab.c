/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lab itself: hosts reach each other, commands are captured, nothing is left behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/scenarios/plain.h"

#define PORT 7000

BOTH_FAMILIES(lab, a_listener_in_the_server_is_reached_through_the_router)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_told(lab, places_of(family)->server, PORT, PLAIN_PATIENCE_MS, 0);
	expect_told(lab, places_of(family)->server, PORT + 1, PLAIN_PATIENCE_MS, ECONNREFUSED);
}

BOTH_FAMILIES(lab, a_listener_that_does_not_accept_answers_until_its_queue_is_full)
{
	struct lab *lab = scenario_lab();
	struct error error;

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0, "%s", error.text);
	expect_told(lab, places_of(family)->server, PORT, PLAIN_PATIENCE_MS, 0);
	expect_told(lab, places_of(family)->server, PORT, 200, EINPROGRESS);
}

BOTH_FAMILIES(lab, nft_in_a_host_drops)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_SERVER, "table inet t {\n chain input {\n type filter hook input priority 0\n tcp dport 7000 drop\n }\n}\n");
	expect_told(lab, places_of(family)->server, PORT, 200, EINPROGRESS);
	expect_told(lab, places_of(family)->server, PORT + 1, PLAIN_PATIENCE_MS, ECONNREFUSED);
}

BOTH_FAMILIES(lab, routes_and_neighbours_are_as_told)
{
	struct lab *lab = scenario_lab();

	expect_told(lab, places_of(family)->unrouted, PORT, PLAIN_PATIENCE_MS, ENETUNREACH);
	expect_told(lab, places_of(family)->nowhere, PORT, PLAIN_PATIENCE_MS, ENETUNREACH);
	expect_told(lab, places_of(family)->nobody, PORT, 200, EINPROGRESS);
}

Test(lab, a_command_is_captured)
{
	static const char *const argv[] = {"sh", "-c", "echo out; echo err >&2; exit 7", NULL};
	struct lab *lab = scenario_lab();
	struct command_result result;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, PLAIN_PATIENCE_MS, &result, &error), 0, "%s", error.text);
	cr_assert_eq(result.status, 7);
	cr_assert_str_eq(result.output.bytes, "out\n");
	cr_assert_str_eq(result.errors.bytes, "err\n");
	cr_assert(!result.has_timed_out);
}

/* A zombie is not: it has no command line any more. */
static bool is_running(const char *pid)
{
	char path[64], byte;
	bool is_running;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", atoi(pid));
	fd = open(path, O_RDONLY);
	is_running = fd >= 0 && read(fd, &byte, 1) == 1;
	if (fd >= 0)
		close(fd);
	return is_running;
}

Test(lab, a_command_that_does_not_end_is_killed_with_its_children)
{
	static const char *const argv[] = {"sh", "-c", "sleep 100 & echo $!; wait", NULL};
	struct lab *lab = scenario_lab();
	struct command_result result;
	const char *child;
	struct error error;

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, 200, &result, &error), 0, "%s", error.text);
	cr_assert(result.has_timed_out);
	cr_assert_eq(result.status, 128 + SIGKILL);
	child = result.output.bytes;
	for (int tries = 0; tries < 200 && is_running(child); tries++)
		usleep(10000);
	cr_assert(!is_running(child), "process %s is still there", child);
}

Test(lab, two_labs_with_the_same_addresses_do_not_meet)
{
	struct lab *one = scenario_lab(), *other = scenario_lab();

	scenario_listen(one, LAB_SERVER, AF_INET, PORT);
	expect_told(one, LAB_SERVER4, PORT, PLAIN_PATIENCE_MS, 0);
	expect_told(other, LAB_SERVER4, PORT, PLAIN_PATIENCE_MS, ECONNREFUSED);
}

static ino_t namespace_of(const char *pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}

/* How many processes live in any of the namespaces. */
static unsigned inhabitants(const ino_t *namespaces)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	unsigned count = 0;

	cr_assert(processes);
	while ((entry = readdir(processes))) {
		ino_t inode = namespace_of(entry->d_name);

		for (int host = 0; inode && host < LAB_HOSTS; host++)
			count += inode == namespaces[host];
	}
	closedir(processes);
	return count;
}

static void note_namespaces(const struct lab *lab, ino_t *ret_namespaces)
{
	char pid[16];

	for (int host = 0; host < LAB_HOSTS; host++) {
		snprintf(pid, sizeof(pid), "%d", lab->hosts[host].holder);
		ret_namespaces[host] = namespace_of(pid);
		cr_assert_neq(ret_namespaces[host], 0);
	}
}

static void expect_nobody(const ino_t *namespaces)
{
	for (int tries = 0; tries < 200 && inhabitants(namespaces); tries++)
		usleep(10000);
	cr_assert_eq(inhabitants(namespaces), 0, "something still lives in the lab's namespaces");
}

/* A server, and a command whose children are out of our reach. */
static void fill_with_life(struct lab *lab, const ino_t *namespaces)
{
	static const char *const argv[] = {"sh", "-c", "setsid sleep 1000 & setsid sleep 1000", NULL};
	struct command_process process;
	struct error error;

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	cr_assert_eq(lab_start(lab, LAB_CLIENT, argv, &process, &error), 0, "%s", error.text);
	for (int tries = 0; tries < 200 && inhabitants(namespaces) < LAB_HOSTS + 3; tries++)
		usleep(10000);
	cr_assert_eq(inhabitants(namespaces), LAB_HOSTS + 3); /* the holders, the shell, both sleepers */
}

Test(lab, nothing_is_left_after_lab_free)
{
	struct lab *lab = scenario_lab();
	ino_t namespaces[LAB_HOSTS];

	note_namespaces(lab, namespaces);
	fill_with_life(lab, namespaces);
	lab_free(lab);
	expect_nobody(namespaces);
}

/* A process that has a lab, says so through the pipe, and waits for its end. */
static pid_t start_owner(int *ret_fd)
{
	ino_t namespaces[LAB_HOSTS];
	struct lab *lab;
	int fds[2];
	pid_t pid;

	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);   /* ignored where a shell started the tests in the background */
		prctl(PR_SET_DUMPABLE, 0); /* it is to crash, and a core file would be left */
		lab = lab_new(NULL);
		if (!lab)
			_exit(1);
		note_namespaces(lab, namespaces);
		fill_with_life(lab, namespaces);
		if (write(fds[1], namespaces, sizeof(namespaces)) == sizeof(namespaces))
			pause();
		_exit(1);
	}
	close(fds[1]);
	*ret_fd = fds[0];
	return pid;
}

static void expect_nothing_left_after(int signal_number)
{
	ino_t namespaces[LAB_HOSTS];
	int fd, status;
	pid_t owner;

	lab_free(scenario_lab()); /* skips where there can be none */
	owner = start_owner(&fd);
	cr_assert_eq(read(fd, namespaces, sizeof(namespaces)), sizeof(namespaces));
	cr_assert_geq(inhabitants(namespaces), LAB_HOSTS);
	kill(owner, signal_number);
	cr_assert_eq(waitpid(owner, &status, 0), owner);
	cr_assert(WIFSIGNALED(status));
	expect_nobody(namespaces);
}

Test(lab, nothing_is_left_after_sigkill)
{
	expect_nothing_left_after(SIGKILL);
}

Test(lab, nothing_is_left_after_sigint)
{
	expect_nothing_left_after(SIGINT);
}

Test(lab, nothing_is_left_after_a_crash)
{
	expect_nothing_left_after(SIGSEGV);
}
