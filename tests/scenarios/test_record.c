/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --record: what the run observed is in the file, event by event, and as packets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scenarios/cli.h"
#include "tests/scenarios/scenario.h"
#include "user/io/files/pcapng.h"
#include "user/io/files/pcapng_read.h"
#include "user/io/files/recording.h"
#include "user/io/files/trace.h"

#define PORT 7000

static void make_path(char *path, const char *name)
{
	static char folder[64];

	if (!*folder) {
		strcpy(folder, "/tmp/ktcping-record-XXXXXX");
		cr_assert(mkdtemp(folder));
	}
	snprintf(path, 128, "%s/%s", folder, name);
}

static void remove_files(const char *recording, const char *trace)
{
	char folder[128];

	unlink(recording);
	unlink(trace);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(trace, '/') - trace), trace);
	rmdir(folder);
}

static struct recording *open_recording(const char *path)
{
	struct error error = {""};
	struct recording *recording = recording_open(path, &error);

	cr_assert(recording, "%s", error.text);
	cr_expect_null(recording_damage(recording));
	return recording;
}

/* The trace has each event as well, but no reports. */
static bool is_in_both(const struct event *event)
{
	return event->kind != EVENT_DRAINED && event->kind != EVENT_REPORT;
}

static size_t expect_as_traced(struct recording *recording, const char *path)
{
	static struct trace_reader reader;
	struct event traced, event;
	char line[2][TRACE_LINE_MAX];
	struct error error;
	size_t reports = 0;
	unsigned run;

	reader = (struct trace_reader){.in = fopen(path, "r")};
	cr_assert(reader.in);
	while (recording_next(recording, &event, &run, &error) == 1) {
		reports += event.kind == EVENT_REPORT;
		if (!is_in_both(&event))
			continue;
		do
			cr_assert_eq(trace_read(&reader, &traced, &error), 1, "%s", error.text);
		while (!is_in_both(&traced));
		for (int i = 0; i < 2; i++) {
			FILE *out = fmemopen(line[i], TRACE_LINE_MAX, "w");

			trace_write(out, i ? &event : &traced);
			fclose(out);
		}
		cr_assert_str_eq(line[1], line[0]);
	}
	fclose(reader.in);
	return reports;
}

/* Of each direction, by the flags of EPBs. */
static void count_packets(const char *path, unsigned *ret_out, unsigned *ret_in)
{
	struct pcapng_reader reader = {.in = fopen(path, "r")};
	struct pcapng_capture capture;
	struct pcapng_option option;
	struct pcapng_block block;

	*ret_out = *ret_in = 0;
	while (pcapng_read(&reader, &block, NULL) == 1) {
		if (!pcapng_capture(&reader, &block, &capture))
			continue;
		while (pcapng_next_option(&reader, &block, &capture.options, &option)) {
			bool is_flags = option.code == PCAPNG_FLAGS;
			uint32_t flags = is_flags ? pcapng_u32(&reader, option.bytes) : 0;

			*ret_out += flags == PCAPNG_FLAG_OUTBOUND;
			*ret_in += flags == PCAPNG_FLAG_INBOUND;
		}
	}
	fclose(reader.in);
	pcapng_reader_release(&reader);
}

/* SYN, SYN-ACK, RST. */
BOTH_FAMILIES(record, a_probe_as_it_was_on_the_wire)
{
	struct lab *lab = scenario_lab();
	char recording_path[128], trace_path[128];
	struct recording *recording;
	unsigned out, in;

	make_path(recording_path, "a.pcapng");
	make_path(trace_path, "a.trace");
	scenario_listen(lab, LAB_SERVER, family, PORT);
	expect_status(cli(lab, "-c", "2", "--record", recording_path, "--trace-text", trace_path,
			  places_of(family)->server, "7000"),
		      0);
	recording = open_recording(recording_path);
	cr_expect_eq(expect_as_traced(recording, trace_path), 2);
	recording_free(recording);
	count_packets(recording_path, &out, &in);
	cr_expect_eq(out, 4, "%u", out);
	cr_expect_eq(in, 2, "%u", in);
	remove_files(recording_path, trace_path);
}

Test(record, another_programs_connect)
{
	struct lab *lab = scenario_lab();
	char recording_path[128], trace_path[128];
	struct recording *recording;

	make_path(recording_path, "a.pcapng");
	make_path(trace_path, "a.trace");
	scenario_listen(lab, LAB_SERVER, AF_INET, PORT);
	expect_status(cli(lab, "watch", "--record", recording_path, "--trace-text", trace_path,
			  "--", "bash", "-c", "exec 3<>/dev/tcp/" LAB_SERVER4 "/7000"),
		      0);
	recording = open_recording(recording_path);
	cr_expect_eq(expect_as_traced(recording, trace_path), 1);
	recording_free(recording);
	remove_files(recording_path, trace_path);
}

/* In several lanes: one file. */
Test(record, a_scan)
{
	struct lab *lab = scenario_lab();
	char path[128], none[128];
	struct recording *recording;
	size_t reports = 0;
	struct event event;
	struct error error;
	unsigned run;

	make_path(path, "a.pcapng");
	make_path(none, "none");
	expect_status(cli(lab, "-q", "--rate", "0", "--record", path, "-p", "1-5000", LAB_SERVER4),
		      1);
	recording = open_recording(path);
	while (recording_next(recording, &event, &run, &error) == 1)
		reports += event.kind == EVENT_REPORT;
	recording_free(recording);
	remove_files(path, none);
	cr_expect_eq(reports, 5000, "%zu", reports);
}

Test(record, what_stands_there_is_not_lost)
{
	struct lab *lab = scenario_lab();
	char path[128], none[128];
	struct command_result result;
	struct stat status;

	make_path(path, "a.pcapng");
	make_path(none, "none");
	expect_status(cli(lab, "-q", "-c", "1", "--record", path, LAB_SERVER4, "7000"), 1);
	cr_assert_eq(stat(path, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0600);
	result = cli(lab, "-q", "-c", "1", "--record", path, LAB_SERVER4, "7000");
	expect_status(result, 4);
	expect_said(result.errors.bytes, "--force");
	expect_status(cli(lab, "-q", "-c", "1", "--record", path, "--force", LAB_SERVER4, "7000"),
		      1);
	result = cli(lab, "-c", "1", "--record", "-", LAB_SERVER4, "7000");
	expect_status(result, 3);
	expect_said(result.errors.bytes, "-o FILE");
	remove_files(path, none);
}

/* A verdict is no less one; but whoever is to have the evidence has to know. */
Test(record, a_full_disk_is_said)
{
	struct lab *lab = scenario_lab();
	struct command_result result =
		cli(lab, "-q", "-c", "1", "--force", "--record", "/dev/full", LAB_SERVER4, "7000");

	expect_status(result, 4);
	expect_said(result.errors.bytes, "the recording in /dev/full is not whole: No space");
}
