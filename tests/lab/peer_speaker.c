/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The scripted peer's process: reads, looks its rules up, answers. */
#include "tests/lab/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/lab/peer_answer.h"
#include "tests/lab/peer_flow.h"
#include "tests/lab/peer_packet.h"
#include "tests/lab/peer_queue.h"
#include "tests/lab/peer_shape.h"

#define FLOWS 65536

struct speaker {
	struct peer *peer;
	int tun_fd;
	struct peer_queue *queue;
	struct peer_flow *flows;
	uint64_t empty_ns; /* when there last was nothing to read */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void count_up(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELEASE);
}

/* The event but for its segment is the caller's. Returns where it is now. */
static struct peer_event *log_event(struct peer *peer, const struct segment *segment,
				    struct peer_event event)
{
	struct peer_event *place = &peer->log[peer->event_count % PEER_LOG_EVENTS];

	event.isn = segment_isn(segment);
	event.host = segment_host(segment);
	event.port = segment->destination_port;
	event.client_port = segment->source_port;
	*place = event;
	count_up(&peer->event_count);
	return place;
}

static const struct peer_rule *rule_of(const struct speaker *speaker, const struct peer_job *job)
{
	uint16_t port = job->segment.destination_port;

	return job->action ? &speaker->peer->scripts[port].actions[job->action - 1].rule
			   : &speaker->peer->rules[port];
}

static void write_packet(struct speaker *speaker, const uint8_t *packet, size_t length)
{
	if (write(speaker->tun_fd, packet, length) != (ssize_t)length)
		count_up(&speaker->peer->write_failures);
}

static void later(struct speaker *speaker, const struct peer_job *job, uint32_t delay_us)
{
	struct peer_job delayed = *job;

	delayed.due_ns += delay_us * 1000ULL;
	if (!peer_queue_add(speaker->queue, &delayed))
		count_up(&speaker->peer->answers_lost);
}

static struct peer_event *log_answer(struct speaker *speaker, const struct peer_job *job,
				     const struct peer_rule *rule)
{
	const struct segment *syn = &job->segment;
	uint64_t now = now_ns();

	if (now - job->due_ns > speaker->peer->worst_late_ns)
		speaker->peer->worst_late_ns = now - job->due_ns;
	return log_event(
		speaker->peer, syn,
		(struct peer_event){
			.kind = PEER_ANSWER_WRITTEN,
			.time_ns = now,
			.tsval = peer_answer_echo(rule, peer_flow_find(speaker->flows, syn), syn),
			.syn_number = job->syn_number,
			.answer = (uint8_t)rule->answer,
			.icmp_type = rule->icmp_type,
			.icmp_code = rule->icmp_code,
			.is_correct = peer_answer_is_correct(rule, syn),
			.has_timestamps = peer_answer_has_timestamps(rule, syn),
		});
}

static void write_answer(struct speaker *speaker, struct peer_job *job)
{
	const struct peer_rule *rule = rule_of(speaker, job);
	struct peer_event *event;
	uint8_t packet[REPLY_MAX];
	struct shaped shaped;
	size_t length;

	if (rule->answer == PEER_SILENT ||
	    rule->answer == PEER_SCRIPTED) /* the rule has changed meanwhile */
		return;
	length = peer_answer_build(speaker->peer, rule,
				   peer_flow_find(speaker->flows, &job->segment), &job->segment,
				   (uint32_t)(now_ns() / 1000000), packet);
	event = log_answer(speaker, job, rule);
	peer_shape(rule->shape, packet, length, &shaped);
	for (size_t i = 0; i < shaped.count; i++)
		write_packet(speaker, shaped.packets[i], shaped.lengths[i]);
	event->other_ns = now_ns();
	count_up(&speaker->peer->answers_written);
	if (job->repeats_left) {
		job->repeats_left--;
		later(speaker, job, rule->repeat_delay_us);
	}
}

