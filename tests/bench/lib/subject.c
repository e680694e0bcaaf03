/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Read lines with stamps first; what they mean is looked at when the run is over. */
#include "tests/bench/lib/subject.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/base/error.h"

#define ARGUMENTS_MAX 32
#define OUTPUT_MAX    (16u << 20)
#define GRACE_NS      3000000000ll

struct output {
	char *bytes;
	size_t length;
	struct {
		size_t end;	 /* so far had been read ... */
		int64_t time_ns; /* ... at this time */
	} * reads;
	size_t read_count;
};

static int64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static long read_peak_kib(pid_t pid)
{
	char path[64], line[256];
	long peak_kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %ld", &peak_kib) == 1)
			break;
	if (file)
		fclose(file);
	return peak_kib;
}

/*
 * Until the end of the stream. After time_ms it is interrupted, as by ^C, and may say what it has.
 */
static void read_output(const struct command_process *process, unsigned time_ms,
			struct output *output, long *ret_peak_kib)
{
	int64_t deadline_ns = wall_ns() + time_ms * 1000000ll;
	bool is_interrupted = false;

	for (;;) {
		struct pollfd readable = {.fd = process->output_fd, .events = POLLIN};
		int64_t left_ms = (deadline_ns - wall_ns()) / 1000000;
		ssize_t length;

		if (left_ms <= 0 || poll(&readable, 1, (int)left_ms) == 0) {
			if (is_interrupted)
				return;
			is_interrupted = true;
			kill(process->pid, SIGINT);
			deadline_ns += GRACE_NS;
			continue;
		}
		length = read(process->output_fd, output->bytes + output->length,
			      OUTPUT_MAX - output->length);
		if (length <= 0)
			return;
		output->length += (size_t)length;
		output->reads[output->read_count].time_ns = wall_ns();
		output->reads[output->read_count].end = output->length;
		if (output->read_count++ == 0)
			*ret_peak_kib = read_peak_kib(process->pid);
	}
}

static double number_of(const json_t *record, const char *name)
{
	const json_t *value = json_object_get(record, name);

	return json_is_number(value) ? json_number_value(value) : -1;
}

static void take_record(struct subject_run *run, const json_t *record, int64_t read_ns)
{
	const char *type = json_string_value(json_object_get(record, "type"));
	const char *status = json_string_value(json_object_get(record, "status"));

	if (type && (!strcmp(type, "summary") || !strcmp(type, "scan")))
		run->events_lost = number_of(record, "events_lost");
	if (!type || strcmp(type, "probe") != 0 || !status)
		return;
	run->samples[run->count++] = (struct subject_sample){
		.client_port = (uint16_t)number_of(record, "source_port"),
		.port = (uint16_t)number_of(record, "port"),
		.rtt_us = number_of(record, "rtt_us"),
		.read_ns = read_ns,
		.is_open = !strcmp(status, "open"),
	};
}

static void parse_output(const struct output *output, struct subject_run *run)
{
	const char *line = output->bytes, *last = output->bytes + output->length, *end;
	size_t read = 0;

	for (; (end = memchr(line, '\n', (size_t)(last - line))); line = end + 1) {
		json_t *record = json_loadb(line, (size_t)(end - line), 0, NULL);

		while (output->reads[read].end < (size_t)(end + 1 - output->bytes))
			read++;
		take_record(run, record, output->reads[read].time_ns);
		json_decref(record);
	}
}

static int finish(struct command_process *process, const struct output *output,
		  struct subject_run *run, struct error *ret_error)
{
	struct command_result result;

	command_finish(process, 2000, &result);
	run->status = result.status;
	run->samples = calloc(output->read_count + output->length / 64 + 1, sizeof(*run->samples));
	if (!run->samples)
		abort();
	parse_output(output, run);
	if (!run->count)
		error_set(ret_error, 0, "ktcping measured nothing; status %d, and it said: %s",
			  result.status, result.errors.bytes);
	command_result_release(&result);
	return run->count ? 0 : -EIO;
}

int subject_measure(struct lab *lab, const char *const *arguments, unsigned time_ms,
		    struct subject_run *ret_run, struct error *ret_error)
{
	const char *argv[ARGUMENTS_MAX] = {getenv("KTCPING") ? getenv("KTCPING") : "./ktcping",
					   "-j"};
	struct output output = {.bytes = malloc(OUTPUT_MAX),
				.reads = calloc(OUTPUT_MAX / 64, sizeof(*output.reads))};
	struct command_process process;
	int result;

	if (!output.bytes || !output.reads)
		abort();
	for (size_t count = 2; *arguments && count < ARGUMENTS_MAX - 1; arguments++)
		argv[count++] = *arguments;
	*ret_run = (struct subject_run){.began_ns = wall_ns()};
	result = lab_start(lab, LAB_CLIENT, argv, &process, ret_error);
	if (result == 0) {
		read_output(&process, time_ms, &output, &ret_run->peak_kib);
		result = finish(&process, &output, ret_run, ret_error);
	}
	free(output.bytes);
	free(output.reads);
	return result;
}

void subject_run_release(struct subject_run *run)
{
	free(run->samples);
	*run = (struct subject_run){0};
}
