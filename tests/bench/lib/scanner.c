/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Everything that can scan: how each is called, and how what it says is read. */
#include "tests/bench/lib/scanner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/lib/connector.h"
#include "tests/bench/lib/hooked.h"
#include "tests/bench/lib/processors.h"
#include "tests/bench/lib/tool.h"
#include "tests/lab/child.h"
#include "user/base/error.h"

#define TIME_MS		120000
#define MASSCAN_TIME_MS 20000
#define MURMUR_US	200000
#define INFLIGHT	16384 /* ktcping's own choice, too */
#define ARGUMENTS_MAX	32
#define END_BYTES	65536
#define MASSCAN_RATE	"1000000"
#define MASSCAN_WAIT_S	"1"

struct call {
	const char *argv[ARGUMENTS_MAX];
	size_t count;
	char ports[32], timeout[32], inflight[32];
	char records[32]; /* the file of SCANNER_KTCPING_FILE; "": there is none */
};

static const struct {
	const char *name, *program;
	int processor;
} table[SCANNERS] = {
	[SCANNER_PLAIN_ONE] = {"plain epoll, one core", NULL, 0},
	[SCANNER_PLAIN_TWO] = {"plain epoll, two cores", NULL, PROCESSORS_ALL},
	[SCANNER_PLAIN_HOOKED] = {"one core, empty programs", NULL, 0},
	[SCANNER_KTCPING_ONE] = {"ktcping, one core", NULL, 0},
	[SCANNER_KTCPING_ALL] = {"ktcping, all cores", NULL, PROCESSORS_ALL},
	[SCANNER_KTCPING_FILE] = {"one core, -j to a file", NULL, 0},
	[SCANNER_KTCPING_PIPE] = {"one core, -j to a pipe", NULL, 0},
	[SCANNER_NMAP_CONNECT] = {"nmap -sT -T5", "nmap", PROCESSORS_ALL},
	[SCANNER_NMAP_SYN] = {"nmap -sS -T5", "nmap", PROCESSORS_ALL},
	[SCANNER_MASSCAN] = {"masscan", "masscan", PROCESSORS_ALL},
};

const char *scanner_name(enum scanner scanner)
{
	return table[scanner].name;
}

bool scanner_has_records(enum scanner scanner)
{
	return scanner == SCANNER_KTCPING_FILE || scanner == SCANNER_KTCPING_PIPE;
}

const char *scanner_lacks(enum scanner scanner, const struct scan_target *target)
{
	const char *program = table[scanner].program;

	if (program && !tool_is_installed(program))
		return "it is not installed";
	return scanner == SCANNER_MASSCAN && !target->device ? "it wants an Ethernet device" : NULL;
}

static void add(struct call *call, const char *const *words)
{
	while (*words && call->count < ARGUMENTS_MAX - 1)
		call->argv[call->count++] = *words++;
}

#define ADD(call, ...) add(call, (const char *const[]){__VA_ARGS__, NULL})

static void add_ports(struct call *call, const struct scan_target *target)
{
	snprintf(call->ports, sizeof(call->ports), "%u-%u", target->first_port,
		 target->first_port + target->ports - 1);
	if (target->ports)
		ADD(call, "-p", call->ports);
}

static void call_ktcping(struct call *call, enum scanner scanner, const struct scan_target *target)
{
	ADD(call, tool_ktcping(), "-j", "--yes", "--rate", "0", "-W", call->timeout);
	if (!scanner_has_records(scanner))
		ADD(call, "-q");
	if (call->records[0])
		ADD(call, "-o", call->records);
	snprintf(call->timeout, sizeof(call->timeout), "%ums", target->timeout_ms);
	snprintf(call->inflight, sizeof(call->inflight), "%u", target->inflight);
	if (target->inflight)
		ADD(call, "--inflight", call->inflight);
	add_ports(call, target);
	if (target->file)
		ADD(call, "-f", target->file);
	else
		ADD(call, target->address);
}

