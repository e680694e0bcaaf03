/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ports of every kind, by their number; scanning them. */
#include "tests/lab/mixture.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "user/base/error.h"

#define LISTENER   80
#define BACKLOG	   4096
#define TIMEOUT_MS 3600000 /* beside busy loops it takes long */

/* The kind is the port modulo 8, as nft sees it, too. */
#define KINDS 8

static const char server_rules[] = "table inet mixture {\n"
				   " chain silent {\n  type filter hook prerouting priority -300\n"
				   "  tcp dport & 7 == 3 drop\n }\n"
				   " chain redirected {\n  type nat hook prerouting priority -100\n"
				   "  tcp dport & 7 < 3 redirect to :80\n }\n}\n";

static const char *const server_kinds[KINDS] = {"open",	  "open",   "open",   "filtered",
						"closed", "closed", "closed", "closed"};

static const struct {
	const char *status;
	struct peer_rule rule;
} peer_kinds[KINDS] = {
	{"open", {.answer = PEER_SYN_ACK, .drop_first = 1}},
	{"closed", {.answer = PEER_RST, .drop_first = 1}},
	{"open", {.answer = PEER_SYN_ACK, .drop_first = 2}},
	{"filtered", {.answer = PEER_SILENT}},
	{"open", {.answer = PEER_SYN_ACK}},
	{"closed", {.answer = PEER_RST}},
	{"closed", {.answer = PEER_RST, .drop_first = 2}},
	{"open", {.answer = PEER_SYN_ACK, .delay_us = 20000}},
};

static struct audit_verdict truth_of(const char *address, unsigned port)
{
	bool is_server = !strcmp(address, LAB_SERVER4) || !strcmp(address, LAB_SERVER6);

	return (struct audit_verdict){
		is_server ? server_kinds[port % KINDS] : peer_kinds[port % KINDS].status, NULL};
}

int mixture_set(struct lab *lab, int family, struct error *ret_error)
{
	int result =
		lab_listen(lab, LAB_SERVER, family, LISTENER, BACKLOG, LISTENER_READS, ret_error);

	for (unsigned port = 1; port <= MIXTURE_PEER_PORTS; port++)
		lab_peer_rule(lab, (uint16_t)port, peer_kinds[port % KINDS].rule);
	return result < 0 ? result : lab_nft(lab, LAB_SERVER, server_rules, ret_error);
}

static int start_on(int processor, const struct command *command,
		    struct command_process *ret_process, struct error *ret_error)
{
	cpu_set_t before, only;
	int result;

	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&only);
	if (processor >= 0) {
		CPU_SET((unsigned)processor, &only);
		sched_setaffinity(0, sizeof(only), &only);
	}
	result = command_start(command, ret_process, ret_error);
	sched_setaffinity(0, sizeof(before), &before);
	return result;
}

int mixture_scan(struct lab *lab, int family, const char *program, unsigned server_ports,
		 int processor, struct mixture_scan *ret_scan, struct error *ret_error)
{
	const char *const argv[] = {program, "-j", "--shuffle", "--rate", "0", "-f", "-", NULL};
	struct command command = {.argv = argv, .netns_fd = lab->hosts[LAB_CLIENT].netns_fd};
	struct command_process process;
	struct command_result result;
	struct misses misses;
	char targets[128];
	int outcome;

	snprintf(targets, sizeof(targets), "%s 1-%u\n%s 1-%d\n",
		 family == AF_INET ? LAB_SERVER4 : LAB_SERVER6, server_ports,
		 family == AF_INET ? LAB_PEER4 : LAB_PEER6, MIXTURE_PEER_PORTS);
	command.input = targets;
	outcome = start_on(processor, &command, &process, ret_error);
	if (outcome < 0)
		return outcome;
	misses_open(&misses, process.pid);
	command_finish(&process, TIMEOUT_MS, &result);
	*ret_scan = (struct mixture_scan){
		.audit = audit_read(result.output.bytes, truth_of),
		.misses = misses_total(&misses),
		.takeovers = misses_taken_over(&misses),
		.status = result.status,
	};
	misses_close(&misses);
	if (result.has_timed_out || ret_scan->audit.records != server_ports + MIXTURE_PEER_PORTS)
		outcome =
			error_set(ret_error, -EIO, "%lu of %u verdicts; status %d, and it said: %s",
				  ret_scan->audit.records, server_ports + MIXTURE_PEER_PORTS,
				  result.status, result.errors.bytes);
	command_result_release(&result);
	return outcome;
}