/*
 * Reset or finish the connection, or answer its FIN: whatever is next after a segment that carries
 * an ACK.
 */
static void write_next(struct speaker *speaker, const struct segment *segment, uint8_t flags)
{
	struct tcp_reply reply = {
		.flags = flags,
		.seq = segment->ack,
		.ack = segment->seq + segment->payload_bytes + (segment->flags & TH_FIN ? 1 : 0),
		.ttl = PEER_DEFAULT_TTL,
		.has_timestamps = segment->has_timestamps && !(flags & TH_RST),
		.tsval = (uint32_t)(now_ns() / 1000000),
		.tsecr = segment->tsval,
	};
	uint8_t packet[REPLY_MAX];

	write_packet(speaker, packet, tcp_reply_build(segment, &reply, packet));
}

static void write_after(struct speaker *speaker, const struct segment *segment, uint8_t flags)
{
	log_event(speaker->peer, segment,
		  (struct peer_event){.kind = PEER_AFTER_WRITTEN,
				      .time_ns = now_ns(),
				      .tsval = segment->tsval});
	write_next(speaker, segment, flags);
}

static void do_job(struct speaker *speaker, struct peer_job *job)
{
	switch (job->kind) {
	case PEER_JOB_ANSWER:
		write_answer(speaker, job);
		break;
	case PEER_JOB_RESET:
		write_after(speaker, &job->segment, TH_RST | TH_ACK);
		break;
	case PEER_JOB_FINISH:
		write_after(speaker, &job->segment, TH_FIN | TH_ACK);
		break;
	}
}

static void start_job(struct speaker *speaker, struct peer_job *job, uint32_t delay_us)
{
	if (delay_us)
		later(speaker, job, delay_us);
	else
		do_job(speaker, job);
}

static void log_syn(const struct speaker *speaker, const struct peer_job *job)
{
	log_event(speaker->peer, &job->segment,
		  (struct peer_event){
			  .kind = PEER_SYN_READ,
			  .time_ns = job->due_ns,
			  .other_ns = speaker->empty_ns,
			  .tsval = job->segment.tsval,
			  .syn_number = job->syn_number,
			  .has_timestamps = job->segment.has_timestamps,
		  });
	count_up(&speaker->peer->syns_read);
}

static void start_script(struct speaker *speaker, const struct peer_job *job)
{
	const struct peer_action *actions =
		speaker->peer->scripts[job->segment.destination_port].actions;

	for (uint32_t i = 0; i < PEER_SCRIPT_ACTIONS && actions[i].syn_number; i++) {
		struct peer_job copy = *job;

		copy.action = i + 1;
		copy.repeats_left = actions[i].rule.repeats;
		if (actions[i].syn_number == job->syn_number)
			start_job(speaker, &copy, actions[i].rule.delay_us);
	}
}

static void receive_syn(struct speaker *speaker, struct peer_job *job)
{
	const struct segment *syn = &job->segment;
	const struct peer_rule *rule = &speaker->peer->rules[syn->destination_port];
	struct peer_flow *flow = peer_flow_note_syn(speaker->flows, syn);

	job->kind = PEER_JOB_ANSWER;
	job->syn_number = flow->syns_read;
	log_syn(speaker, job);
	if (rule->answer == PEER_SCRIPTED) {
		start_script(speaker, job);
		return;
	}
	if (rule->answer == PEER_SILENT || flow->syns_read <= rule->drop_first ||
	    (rule->max_answers && flow->syns_answered >= rule->max_answers))
		return;
	flow->syns_answered++;
	job->repeats_left = rule->repeats;
	start_job(speaker, job, rule->delay_us);
}