static void call_nmap(struct call *call, const struct scan_target *target, const char *kind)
{
	ADD(call, "nmap", "-n", "-Pn", kind, "-T5", "-oG", "-");
	if (!strcmp(kind, "-sT"))
		ADD(call, "--max-retries", "1");
	add_ports(call, target);
	if (target->file)
		ADD(call, "-iL", target->file);
	else
		ADD(call, target->address);
}

static void call_masscan(struct call *call, const struct scan_target *target)
{
	ADD(call, "masscan", "--rate", MASSCAN_RATE, "--wait", MASSCAN_WAIT_S, "-e", target->device,
	    "--show", "closed", "-oL", "-");
	add_ports(call, target);
	if (target->file)
		ADD(call, "-iL", target->file);
	else
		ADD(call, target->address);
}

static void make_call(struct call *call, enum scanner scanner, const struct scan_target *target)
{
	if (scanner == SCANNER_NMAP_CONNECT || scanner == SCANNER_NMAP_SYN)
		call_nmap(call, target, scanner == SCANNER_NMAP_SYN ? "-sS" : "-sT");
	else if (scanner == SCANNER_MASSCAN)
		call_masscan(call, target);
	else
		call_ktcping(call, scanner, target);
}

/* Of a scan record. */
static void read_ktcping(const char *text, const struct scan_target *target,
			 struct scan_outcome *outcome)
{
	const char *record = strstr(text, "\"type\":\"scan\""),
		   *statuses = record ? strstr(record, "\"status\":{") : NULL;
	char word[32];

	outcome->wrong = outcome->probes;
	if (!statuses)
		return;
	snprintf(word, sizeof(word), "\"%s\":", target->status);
	outcome->wrong -= tool_number_after(statuses, word);
	outcome->scanning_s = tool_number_after(record, "\"elapsed_us\":") / 1e6;
	outcome->events_lost = tool_number_after(record, "\"events_lost\":");
}

/* Ports of a kind that there are many of are only counted. */
static double read_nmap(const char *text, const struct scan_target *target)
{
	char listed[32], counted[64];

	snprintf(listed, sizeof(listed), "/%s/", target->status);
	snprintf(counted, sizeof(counted), "Ignored State: %s (", target->status);
	return tool_count(text, listed) + tool_number_after(text, counted);
}

static double read_masscan(const char *text, const struct scan_target *target)
{
	char word[32];

	snprintf(word, sizeof(word), "%s tcp ", target->status);
	return tool_count(text, word);
}

static void read_output(enum scanner scanner, const char *text, const struct scan_target *target,
			struct scan_outcome *outcome)
{
	if (scanner == SCANNER_MASSCAN)
		outcome->wrong = outcome->probes - read_masscan(text, target);
	else if (scanner == SCANNER_NMAP_CONNECT || scanner == SCANNER_NMAP_SYN)
		outcome->wrong = outcome->probes - read_nmap(text, target);
	else
		read_ktcping(text, target, outcome);
}

static double probes_of(const struct scan_target *target)
{
	return (double)(target->addresses ? target->addresses : 1) *
	       (target->ports ? target->ports : 1);
}

/*
 * masscan's receiver only looks whether all is over when a packet comes in: a few that mean
 * nothing, from the router.
 */
static pid_t murmur(struct lab *lab)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
	int fd = lab_socket(lab, LAB_ROUTER, AF_INET, SOCK_DGRAM);
	pid_t pid = fd < 0 ? -1 : child_fork("ktcping-murmur", SIGKILL, fd);

	if (pid == 0) {
		inet_pton(AF_INET, LAB_CLIENT4, &to.sin_addr);
		for (;; usleep(MURMUR_US))
			sendto(3, "", 1, 0, (struct sockaddr *)&to, sizeof(to));
	}
	if (fd >= 0)
		close(fd);
	return pid;
}

/* In memory: what a disk takes is no business of ours. Returns 0, or -errno with the sentence. */
static int make_file(struct call *call, struct error *ret_error)
{
	int fd;

	snprintf(call->records, sizeof(call->records), "/dev/shm/ktcping-bench-XXXXXX");
	fd = mkstemp(call->records);
	if (fd < 0)
		return error_set(ret_error, -errno, "cannot make a file in /dev/shm: %s",
				 strerror(errno));
	close(fd);
	return 0;
}

