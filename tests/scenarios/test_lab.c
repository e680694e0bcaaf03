/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The lab itself: hosts reach each other, commands are captured, nothing is left behind. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/receive.h"
#include "tests/scenarios/cli.h"
#include "tests/scenarios/plain.h"

#define PORT  7000
#define TRIES (SCENARIO_TIMEOUT_MS / 10) /* of 10 ms */

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

	cr_assert_eq(lab_listen(lab, LAB_SERVER, family, PORT, 0, LISTENER_IGNORES, &error), 0,
		     "%s", error.text);
	expect_told(lab, places_of(family)->server, PORT, PLAIN_PATIENCE_MS, 0);
	expect_told(lab, places_of(family)->server, PORT, 200, EINPROGRESS);
}

BOTH_FAMILIES(lab, nft_in_a_host_drops)
{
	struct lab *lab = scenario_lab();

	scenario_listen(lab, LAB_SERVER, family, PORT);
	scenario_nft(lab, LAB_SERVER,
		     "table inet t {\n chain input {\n type filter hook input priority 0\n tcp "
		     "dport 7000 drop\n }\n}\n");
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

	cr_assert_eq(lab_run(lab, LAB_CLIENT, argv, PLAIN_PATIENCE_MS, &result, &error), 0, "%s",
		     error.text);
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
	struct command_process process;
	struct command_result result;
	const char *child;
	struct error error;

	cr_assert_eq(lab_start(lab, LAB_CLIENT, argv, &process, &error), 0, "%s", error.text);
	cli_await(&process, "", 1);
	command_finish(&process, 1, &result);
	cr_assert(result.has_timed_out);
	cr_assert_eq(result.status, 128 + SIGKILL);
	child = result.output.bytes;
	for (int tries = 0; tries < TRIES && is_running(child); tries++)
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

static void run_on(unsigned processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	cr_assert_eq(sched_setaffinity(0, sizeof(set), &set), 0);
}

/* The processor on which the kernel had the last packet for the socket. */
static unsigned received_on(int fd)
{
	socklen_t length = sizeof(unsigned);
	unsigned processor = ~0U;

	cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_INCOMING_CPU, &processor, &length), 0);
	return processor;
}

/* Of the client, connected from a processor. */
static unsigned answer_received_on(struct lab *lab, const char *host, unsigned from)
{
	struct pollfd writable = {.events = POLLOUT};
	unsigned processor;

	run_on(from);
	writable.fd = plain_connect(lab, host, PORT);
	cr_assert_eq(poll(&writable, 1, PLAIN_PATIENCE_MS), 1);
	processor = received_on(writable.fd);
	close(writable.fd);
	return processor;
}

static int datagram_socket(struct lab *lab, enum lab_host host, const char *to)
{
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = lab_socket(lab, host, AF_INET, SOCK_DGRAM);

	cr_assert_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	inet_pton(AF_INET, to, &name.sin_addr);
	cr_assert_eq(connect(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	return fd;
}

/* By the server, from the client. */
static unsigned datagram_received_on(struct lab *lab, unsigned from)
{
	int sender = datagram_socket(lab, LAB_CLIENT, LAB_SERVER4);
	struct pollfd readable = {.events = POLLIN};
	unsigned processor;

	readable.fd = datagram_socket(lab, LAB_SERVER, LAB_CLIENT4);
	run_on(from);
	cr_assert_eq(send(sender, "x", 1, 0), 1);
	cr_assert_eq(poll(&readable, 1, PLAIN_PATIENCE_MS), 1);
	processor = received_on(readable.fd);
	close(readable.fd);
	close(sender);
	return processor;
}

static void expect_processors(enum lab_receive receive)
{
	struct lab *lab = scenario_lab_receiving(receive);
	unsigned near = lab->near_processor, far = lab->far_processor, both[] = {near, far};

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	scenario_listen(lab, LAB_SERVER, AF_INET6, PORT);
	lab_peer_rule(lab, PORT, (struct peer_rule){.answer = PEER_SYN_ACK});
	for (int i = 0; i < 2; i++) {
		unsigned from = both[i];

		cr_expect_eq(answer_received_on(lab, LAB_SERVER4, from), near);
		cr_expect_eq(answer_received_on(lab, LAB_SERVER6, from), near);
		cr_expect_eq(answer_received_on(lab, LAB_PEER4, from), near);
		cr_expect_eq(answer_received_on(lab, LAB_PEER6, from), near);
		cr_expect_eq(datagram_received_on(lab, from), far);
	}
}

Test(lab, what_the_client_receives_is_processed_on_one_processor_and_all_else_on_another)
{
	expect_processors(LAB_RECEIVE_INTERRUPTS);
}

Test(lab, the_same_where_a_kernel_thread_receives)
{
	expect_processors(LAB_RECEIVE_THREADS);
}

Test(lab, without_interrupts_all_is_processed_within_the_senders_call)
{
	struct lab *lab = scenario_lab_receiving(LAB_RECEIVE_IN_CALL);
	unsigned first, last;

	receive_processors(&first, &last);
	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	expect_told(lab, LAB_SERVER4, PORT, PLAIN_PATIENCE_MS,
		    0); /* the neighbours' answers may come from anywhere */
	cr_expect_eq(answer_received_on(lab, LAB_SERVER4, first), first);
	cr_expect_eq(answer_received_on(lab, LAB_SERVER4, last), last);
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
	for (int tries = 0; tries < TRIES && inhabitants(namespaces); tries++)
		usleep(10000);
	cr_assert_eq(inhabitants(namespaces), 0, "something still lives in the lab's namespaces");
}

/* A server, and a command whose children are out of our reach. */
static void fill_with_life(struct lab *lab, const ino_t *namespaces)
{
	static const char *const argv[] = {"sh", "-c", "setsid sleep 1000 & setsid sleep 1000",
					   NULL};
	struct command_process process;
	struct error error;

	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	cr_assert_eq(lab_start(lab, LAB_CLIENT, argv, &process, &error), 0, "%s", error.text);
	for (int tries = 0; tries < TRIES && inhabitants(namespaces) < LAB_HOSTS + 3; tries++)
		usleep(10000);
	cr_assert_eq(inhabitants(namespaces),
		     LAB_HOSTS + 3); /* the holders, the shell, both sleepers */
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
		signal(SIGINT,
		       SIG_DFL); /* ignored where a shell started the tests in the background */
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
