/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Set up a lab, run one shell command in its client, tear it down. */
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/lab.h"
#include "user/base/error.h"

#define CANNOT_RUN  125
#define SERVER_PORT 80
#define FULL_PORT   82

static const char usage[] =
	"Usage: lab [--interrupts|--threads] [COMMAND [ARG...]]\n"
	"Run the command (default: a shell) as a host of a throw-away network; needs root. One "
	"argument is a shell command line.\n"
	"\n"
	"  --interrupts  as with a network card (RPS): what the client receives interrupts "
	"processor\n"
	"                $NEAR; router, server and peer are at work on $FAR. Without, a packet is\n"
	"                processed within its sender's call. Pin what is to be interrupted:\n"
	"                taskset -c $NEAR ktcping $SERVER4 80\n"
	"  --threads     the same, and a kernel thread has it before that (threaded NAPI)\n"
	"\n"
	"  client $CLIENT4 $CLIENT6 -- router $ROUTER4 $ROUTER6 -- server $SERVER4 $SERVER6 (80 "
	"open, 82 answers until two connections "
	"wait to be accepted)\n"
	"         the scripted peer $PEER4 $PEER6, by port:\n";

static const char usage_end[] = "  nobody has $NOBODY4 $NOBODY6, the router knows no way to "
				"$NOWHERE4 $NOWHERE6, the client none to $UNROUTED4 $UNROUTED6\n"
				"  $CLIENT_PID $ROUTER_PID $SERVER_PID are for nsenter, as in: "
				"nsenter -n -t $SERVER_PID nft list ruleset\n";

static const struct {
	uint16_t port;
	const char *does;
	struct peer_rule rule;
} peer_ports[] = {
	{7001, "answers at once", {.answer = PEER_SYN_ACK}},
	{7002, "answers after 50 ms", {.answer = PEER_SYN_ACK, .delay_us = 50000}},
	{7003, "forgets the first SYN", {.answer = PEER_SYN_ACK, .drop_first = 1}},
	{7004,
	 "answers the first SYN after 1.15 s",
	 {.answer = PEER_SYN_ACK, .delay_us = 1150000, .max_answers = 1, .echo = PEER_ECHO_FIRST}},
	{7005,
	 "the same without timestamps",
	 {.answer = PEER_SYN_ACK, .delay_us = 1150000, .max_answers = 1, .echo = PEER_ECHO_NONE}},
	{7006, "resets", {.answer = PEER_RST}},
	{7007, "is silent", {.answer = PEER_SILENT}},
	{7008, "acknowledges a wrong number", {.answer = PEER_SYN_ACK_WRONG_ACK}},
	{7009, "answers with a bad checksum", {.answer = PEER_SYN_ACK_BAD_CHECKSUM}},
	{7010, "resets without ACK", {.answer = PEER_RST_BLIND}},
	{7011, "has ICMP 3/13 sent (IPv4)", {.answer = PEER_ICMP, .icmp_type = 3, .icmp_code = 13}},
	{7012, "has ICMPv6 1/1 sent (IPv6)", {.answer = PEER_ICMP, .icmp_type = 1, .icmp_code = 1}},
	{7013,
	 "repeats its SYN-ACK after 1 s",
	 {.answer = PEER_SYN_ACK, .repeats = 1, .repeat_delay_us = 1000000}},
	{7014,
	 "resets 5 ms after the handshake",
	 {.answer = PEER_SYN_ACK, .after = PEER_AFTER_RST, .after_delay_us = 5000}},
	{7015,
	 "closes 5 ms after the handshake",
	 {.answer = PEER_SYN_ACK, .after = PEER_AFTER_FIN, .after_delay_us = 5000}},
	{7016,
	 "connects at the same time",
	 {.answer = PEER_SYN_CROSSING, .crossing_flags = TH_SYN | TH_ACK}},
	{7017, "the same, and never completes it", {.answer = PEER_SYN_CROSSING}},
	{7018,
	 "the same, and completes it without a SYN-ACK",
	 {.answer = PEER_SYN_CROSSING, .crossing_flags = TH_ACK}},
};

