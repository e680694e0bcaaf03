/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * No verdict contradicts what the peer did, whatever it did.
 *
 * KTCPING_SCHEDULES is how many schedules each family gets, KTCPING_SEED which ones.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/property/oracle.h"
#include "tests/property/schedule.h"
#include "tests/scenarios/scenario.h"

#define DEFAULT_SCHEDULES 300
#define DEFAULT_SEED	  1
#define BATCH		  300
#define FIRST_PORT	  10000
#define PORTS		  40000
#define TIMEOUT_TEXT	  "2.5s"
#define TIMEOUT_NS	  2500000000ull
#define EVENTS_MAX	  256
#define CROSSING_NS	  50000000ull /* an interrupt handled on a busy machine */
#define TOLD_MAX	  5

struct batch {
	struct lab *lab;
	int family;
	uint64_t seed, first, count;
	uint64_t first_event;
	uint64_t crossing_ns; /* as in struct truth */
};

struct tally {
	unsigned long judged, incomplete, contradictions;
};

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	char *end;
	uint64_t number;

	if (!text || !*text)
		return otherwise;
	errno = 0;
	number = strtoull(text, &end, 0);
	cr_assert(!errno && !*end, "%s is %s, which is no number", name, text);
	return number;
}

/* Another batch does not use them at once: what is left of this one may still come. */
static uint16_t port_of(uint64_t number)
{
	return (uint16_t)(FIRST_PORT + number % PORTS);
}

static void set_schedules(const struct batch *batch)
{
	uint64_t state = batch->seed + batch->first;

	scenario_sysctl(batch->lab, LAB_CLIENT, "net/ipv4/tcp_timestamps",
			random_next(&state) % 3 ? "1" : "0");
	batch->lab->peer->tick_ms = 5;
	batch->lab->peer->worst_late_ns = 0;
	for (uint64_t i = batch->first; i < batch->first + batch->count; i++) {
		batch->lab->peer->scripts[port_of(i)] =
			schedule_make(batch->seed, i, batch->family);
		lab_peer_rule(batch->lab, port_of(i), (struct peer_rule){.answer = PEER_SCRIPTED});
	}
}

static size_t find_events(const struct batch *batch, uint16_t port, struct peer_event *ret_events)
{
	struct peer_event event;
	size_t count = 0;

	for (uint64_t i = batch->first_event; peer_event_get(batch->lab->peer, i, &event); i++)
		if (event.port == port && count < EVENTS_MAX)
			ret_events[count++] = event;
	return count;
}

static void tell_event(const struct peer_event *event, uint64_t start_ns)
{
	double at_ms = (double)(event->time_ns - start_ns) / 1e6;

	if (event->kind == PEER_SYN_READ)
		fprintf(stderr, "  %10.3f ms  port %u SYN %u read, stamp %u\n", at_ms,
			event->client_port, event->syn_number, event->tsval);
	else
		fprintf(stderr, "  %10.3f ms  port %u SYN %u answered: %s, %s, echo %u\n", at_ms,
			event->client_port, event->syn_number, schedule_answer_name(event->answer),
			event->is_correct ? "right" : "wrong", event->tsval);
}

static void tell(const struct batch *batch, uint64_t number, const struct truth *truth,
		 const json_t *record, const struct objection *objection)
{
	char text[1024];

	schedule_tell(&batch->lab->peer->scripts[port_of(number)], text, sizeof(text));
	fprintf(stderr, "KTCPING_SEED=%llu, IPv%d, schedule %llu: %s\n%s\n",
		(unsigned long long)batch->seed, batch->family == AF_INET ? 4 : 6,
		(unsigned long long)number, objection->text, text);
	for (size_t i = 0; i < truth->count; i++)
		tell_event(&truth->events[i], truth->events[0].time_ns);
	fprintf(stderr, "%s\n", record_text(record));
}

static void judge(const struct batch *batch, uint64_t number, const json_t *record,
		  struct tally *tally)
{
	struct peer_event events[EVENTS_MAX];
	struct truth truth = {.family = batch->family,
			      .events = events,
			      .count = find_events(batch, port_of(number), events),
			      .timeout_ns = TIMEOUT_NS,
			      .worst_late_ns = batch->lab->peer->worst_late_ns,
			      .crossing_ns = batch->crossing_ns};
	struct objection objection;

