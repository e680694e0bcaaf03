// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One block an event. */
#include "user/io/files/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "include/ktp_event.h"
#include "user/base/time.h"
#include "user/io/files/checksum.h"
#include "user/io/files/pcapng.h"
#include "user/io/files/trace.h"

#define FLUSH_BYTES (256u << 10)
#define RECENT	    64 /* packets: enough for one that is handed on, or dropped, at once */
#define AT_ONCE_NS  (5 * MILLISECOND_NS)

struct interface {
	uint32_t netns;
	uint32_t ifindex;
	char name[EVENT_NAME_MAX];
};

/* Memory is soon used again, and a segment may be sent again. */
struct recent {
	uint64_t time_ns;
	uint64_t skb;
	struct tcp_fields tcp;
};

struct recorder {
	pthread_mutex_t lock;
	int fd;
	int error; /* of the first write that failed; 0: none did */
	struct blocks blocks;
	char line[TRACE_LINE_MAX];
	uint64_t run;
	uint64_t sequence;
	uint64_t wall_offset_ns;
	struct interface *interfaces; /* of the section, by their number */
	uint32_t interface_count;
	struct recent recent[RECENT]; /* packets that are in the file */
	unsigned next_recent;
	/* said when something else comes, for there are hundreds a second; DRAINED: there is one */
	struct event drained;
};

static int open_file(const struct recorder_config *config, struct error *ret_error)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
		    (config->may_replace ? O_TRUNC : O_EXCL);
	int fd;

	fd = strcmp(config->path, "-") ? open(config->path, flags, 0600)
				       : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0)
		return fd;
	if (errno == EEXIST)
		return error_set(ret_error, -errno,
				 "--record %s: it is there already; choose another name, or "
				 "replace it with --force",
				 config->path);
	return error_set(ret_error, -errno, "--record %s: it cannot be made: %s", config->path,
			 errno == ELOOP ? "it is a symbolic link" : strerror(errno));
}

struct recorder *recorder_new(const struct recorder_config *config, struct error *ret_error)
{
	const struct pcapng_section section = {
		.comment = config->command_line,
		.os = config->os,
		.application = config->application,
	};
	struct recorder *recorder = calloc(1, sizeof(*recorder));

	if (!recorder) {
		error_set(ret_error, -ENOMEM, "out of memory");
		return NULL;
	}
	recorder->fd = open_file(config, ret_error);
	if (recorder->fd < 0) {
		free(recorder);
		return NULL;
	}
	pthread_mutex_init(&recorder->lock, NULL);
	pcapng_put_section(&recorder->blocks, &section);
	return recorder;
}

static void write_all(struct recorder *recorder)
{
	const uint8_t *bytes = recorder->blocks.bytes;
	size_t left = recorder->blocks.used;

	while (left && !recorder->error) {
		ssize_t count = write(recorder->fd, bytes, left);

		if (count == 0 || (count < 0 && errno != EINTR))
			recorder->error = count ? errno : EIO;
		if (count <= 0)
			continue;
		bytes += count;
		left -= (size_t)count;
	}
	if (recorder->blocks.has_failed && !recorder->error)
		recorder->error = ENOMEM;
	recorder->blocks.used = 0;
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	close(recorder->fd);
	pthread_mutex_destroy(&recorder->lock);
	free(recorder->interfaces);
	free(recorder->blocks.bytes);
	free(recorder);
}

/* trace.h's line, without its newline. */
static void write_line(struct recorder *recorder, const struct event *event)
{
	FILE *out = fmemopen(recorder->line, sizeof(recorder->line), "w");

	recorder->line[0] = '\0';
	if (!out)
		return;
	trace_write(out, event);
	fclose(out);
	recorder->line[strcspn(recorder->line, "\n")] = '\0';
}

static bool is_recent(const struct recorder *recorder, const struct event *event)
{
	for (unsigned i = 0; i < RECENT; i++) {
		const struct recent *recent = &recorder->recent[i];

		if (recent->skb == event->packet.skb &&
		    event->time_ns - recent->time_ns < AT_ONCE_NS &&
		    recent->tcp.flags == event->packet.packet.tcp.flags &&
		    recent->tcp.seq == event->packet.packet.tcp.seq &&
		    recent->tcp.ack == event->packet.packet.tcp.ack)
			return true;
	}
	return false;
}

/*
 * One copy of each packet that was on the wire: what the driver was given first, and what came in. A
 * drop alone does not tell that it was there.
 */
static bool is_on_wire(struct recorder *recorder, const struct event *event)
{
	if ((event->kind != EVENT_XMIT && event->kind != EVENT_RECEIVE) || !event->raw.bytes ||
	    !event->raw.count || is_recent(recorder, event))
		return false;
	recorder->recent[recorder->next_recent++ % RECENT] =
		(struct recent){event->time_ns, event->packet.skb, event->packet.packet.tcp};
	return true;
}

