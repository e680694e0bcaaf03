/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What does a flood of another program's datagrams at a closed port lose beside a ktcping that
 * waits for an answer, and beside programs that do nothing?
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/lib/figures.h"
#include "tests/bench/lib/hooked.h"
#include "tests/bench/lib/processors.h"
#include "tests/bench/lib/tool.h"
#include "tests/lab/lab.h"
#include "user/base/error.h"

#define PAIRS	  11
#define SLICES	  20 /* of each the best counts: others have the processor, too */
#define SLICE_MS  10
#define SETTLE_MS 1000 /* a ktcping is loaded, and waits */
#define PORT	  9
#define PROCESSOR 0
#define BURST	  64

static const struct {
	const char *where, *address;
} ways[] = {{"over loopback", "127.0.0.1"}, {"over two veth pairs", LAB_SERVER4}};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct row {
	const char *name;
	bool is_empty; /* programs that do nothing, no ktcping */
	struct figures without[WAYS], with[WAYS], ratio[WAYS]; /* datagrams a second */
};

static double processor_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Datagrams a second of processor time, which the whole way of a datagram is within. */
static double flood(int fd, const char *to)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	double best = 0;

	inet_pton(AF_INET, to, &address.sin_addr);
	processors_use(PROCESSOR);
	for (int slice = 0; slice < SLICES; slice++) {
		double began_s = processor_s(), rate;
		unsigned count = 0;

		while (processor_s() - began_s < SLICE_MS / 1e3)
			for (int i = 0; i < BURST; i++)
				count += sendto(fd, "ktcping", 7, 0, (struct sockaddr *)&address,
						sizeof(address)) == 7;
		rate = count / (processor_s() - began_s);
		best = rate > best ? rate : best;
	}
	processors_use(PROCESSORS_ALL);
	return best;
}

static void flood_all(int fd, struct figures *figures)
{
	for (size_t i = 0; i < WAYS; i++)
		figures_add(&figures[i], flood(fd, ways[i].address));
}

static int flood_hooked(int fd, struct row *row, struct error *ret_error)
{
	struct bpf_object *object = hooked_attach(false, ret_error);

	if (!object)
		return -1;
	flood_all(fd, row->with);
	hooked_detach(object);
	return 0;
}

/* Its attempts wait for an answer all the time: the address is nobody's. */
static int flood_probed(struct lab *lab, int fd, struct row *row, struct error *ret_error)
{
	const char *const argv[] = {tool_ktcping(), "-q",	 "-c", "0", "-i",
				    "500ms",	    LAB_NOBODY4, "9",  NULL};
	struct command_process process;
	struct command_result ended;
	int result = lab_start(lab, LAB_CLIENT, argv, &process, ret_error);

	if (result < 0)
		return result;
	usleep(SETTLE_MS * 1000);
	flood_all(fd, row->with);
	command_finish(&process, 1, &ended);
	if (!ended.has_timed_out)
		result = error_set(ret_error, -EIO, "ktcping ended too early: %s",
				   ended.errors.bytes);
	command_result_release(&ended);
	return result;
}

static int flood_with(struct lab *lab, int fd, struct row *row, struct error *ret_error)
{
	return row->is_empty ? flood_hooked(fd, row, ret_error)
			     : flood_probed(lab, fd, row, ret_error);
}

static int measure_pair(struct lab *lab, int fd, struct row *row, bool is_with_first,
			struct error *ret_error)
{
	int result = is_with_first ? flood_with(lab, fd, row, ret_error) : 0;

	if (result == 0)
		flood_all(fd, row->without);
	if (result == 0 && !is_with_first)
		result = flood_with(lab, fd, row, ret_error);
	for (size_t i = 0; i < WAYS && result == 0; i++) {
		size_t last = row->ratio[i].count;

		figures_add(&row->ratio[i],
			    row->with[i].values[last] / row->without[i].values[last]);
	}
	return result;
}

static void print_row(struct row *row, size_t way)
{
	printf("%-32s %3zu %10.1f %10.1f %8.3f %9.3f %9.3f\n", row->name, row->ratio[way].count,
	       figures_quantile(&row->without[way], 0.5) / 1e3,
	       figures_quantile(&row->with[way], 0.5) / 1e3,
	       figures_quantile(&row->ratio[way], 0.5), figures_quantile(&row->ratio[way], 0.25),
	       figures_quantile(&row->ratio[way], 0.75));
	figures_release(&row->without[way]);
	figures_release(&row->with[way]);
	figures_release(&row->ratio[way]);
}

static int measure(struct lab *lab, int fd, struct error *ret_error)
{
	struct row rows[] = {{.name = "ktcping that waits for an answer"},
			     {.name = "empty programs", .is_empty = true}};
	const size_t count = sizeof(rows) / sizeof(rows[0]);
	int result = 0;

	for (unsigned pair = 0; pair < PAIRS && result == 0; pair++)
		for (size_t i = 0; i < count && result == 0; i++)
			result = measure_pair(lab, fd, &rows[i], pair % 2, ret_error);
	for (size_t way = 0; way < WAYS && result == 0; way++) {
		printf("\nDatagrams to a closed port %s, thousands a second of processor "
		       "time\n\n%-32s %3s %10s %10s %8s %19s\n",
		       ways[way].where, "", "n", "without", "with", "ratio", "quartiles of ratio");
		for (size_t i = 0; i < count; i++)
			print_row(&rows[i], way);
	}
	return result;
}

int main(void)
{
	struct error error = {"out of memory"};
	struct lab *lab = lab_new(&error);
	int fd = lab ? lab_socket(lab, LAB_CLIENT, AF_INET, SOCK_DGRAM) : -1;
	int result = fd < 0 ? -1 : measure(lab, fd, &error);

	if (result < 0)
		fprintf(stderr, "flood: %s\n", error.text);
	if (fd >= 0)
		close(fd);
	lab_free(lab);
	return result < 0;
}