	tally->judged++;
	tally->incomplete += !json_is_true(field(record, "complete"));
	if (oracle_admits(&truth, record, &objection))
		return;
	if (tally->contradictions++ < TOLD_MAX)
		tell(batch, number, &truth, record, &objection);
}

/* Each port has one record, and no other port has one. */
static void judge_all(const struct batch *batch, const json_t *lines, struct tally *tally)
{
	bool has_record[BATCH] = {false};
	const json_t *line;
	size_t i;

	json_array_foreach(lines, i, line)
	{
		json_int_t offset = json_integer_value(field(line, "port")) - port_of(batch->first);

		if (!field_is_text(line, "type", "probe"))
			continue;
		cr_assert(offset >= 0 && offset < (json_int_t)batch->count && !has_record[offset],
			  "a record too many: %s", record_text(line));
		has_record[offset] = true;
		judge(batch, batch->first + (uint64_t)offset, line, tally);
	}
	for (i = 0; i < batch->count; i++)
		cr_assert(has_record[i], "schedule %llu has no record",
			  (unsigned long long)(batch->first + i));
}

static void run_batch(struct batch *batch, struct tally *tally)
{
	uint16_t port = port_of(batch->first);
	json_t *lines;
	char ports[32];
	int status;

	set_schedules(batch);
	batch->first_event = batch->lab->peer->event_count;
	snprintf(ports, sizeof(ports), "%u-%u", port, port + (unsigned)batch->count - 1);
	lines = scenario_lines(batch->lab,
			       (const char *const[]){"-j", "-c", "1", "-W", TIMEOUT_TEXT, "--hold",
						     "0", "-p", ports,
						     places_of(batch->family)->peer, NULL},
			       &status);
	judge_all(batch, lines, tally);
	cr_assert_eq(batch->lab->peer->write_failures + batch->lab->peer->answers_lost, 0,
		     "the peer could not do as it was told");
	json_decref(lines);
}

/*
 * A busy kernel may lose events of a whole batch: honest, but nothing was tested. Ask again; a
 * contradiction counts in any case.
 */
static void run_batch_well(struct batch *batch, struct tally *tally)
{
	struct tally once = {0};

	for (int tries = 0; tries < 3; tries++) {
		once = (struct tally){.contradictions = once.contradictions};
		run_batch(batch, &once);
		if (once.incomplete * 10 < once.judged)
			break;
		cr_log_info("%lu of %lu verdicts are incomplete", once.incomplete, once.judged);
	}
	tally->judged += once.judged;
	tally->incomplete += once.incomplete;
	tally->contradictions += once.contradictions;
}

static void check_all(struct lab *lab, int family, uint64_t crossing_ns)
{
	uint64_t schedules = number_from("KTCPING_SCHEDULES", DEFAULT_SCHEDULES);
	struct batch batch = {.lab = lab,
			      .family = family,
			      .seed = number_from("KTCPING_SEED", DEFAULT_SEED),
			      .crossing_ns = crossing_ns};
	struct tally tally = {0};

	for (; batch.first < schedules; batch.first += batch.count) {
		batch.count = schedules - batch.first < BATCH ? schedules - batch.first : BATCH;
		if (batch.count > PORTS - batch.first % PORTS)
			batch.count = PORTS - batch.first % PORTS;
		run_batch_well(&batch, &tally);
	}
	if (schedules > DEFAULT_SCHEDULES)
		fprintf(stderr,
			"IPv%d, seed %llu: %lu schedules, %lu contradictions, %lu incomplete\n",
			family == AF_INET ? 4 : 6, (unsigned long long)batch.seed, tally.judged,
			tally.contradictions, tally.incomplete);
	cr_assert_eq(tally.contradictions, 0,
		     "%lu of %lu verdicts contradict what the peer did; see above",
		     tally.contradictions, tally.judged);
	cr_assert_lt(tally.incomplete * 4, tally.judged + 4, "%lu of %lu verdicts are incomplete",
		     tally.incomplete, tally.judged);
}

BOTH_FAMILIES(property, no_verdict_contradicts_what_the_peer_did)
{
	check_all(scenario_lab(), family, 0);
}

/*
 * As beside a network card: the peer's answers interrupt the program, and the kernel skips tracing.
 */
BOTH_FAMILIES(property, no_verdict_contradicts_what_the_peer_did_beside_interrupts)
{
	struct lab *lab = scenario_lab_receiving(LAB_RECEIVE_INTERRUPTS);

	scenario_run_near(lab);
	check_all(lab, family, CROSSING_NS);
}
