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

#include "tests/lab/peer_flow.h"
#include "tests/lab/peer_packet.h"
#include "tests/lab/peer_queue.h"

#define DEFAULT_TTL 64
#define FLOWS	    65536
/* Our initial sequence number is the client's plus this: nothing has to be remembered. */
#define ISN_DISTANCE 0x10000000U

struct speaker {
	struct peer *peer;
	int tun_fd;
	struct peer_queue *queue;
	struct peer_flow *flows;
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

static void log_event(struct peer *peer, enum peer_event_kind kind, uint64_t time_ns, const struct segment *segment, uint32_t tsval)
{
	peer->log[peer->event_count % PEER_LOG_EVENTS] = (struct peer_event){
		.time_ns = time_ns,
		.isn = segment_isn(segment),
		.tsval = tsval,
		.host = segment_host(segment),
		.port = segment->destination_port,
		.client_port = segment->source_port,
		.kind = kind,
	};
	count_up(&peer->event_count);
}

static uint32_t echo_of(struct speaker *speaker, const struct peer_rule *rule, const struct segment *syn)
{
	const struct peer_flow *flow = peer_flow_find(speaker->flows, syn);

	switch (rule->echo) {
	case PEER_ECHO_FIRST:
		return flow ? flow->first_tsval : syn->tsval;
	case PEER_ECHO_NEWEST:
		return flow ? flow->newest_tsval : syn->tsval;
	case PEER_ECHO_WRONG:
		return syn->tsval + 0x10000000;
	case PEER_ECHO_ANSWERED:
	case PEER_ECHO_NONE:
		break;
	}
	return syn->tsval;
}

/* What each answer is, but for timestamps and addresses. seq is relative to our first sequence number, ack to the client's. */
struct tcp_answer {
	uint8_t flags;
	uint32_t seq, ack;
	bool has_bad_checksum;
};

static const struct tcp_answer answer_table[] = {
	[PEER_SYN_ACK] = {TH_SYN | TH_ACK, 0, 1, false},
	[PEER_SYN_ACK_WRONG_ACK] = {TH_SYN | TH_ACK, 0, 0x1000000, false},
	[PEER_SYN_ACK_BAD_CHECKSUM] = {TH_SYN | TH_ACK, 0, 1, true},
	[PEER_RST] = {TH_RST | TH_ACK, 0, 1, false},
	[PEER_RST_WRONG_ACK] = {TH_RST | TH_ACK, 0, 0x1000000, false},
	[PEER_RST_BLIND] = {TH_RST, 0, 0, false},
	[PEER_ACK] = {TH_ACK, 1, 1, false},
	[PEER_CHALLENGE_ACK] = {TH_ACK, 1, 0U - 0x1000000, false},
};

static size_t build_tcp_answer(struct speaker *speaker, const struct peer_rule *rule, const struct segment *syn, uint8_t *packet)
{
	const struct tcp_answer *answer = &answer_table[rule->answer];
	bool has_ack = answer->flags & TH_ACK;
	struct tcp_reply reply = {
		.flags = answer->flags,
		.seq = has_ack ? syn->seq + ISN_DISTANCE + answer->seq : 0,
		.ack = has_ack ? syn->seq + answer->ack : 0,
		.ttl = rule->ttl ? rule->ttl : DEFAULT_TTL,
		.has_bad_checksum = answer->has_bad_checksum,
		.has_timestamps = syn->has_timestamps && rule->echo != PEER_ECHO_NONE && !(answer->flags & TH_RST),
		.tsval = (uint32_t)(now_ns() / 1000000),
		.tsecr = echo_of(speaker, rule, syn),
	};

	return tcp_reply_build(syn, &reply, packet);
}

static size_t build_icmp_answer(const struct peer *peer, const struct peer_rule *rule, const struct segment *syn, uint8_t *packet)
{
	struct icmp_reply reply = {
		.type = rule->icmp_type,
		.code = rule->icmp_code,
		.ttl = rule->ttl ? rule->ttl : DEFAULT_TTL,
		.has_wrong_quote = rule->icmp_has_wrong_quote,
		.info = rule->icmp_info,
	};

	if (syn->is_ipv6)
		memcpy(reply.from, peer->router6, sizeof(peer->router6));
	else
		memcpy(reply.from, peer->router4, sizeof(peer->router4));
	return icmp_reply_build(syn, &reply, packet);
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

static void write_answer(struct speaker *speaker, struct peer_job *job)
{
	const struct peer_rule *rule = &speaker->peer->rules[job->segment.destination_port];
	uint8_t packet[REPLY_MAX];
	size_t length;

	if (rule->answer == PEER_SILENT) /* the rule has changed meanwhile */
		return;
	if (rule->answer == PEER_ICMP)
		length = build_icmp_answer(speaker->peer, rule, &job->segment, packet);
	else
		length = build_tcp_answer(speaker, rule, &job->segment, packet);
	log_event(speaker->peer, PEER_ANSWER_WRITTEN, now_ns(), &job->segment, echo_of(speaker, rule, &job->segment));
	write_packet(speaker, packet, length);
	count_up(&speaker->peer->answers_written);
	if (job->repeats_left) {
		job->repeats_left--;
		later(speaker, job, rule->repeat_delay_us);
	}
}

/* Reset or finish the connection, or answer its FIN: whatever is next after a segment that carries an ACK. */
static void write_next(struct speaker *speaker, const struct segment *segment, uint8_t flags)
{
	struct tcp_reply reply = {
		.flags = flags,
		.seq = segment->ack,
		.ack = segment->seq + segment->payload_bytes + (segment->flags & TH_FIN ? 1 : 0),
		.ttl = DEFAULT_TTL,
		.has_timestamps = segment->has_timestamps && !(flags & TH_RST),
		.tsval = (uint32_t)(now_ns() / 1000000),
		.tsecr = segment->tsval,
	};
	uint8_t packet[REPLY_MAX];

	write_packet(speaker, packet, tcp_reply_build(segment, &reply, packet));
}

static void write_after(struct speaker *speaker, const struct segment *segment, uint8_t flags)
{
	log_event(speaker->peer, PEER_AFTER_WRITTEN, now_ns(), segment, segment->tsval);
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

static void receive_syn(struct speaker *speaker, struct peer_job *job)
{
	const struct segment *syn = &job->segment;
	const struct peer_rule *rule = &speaker->peer->rules[syn->destination_port];
	struct peer_flow *flow = peer_flow_note_syn(speaker->flows, syn);

	log_event(speaker->peer, PEER_SYN_READ, job->due_ns, syn, syn->tsval);
	count_up(&speaker->peer->syns_read);
	if (rule->answer == PEER_SILENT || flow->syns_read <= rule->drop_first ||
	    (rule->max_answers && flow->syns_answered >= rule->max_answers))
		return;
	flow->syns_answered++;
	job->kind = PEER_JOB_ANSWER;
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

static bool has_sent_fin(const struct speaker *speaker, const struct segment *segment)
{
	return speaker->peer->rules[segment->destination_port].after == PEER_AFTER_FIN;
}

static void receive(struct speaker *speaker, const uint8_t *packet, size_t length, uint64_t time_ns)
{
	struct peer_job job = {.due_ns = time_ns};

	if (!segment_parse(packet, length, &job.segment) || job.segment.flags & TH_RST)
		return;
	if (job.segment.flags & TH_SYN)
		receive_syn(speaker, &job);
	else if (job.segment.flags & TH_FIN)
		write_next(speaker, &job.segment, has_sent_fin(speaker, &job.segment) ? TH_ACK : TH_FIN | TH_ACK);
	else if (job.segment.flags & TH_ACK)
		receive_handshake_ack(speaker, &job);
}

static void wait_for_work(const struct speaker *speaker)
{
	struct pollfd readable = {.fd = speaker->tun_fd, .events = POLLIN};
	uint64_t due_ns = peer_queue_due_ns(speaker->queue), now = now_ns();
	uint64_t left_ns = due_ns > now ? due_ns - now : 0;
	struct timespec left = {.tv_sec = (time_t)(left_ns / 1000000000), .tv_nsec = (long)(left_ns % 1000000000)};

	ppoll(&readable, 1, due_ns == UINT64_MAX ? NULL : &left, NULL);
}

_Noreturn void peer_run(struct peer *peer, int tun_fd)
{
	struct speaker memory = {.peer = peer, .tun_fd = tun_fd, .queue = peer_queue_new(), .flows = peer_flows_new()};
	struct speaker *speaker = &memory;
	struct peer_job job;
	uint8_t packet[2048];
	ssize_t length;

	if (!speaker->queue || !speaker->flows)
		abort();
	fcntl(tun_fd, F_SETFL, O_NONBLOCK);
	prctl(PR_SET_TIMERSLACK, 1UL); /* the default of 50 us would be in every delay */
	for (;;) {
		length = read(tun_fd, packet, sizeof(packet));
		if (length > 0)
			receive(speaker, packet, (size_t)length, now_ns());
		else if (errno != EAGAIN && errno != EINTR)
			_exit(1);
		else
			wait_for_work(speaker);
		while (peer_queue_take(speaker->queue, now_ns(), &job))
			do_job(speaker, &job);
	}
}