static const struct {
	const char *name;
	const char *value;
} variables[] = {
	{"CLIENT4", LAB_CLIENT4},     {"CLIENT6", LAB_CLIENT6},	    {"ROUTER4", LAB_ROUTER4},
	{"ROUTER6", LAB_ROUTER6},     {"SERVER4", LAB_SERVER4},	    {"SERVER6", LAB_SERVER6},
	{"PEER4", LAB_PEER4},	      {"PEER6", LAB_PEER6},	    {"NOBODY4", LAB_NOBODY4},
	{"NOBODY6", LAB_NOBODY6},     {"NOWHERE4", LAB_NOWHERE4},   {"NOWHERE6", LAB_NOWHERE6},
	{"UNROUTED4", LAB_UNROUTED4}, {"UNROUTED6", LAB_UNROUTED6},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void print_usage(void)
{
	fputs(usage, stdout);
	for (size_t i = 0; i < COUNT(peer_ports); i++)
		printf("           %u %s\n", peer_ports[i].port, peer_ports[i].does);
	fputs(usage_end, stdout);
}

static int start_servers(struct lab *lab, struct error *ret_error)
{
	static const int families[] = {AF_INET, AF_INET6};
	int result = 0;

	for (size_t i = 0; i < COUNT(peer_ports); i++)
		lab_peer_rule(lab, peer_ports[i].port, peer_ports[i].rule);
	for (size_t i = 0; i < COUNT(families) && result == 0; i++) {
		result = lab_listen(lab, LAB_SERVER, families[i], SERVER_PORT, 128, LISTENER_READS,
				    ret_error);
		if (result == 0)
			result = lab_listen(lab, LAB_SERVER, families[i], FULL_PORT, 0,
					    LISTENER_IGNORES, ret_error);
	}
	return result;
}

static void set_variables(const struct lab *lab)
{
	static const char *const names[LAB_HOSTS] = {"CLIENT_PID", "ROUTER_PID", "SERVER_PID"};
	char text[16];

	for (size_t i = 0; i < COUNT(variables); i++)
		setenv(variables[i].name, variables[i].value, 1);
	if (lab->receive != LAB_RECEIVE_IN_CALL) {
		snprintf(text, sizeof(text), "%u", lab->near_processor);
		setenv("NEAR", text, 1);
		snprintf(text, sizeof(text), "%u", lab->far_processor);
		setenv("FAR", text, 1);
	}
	for (enum lab_host host = 0; host < LAB_HOSTS; host++) {
		snprintf(text, sizeof(text), "%d", lab->hosts[host].holder);
		setenv(names[host], text, 1);
	}
}

static _Noreturn void become(const struct lab *lab, pid_t parent, int count, char **arguments)
{
	const char *shell = getenv("SHELL") ? getenv("SHELL") : "/bin/sh";

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (getppid() == parent && setns(lab->hosts[LAB_CLIENT].netns_fd, CLONE_NEWNET) == 0) {
		if (count == 0)
			execlp(shell, shell, (char *)NULL);
		else if (count == 1)
			execlp("/bin/sh", "sh", "-c", arguments[0], (char *)NULL);
		else
			execvp(arguments[0], arguments);
	}
	fprintf(stderr, "lab: cannot run %s: %s\n", count ? arguments[0] : shell, strerror(errno));
	_exit(CANNOT_RUN);
}

/* ^C is for the command; as a shell does, wait for what it makes of it. */
static int run(const struct lab *lab, int count, char **arguments)
{
	pid_t parent = getpid(), pid;
	int status = 0;

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	pid = fork();
	if (pid == 0)
		become(lab, parent, count, arguments);
	if (pid < 0)
		return CANNOT_RUN;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Of the options before the command. */
static enum lab_receive take_receive(int *argc, char ***argv)
{
	enum lab_receive receive = LAB_RECEIVE_IN_CALL;

	if (*argc > 1 && !strcmp((*argv)[1], "--interrupts"))
		receive = LAB_RECEIVE_INTERRUPTS;
	else if (*argc > 1 && !strcmp((*argv)[1], "--threads"))
		receive = LAB_RECEIVE_THREADS;
	*argc -= receive != LAB_RECEIVE_IN_CALL;
	*argv += receive != LAB_RECEIVE_IN_CALL;
	return receive;
}

int main(int argc, char **argv)
{
	enum lab_receive receive = take_receive(&argc, &argv);
	struct error error;
	struct lab *lab;
	int status = CANNOT_RUN;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		print_usage();
		return 0;
	}
	lab = lab_new_receiving(receive, &error);
	if (!lab || start_servers(lab, &error) < 0) {
		fprintf(stderr, "lab: %s\n", error.text);
	} else {
		set_variables(lab);
		status = run(lab, argc - 1, argv + 1);
	}
	lab_free(lab);
	return status;
}