static uint32_t interface_of(struct recorder *recorder, const struct event *event)
{
	const struct packet_event *packet = &event->packet;
	struct interface *interface = recorder->interfaces, *more;
	char description[64];
	uint32_t i;

	for (i = 0; i < recorder->interface_count; i++, interface++)
		if (interface->netns == event->netns && interface->ifindex == packet->ifindex &&
		    !strcmp(interface->name, packet->device))
			return i;
	more = realloc(recorder->interfaces, (i + 1) * sizeof(*more));
	if (!more) {
		recorder->blocks.has_failed = true;
		return 0;
	}
	recorder->interfaces = more;
	more[i] = (struct interface){.netns = event->netns, .ifindex = packet->ifindex};
	memcpy(more[i].name, packet->device, sizeof(more[i].name));
	recorder->interface_count++;
	snprintf(description, sizeof(description), "network namespace %" PRIu32, event->netns);
	pcapng_put_interface(&recorder->blocks, packet->device, description);
	return i;
}

static void put_packet(struct recorder *recorder, const struct event *event, uint64_t wall_ns,
		       const char *message)
{
	static const char format[] = "ktcping %016" PRIx64 "/%" PRIu64 " %s";
	static __thread char line[TRACE_LINE_MAX + 64];
	uint8_t bytes[KTP_HEADER_MAX];
	uint32_t count = event->raw.count < sizeof(bytes) ? event->raw.count : sizeof(bytes);
	struct pcapng_packet packet = {
		.wall_ns = wall_ns,
		.id = recorder->sequence,
		.interface = interface_of(recorder, event),
		.ifindex = event->packet.ifindex,
		.is_outbound = event->kind == EVENT_XMIT,
		.is_loopback = event->packet.is_loopback,
		.bytes = bytes,
		.count = count,
		.wire_bytes = event->raw.wire_bytes > count ? event->raw.wire_bytes : count,
		.comments = {message, line},
	};

	memcpy(bytes, event->raw.bytes, count);
	if (count == packet.wire_bytes)
		checksum_complete(bytes, count);
	snprintf(line, sizeof(line), format, recorder->run, recorder->sequence, recorder->line);
	pcapng_put_packet(&recorder->blocks, &packet);
}

static void put_known_fields(struct blocks *blocks, const struct event *event)
{
	if (event->kind == EVENT_DROP && event->packet.function[0])
		journal_text(blocks, "CODE_FUNC", event->packet.function);
	if (event->kind == EVENT_APP && event->app.error)
		journal_number(blocks, "ERRNO", (uint64_t)event->app.error);
	if (event->kind == EVENT_ERROR_REPORT && event->error.error > 0)
		journal_number(blocks, "ERRNO", (uint64_t)event->error.error);
	if (event->kind == EVENT_TASK && event->task.pid) {
		journal_number(blocks, "_PID", event->task.pid);
		journal_text(blocks, "_COMM", event->task.comm);
	}
}

static void put_journal(struct recorder *recorder, const struct event *event, uint64_t wall_ns,
			const char *message, enum recorder_priority priority)
{
	struct blocks *blocks = &recorder->blocks;
	char run[17];

	snprintf(run, sizeof(run), "%016" PRIx64, recorder->run);
	journal_begin(blocks, wall_ns);
	journal_text(blocks, "MESSAGE", message);
	journal_number(blocks, "PRIORITY", priority);
	put_known_fields(blocks, event);
	journal_text(blocks, "SYSLOG_IDENTIFIER", "ktcping");
	journal_text(blocks, "KTCPING_RUN", run);
	journal_number(blocks, "KTCPING_SEQ", recorder->sequence);
	journal_number(blocks, "KTCPING_TIME_NS", event->time_ns);
	journal_text(blocks, "KTCPING_EVENT", recorder->line);
	journal_end(blocks);
}

static void put_event(struct recorder *recorder, const struct event *event, const char *message,
		      enum recorder_priority priority)
{
	uint64_t wall_ns;

	if (event->kind == EVENT_RUN) {
		recorder->wall_offset_ns = event->run.wall_ns - event->time_ns;
		if (!recorder->run) /* no two runs of a host begin at once, and files sort by it */
			recorder->run = event->run.wall_ns;
	}
	recorder->sequence++;
	wall_ns = event->time_ns + recorder->wall_offset_ns;
	write_line(recorder, event);
	if (is_on_wire(recorder, event))
		put_packet(recorder, event, wall_ns, message);
	else
		put_journal(recorder, event, wall_ns, message, priority);
}

static void put_drained(struct recorder *recorder)
{
	if (recorder->drained.kind == EVENT_DRAINED)
		put_event(recorder, &recorder->drained, "all events up to here have been read",
			  RECORDER_INFO);
	recorder->drained.kind = EVENT_UNKNOWN;
}

void recorder_take(struct recorder *recorder, const struct event *event, const char *message,
		   enum recorder_priority priority)
{
	pthread_mutex_lock(&recorder->lock);
	if (event->kind == EVENT_DRAINED) {
		recorder->drained = *event;
	} else {
		put_drained(recorder);
		put_event(recorder, event, message, priority);
	}
	if (recorder->blocks.used >= FLUSH_BYTES)
		write_all(recorder);
	pthread_mutex_unlock(&recorder->lock);
}

int recorder_flush(struct recorder *recorder)
{
	int error;

	pthread_mutex_lock(&recorder->lock);
	put_drained(recorder);
	write_all(recorder);
	error = recorder->error;
	pthread_mutex_unlock(&recorder->lock);
	return -error;
}
