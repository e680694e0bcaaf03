/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is recorded is read again, event by event, and in its order. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/golden.h"
#include "user/io/files/pcapng.h"
#include "user/io/files/pcapng_read.h"
#include "user/io/files/recorder.h"
#include "user/io/files/recording.h"
#include "user/io/files/trace.h"

#define WALL_NS 1700000000000000000ull

static const uint8_t header[] = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6};

static char *temporary_path(void)
{
	static char path[64];
	int fd;

	strcpy(path, "/tmp/ktcping-recording-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	close(fd);
	return path;
}

static struct recorder *start(const char *path)
{
	const struct recorder_config config = {.path = path,
					       .may_replace = true,
					       .application = "ktcping",
					       .os = "Linux",
					       .command_line = "ktcping 192.0.2.1 80"};
	const struct event run = {
		.kind = EVENT_RUN, .time_ns = 1, .run = {.wall_ns = WALL_NS, .kernel = "6.1"}};
	struct error error = {""};
	struct recorder *recorder = recorder_new(&config, &error);

	cr_assert(recorder, "%s", error.text);
	recorder_take(recorder, &run, "the run begins", RECORDER_INFO);
	return recorder;
}

static void end(struct recorder *recorder)
{
	cr_assert_eq(recorder_flush(recorder), 0);
	recorder_free(recorder);
}

static char *line_of(const struct event *event)
{
	static char line[TRACE_LINE_MAX];
	FILE *out = fmemopen(line, sizeof(line), "w");

	trace_write(out, event);
	fclose(out);
	return line;
}

/* What is to be read again. */
struct lines {
	char *lines[4096];
	size_t count;
};

/* Of several EVENT_DRAINED in a row the last one stays. */
static void expect_line(struct lines *wanted, const struct event *event)
{
	bool is_again = event->kind == EVENT_DRAINED && wanted->count &&
			strstr(wanted->lines[wanted->count - 1], " drained ");

	if (is_again)
		free(wanted->lines[--wanted->count]);
	cr_assert_lt(wanted->count, sizeof(wanted->lines) / sizeof(wanted->lines[0]));
	wanted->lines[wanted->count++] = strdup(line_of(event));
}

/* Packets have bytes; which of them are blocks of their own depends on what comes before. */
static void record(struct recorder *recorder, const char *path, struct lines *ret_wanted)
{
	struct trace_reader reader = {.in = fopen(path, "r")};
	struct event event;

	cr_assert(reader.in, "%s", path);
	while (trace_read(&reader, &event, NULL) == 1) {
		event.raw = (struct event_raw){header, sizeof(header), 40};
		recorder_take(recorder, &event, "a message", RECORDER_INFO);
		expect_line(ret_wanted, &event);
	}
	fclose(reader.in);
}

static void expect_same(struct recording *recording, struct lines *wanted, const char *path)
{
	struct event event;
	struct error error;
	unsigned run;

	for (size_t i = 0; i < wanted->count; i++) {
		cr_assert_eq(recording_next(recording, &event, &run, &error), 1, "%s", error.text);
		cr_assert_str_eq(line_of(&event), wanted->lines[i], "%s", path);
		free(wanted->lines[i]);
	}
	cr_expect_eq(recording_next(recording, &event, &run, &error), 0, "%s", path);
	wanted->count = 0;
}

static void expect_recorded(const char *path)
{
	static struct lines wanted;
	char *file = temporary_path();
	struct recorder *recorder = start(file);
	struct recording *recording;
	struct event event;
	struct error error;
	unsigned run;

	record(recorder, path, &wanted);
	end(recorder);
	recording = recording_open(file, &error);
	unlink(file);
	cr_assert(recording, "%s: %s", path, error.text);
	cr_expect_null(recording_damage(recording));
	cr_assert_eq(recording_next(recording, &event, &run, &error), 1);
	cr_expect_eq(event.kind, EVENT_RUN);
	cr_expect_eq(run, 1);
	expect_same(recording, &wanted, path);
	recording_free(recording);
}

Test(recording, every_trace_is_read_again_as_it_was)
{
	golden_each_trace(expect_recorded);
}

static struct event packet_event(enum event_kind kind, uint64_t time_ns, uint64_t skb)
{
	struct event event = {.kind = kind,
			      .time_ns = time_ns,
			      .netns = 7,
			      .key = {77, 1},
			      .raw = {header, sizeof(header), 40}};

	event.packet.packet.kind = PACKET_TCP;
	event.packet.skb = skb;
	event.packet.ifindex = 3;
	strcpy(event.packet.device, "eth0");
	return event;
}

static void take(struct recorder *recorder, enum event_kind kind, uint64_t time_ns, uint64_t skb)
{
	struct event event = packet_event(kind, time_ns, skb);

	recorder_take(recorder, &event, event_kind_name(kind), RECORDER_INFO);
}

static void count_blocks(const char *path, unsigned *ret_counts, uint32_t kinds)
{
	struct pcapng_reader reader = {.in = fopen(path, "r")};
	struct pcapng_block block;
	struct error error = {""};

	memset(ret_counts, 0, kinds * sizeof(*ret_counts));
	while (pcapng_read(&reader, &block, &error) == 1)
		ret_counts[block.type < kinds ? block.type : 0]++;
	cr_expect_str_empty(error.text);
	fclose(reader.in);
	pcapng_reader_release(&reader);
}

/* Handed from device to device, and dropped after it came in: one packet each. A drop is none. */
Test(recording, a_packet_is_there_once)
{
	char *file = temporary_path();
	struct recorder *recorder = start(file);
	unsigned counts[PCAPNG_JOURNAL + 1];

	take(recorder, EVENT_QUEUE, 10, 0xa);
	take(recorder, EVENT_XMIT, 11, 0xa);
	take(recorder, EVENT_XMIT, 12, 0xa);
	take(recorder, EVENT_RECEIVE, 13, 0xb);
	take(recorder, EVENT_DROP, 14, 0xb);
	take(recorder, EVENT_DROP, 15, 0xc);
	end(recorder);
	count_blocks(file, counts, PCAPNG_JOURNAL + 1);
	unlink(file);
	cr_expect_eq(counts[0], 1, "%u sections", counts[0]);
	cr_expect_eq(counts[PCAPNG_INTERFACE], 1);
	cr_expect_eq(counts[PCAPNG_PACKET], 2);
	cr_expect_eq(counts[PCAPNG_JOURNAL], 1 + 4);
}

/* Cut anywhere, it has all events up to there. */
Test(recording, a_file_that_is_cut_has_what_came_before)
{
	char *file = temporary_path();
	struct recorder *recorder = start(file);
	struct stat status;
	size_t most = 0;

	for (uint64_t i = 2; i < 10; i++)
		take(recorder, i % 2 ? EVENT_XMIT : EVENT_RECEIVE, i, i);
	end(recorder);
	cr_assert_eq(stat(file, &status), 0);
	for (off_t length = status.st_size - 1; length > 0; length -= 7) {
		struct recording *recording;
		struct event event;
		struct error error;
		size_t count = 0;
		unsigned run;

		cr_assert_eq(truncate(file, length), 0);
		recording = recording_open(file, &error);
		if (!recording)
			continue;
		while (recording_next(recording, &event, &run, &error) == 1)
			cr_expect_eq(event.time_ns, ++count);
		most = count > most ? count : most;
		recording_free(recording);
	}
	unlink(file);
	cr_expect_eq(most, 8);
}

/* Somebody else's capture, and what is no capture. */
Test(recording, what_has_no_event_of_ours_is_told)
{
	static const char *const wanted[] = {"packets alone are no proof", "it is no pcapng file"};
	char *file = temporary_path();

	for (int i = 0; i < 2; i++) {
		FILE *out = fopen(file, "w");
		struct blocks blocks = {0};
		struct error error = {""};

		pcapng_put_section(&blocks, &(struct pcapng_section){.os = "Linux"});
		pcapng_put_interface(&blocks, "eth0", NULL);
		if (i == 0)
			fwrite(blocks.bytes, 1, blocks.used, out);
		else
			fputs("192.0.2.1 80\n", out);
		fclose(out);
		free(blocks.bytes);
		cr_expect_null(recording_open(file, &error));
		cr_expect_eq(errno, EINVAL);
		cr_expect(strstr(error.text, wanted[i]), "%s", error.text);
	}
	unlink(file);
}

Test(recording, a_file_is_not_replaced_by_accident)
{
	char *file = temporary_path();
	struct recorder_config config = {.path = file};
	struct error error = {""};
	struct stat status;

	cr_expect_null(recorder_new(&config, &error));
	cr_expect(strstr(error.text, "--force"), "%s", error.text);
	unlink(file);
	cr_assert_eq(symlink("/dev/null", file), 0);
	config.may_replace = true;
	cr_expect_null(recorder_new(&config, &error));
	cr_expect(strstr(error.text, "symbolic link"), "%s", error.text);
	unlink(file);
	end(start(file));
	cr_assert_eq(stat(file, &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0600);
	unlink(file);
}