/* The scan's record is the last one; the file is gone afterwards. */
static void take_end(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length = 0;

	if (file && (fseek(file, 1 - (long)size, SEEK_END) == 0 || fseek(file, 0, SEEK_SET) == 0))
		length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	if (file)
		fclose(file);
	unlink(path);
}

static int run_tool(struct lab *lab, enum scanner scanner, const struct call *call,
		    struct tool_run *ret_run, struct error *ret_error)
{
	pid_t murmuring = scanner == SCANNER_MASSCAN ? murmur(lab) : -1;
	unsigned timeout_ms = scanner == SCANNER_MASSCAN ? MASSCAN_TIME_MS : TIME_MS;
	int result = tool_measure(lab, table[scanner].processor, call->argv, timeout_ms, ret_run,
				  ret_error);

	child_stop(murmuring, SIGKILL);
	return result;
}

static int measure_tool(struct lab *lab, enum scanner scanner, const struct scan_target *target,
			struct scan_outcome *ret_outcome, struct error *ret_error)
{
	char end[END_BYTES] = "";
	struct call call = {0};
	struct tool_run run;
	int result = scanner == SCANNER_KTCPING_FILE ? make_file(&call, ret_error) : 0;

	if (result < 0)
		return result;
	make_call(&call, scanner, target);
	result = run_tool(lab, scanner, &call, &run, ret_error);
	if (call.records[0])
		take_end(call.records, end, sizeof(end));
	if (result < 0)
		return result;
	*ret_outcome = (struct scan_outcome){.probes = probes_of(target),
					     .wall_s = run.wall_s,
					     .cpu_s = run.cpu_s,
					     .peak_mib = run.peak_mib};
	read_output(scanner, call.records[0] ? end : run.result.output.bytes, target, ret_outcome);
	if (ret_outcome->wrong == ret_outcome->probes)
		fprintf(stderr, "%s has no right answer, status %d: %s\n", scanner_name(scanner),
			run.result.status, run.result.errors.bytes);
	tool_run_release(&run);
	return 0;
}

static int measure_plain(struct lab *lab, unsigned processes, const struct scan_target *target,
			 struct scan_outcome *ret_outcome, struct error *ret_error)
{
	struct connector_job job = {
		.address = target->address,
		.first_port = target->first_port,
		.addresses = target->addresses ? target->addresses : 1,
		.ports = target->ports,
		.inflight = target->inflight ? target->inflight : INFLIGHT,
		.timeout_ms = target->timeout_ms,
		.processes = processes,
	};
	struct connector_run run;
	int result = connector_measure(lab, &job, &run, ret_error);
	double probes = probes_of(target);
	uint64_t right = !strcmp(target->status, "open")     ? run.open
			 : !strcmp(target->status, "closed") ? run.closed
							     : run.silent;

	if (result == 0)
		*ret_outcome = (struct scan_outcome){
			probes,	      run.wall_s, run.elapsed_s,	 run.cpu_s,
			run.peak_mib, 0,	  probes - (double)right};
	return result;
}

static int measure_hooked(struct lab *lab, const struct scan_target *target,
			  struct scan_outcome *ret_outcome, struct error *ret_error)
{
	struct bpf_object *object = hooked_attach(false, ret_error);
	int result = object ? measure_plain(lab, 1, target, ret_outcome, ret_error) : -1;

	if (object)
		hooked_detach(object);
	return result;
}

int scanner_measure(struct lab *lab, enum scanner scanner, const struct scan_target *target,
		    struct scan_outcome *ret_outcome, struct error *ret_error)
{
	if (scanner == SCANNER_PLAIN_ONE || scanner == SCANNER_PLAIN_TWO)
		return measure_plain(lab, scanner == SCANNER_PLAIN_TWO ? 2 : 1, target, ret_outcome,
				     ret_error);
	if (scanner == SCANNER_PLAIN_HOOKED)
		return measure_hooked(lab, target, ret_outcome, ret_error);
	return measure_tool(lab, scanner, target, ret_outcome, ret_error);
}