static void receive_handshake_ack(struct speaker *speaker, struct peer_job *job)
{
	const struct peer_rule *rule = &speaker->peer->rules[job->segment.destination_port];
	struct peer_flow *flow = peer_flow_find(speaker->flows, &job->segment);

	if (rule->after == PEER_AFTER_NOTHING || !flow || flow->has_finished)
		return;
	flow->has_finished = true;
	job->kind = rule->after == PEER_AFTER_RST ? PEER_JOB_RESET : PEER_JOB_FINISH;
	start_job(speaker, job, rule->after_delay_us);
}

/*
 * Our SYN was answered with a SYN of the peer's, and this is what that was answered with. Its
 * number is what our own SYN-ACK began with.
 */
static void receive_crossing_answer(struct speaker *speaker, const struct segment *segment)
{
	const struct peer_rule *rule = &speaker->peer->rules[segment->destination_port];
	struct segment answered = *segment;

	if (rule->answer != PEER_SYN_CROSSING || !rule->crossing_flags)
		return;
	answered.seq++; /* their SYN */
	if (rule->crossing_flags & TH_SYN)
		answered.ack--; /* ours, once more */
	write_next(speaker, &answered, rule->crossing_flags);
}

static bool has_sent_fin(const struct speaker *speaker, const struct segment *segment)
{
	return speaker->peer->rules[segment->destination_port].after == PEER_AFTER_FIN;
}

static void receive(struct speaker *speaker, const uint8_t *packet, size_t length, uint64_t time_ns)
{
	struct peer_job job = {.due_ns = time_ns};

	if (!segment_parse(packet, length, &job.segment) || job.segment.flags & TH_RST)
		return;
	if (job.segment.flags & TH_SYN && job.segment.flags & TH_ACK)
		receive_crossing_answer(speaker, &job.segment);
	else if (job.segment.flags & TH_SYN)
		receive_syn(speaker, &job);
	else if (job.segment.flags & TH_FIN)
		write_next(speaker, &job.segment,
			   has_sent_fin(speaker, &job.segment) ? TH_ACK : TH_FIN | TH_ACK);
	else if (job.segment.flags & TH_ACK)
		receive_handshake_ack(speaker, &job);
}

static void wait_for_work(const struct speaker *speaker)
{
	struct pollfd readable = {.fd = speaker->tun_fd, .events = POLLIN};
	uint64_t due_ns = peer_queue_due_ns(speaker->queue), now = now_ns();
	uint64_t left_ns = due_ns > now ? due_ns - now : 0,
		 tick_ns = speaker->peer->tick_ms * 1000000ULL;
	struct timespec left;

	if (tick_ns && tick_ns < left_ns)
		due_ns = left_ns = tick_ns;
	left = (struct timespec){.tv_sec = (time_t)(left_ns / 1000000000),
				 .tv_nsec = (long)(left_ns % 1000000000)};
	ppoll(&readable, 1, due_ns == UINT64_MAX ? NULL : &left, NULL);
}

_Noreturn void peer_run(struct peer *peer, int tun_fd)
{
	struct speaker memory = {.peer = peer,
				 .tun_fd = tun_fd,
				 .queue = peer_queue_new(),
				 .flows = peer_flows_new()};
	struct speaker *speaker = &memory;
	struct peer_job job;
	uint8_t packet[2048];
	uint64_t before_ns;
	ssize_t length;

	if (!speaker->queue || !speaker->flows)
		abort();
	fcntl(tun_fd, F_SETFL, O_NONBLOCK);
	prctl(PR_SET_TIMERSLACK, 1UL); /* the default of 50 us would be in every delay */
	for (;;) {
		before_ns = now_ns();
		length = read(tun_fd, packet, sizeof(packet));
		if (length > 0) {
			receive(speaker, packet, (size_t)length, now_ns());
		} else if (errno != EAGAIN && errno != EINTR) {
			_exit(1);
		} else {
			speaker->empty_ns = errno == EAGAIN ? before_ns : speaker->empty_ns;
			wait_for_work(speaker);
		}
		while (peer_queue_take(speaker->queue, now_ns(), &job))
			do_job(speaker, &job);
	}
}
