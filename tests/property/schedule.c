/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Random schedules of the scripted peer. */
#include "tests/property/schedule.h"

#include <stdio.h>
#include <sys/socket.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* splitmix64 */
uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(uint64_t *state, uint32_t limit)
{
	return (uint32_t)(random_next(state) % limit);
}

/* Half of what is sent is right, because what is wrong does not end an attempt. */
static enum peer_answer pick_answer(uint64_t *state)
{
	static const enum peer_answer answers[] = {
		PEER_SYN_ACK,
		PEER_SYN_ACK,
		PEER_SYN_ACK,
		PEER_SYN_ACK,
		PEER_RST,
		PEER_ICMP,
		PEER_ICMP,
		PEER_SYN_ACK_WRONG_ACK,
		PEER_SYN_ACK_BAD_CHECKSUM,
		PEER_RST_WRONG_ACK,
		PEER_RST_BLIND,
		PEER_ACK,
		PEER_CHALLENGE_ACK,
	};

	return answers[below(state, LENGTH(answers))];
}

static enum peer_echo pick_echo(uint64_t *state)
{
	static const enum peer_echo echoes[] = {
		PEER_ECHO_ANSWERED, PEER_ECHO_ANSWERED, PEER_ECHO_ANSWERED, PEER_ECHO_ANSWERED,
		PEER_ECHO_FIRST,    PEER_ECHO_FIRST,	PEER_ECHO_NEWEST,   PEER_ECHO_NONE,
		PEER_ECHO_NONE,	    PEER_ECHO_WRONG,
	};

	return echoes[below(state, LENGTH(echoes))];
}

/*
 * The borders are where the rules of pairing change: 0.9 s, the second SYN at about 1 s, the
 * timeout.
 */
static uint32_t pick_delay_us(uint64_t *state)
{
	static const struct {
		uint32_t from_us, to_us;
	} spans[] = {
		{0, 1},
		{0, 1},
		{0, 1},
		{0, 5000},
		{1000, 60000},
		{1000, 60000},
		{60000, 800000},
		{800000, 1300000},
		{1300000, 2000000},
		{1900000, 3400000},
	};
	uint32_t i = below(state, LENGTH(spans));

	return spans[i].from_us + below(state, spans[i].to_us - spans[i].from_us);
}

static void make_icmp(uint64_t *state, int family, struct peer_rule *rule)
{
	bool is_host = below(state, 2);

	rule->icmp_type = family == AF_INET ? 3 : 1;
	if (family == AF_INET)
		rule->icmp_code = is_host ? 1 : 13;
	else
		rule->icmp_code = is_host ? 3 : 1;
	rule->icmp_has_wrong_quote = !below(state, 3);
}

static struct peer_action make_action(uint64_t *state, int family)
{
	static const uint8_t syn_numbers[] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 3};
	struct peer_action action = {.syn_number = syn_numbers[below(state, LENGTH(syn_numbers))]};

	action.rule.answer = pick_answer(state);
	action.rule.echo = pick_echo(state);
	action.rule.delay_us = pick_delay_us(state);
	if (!below(state, 5)) {
		action.rule.repeats = 1 + below(state, 2);
		action.rule.repeat_delay_us = below(state, 400000);
	}
	make_icmp(state, family, &action.rule);
	return action;
}

struct peer_script schedule_make(uint64_t seed, uint64_t number, int family)
{
	/* One in eight is silence. */
	static const uint8_t lengths[] = {0, 1, 1, 1, 2, 2, 3, 4};
	uint64_t state = seed ^ number * 0xd1342543de82ef95;
	struct peer_script script = {0};
	uint32_t length;

	random_next(&state);
	length = lengths[below(&state, LENGTH(lengths))];
	for (uint32_t i = 0; i < length; i++)
		script.actions[i] = make_action(&state, family);
	return script;
}

const char *schedule_answer_name(enum peer_answer answer)
{
	switch (answer) {
	case PEER_SILENT:
		return "nothing";
	case PEER_SYN_ACK:
		return "syn-ack";
	case PEER_SYN_ACK_WRONG_ACK:
		return "syn-ack with a wrong ack";
	case PEER_SYN_ACK_BAD_CHECKSUM:
		return "syn-ack with a bad checksum";
	case PEER_RST:
		return "rst";
	case PEER_RST_WRONG_ACK:
		return "rst with a wrong ack";
	case PEER_RST_BLIND:
		return "rst without ack";
	case PEER_ACK:
		return "ack";
	case PEER_CHALLENGE_ACK:
		return "challenge ack";
	case PEER_RST_SYN:
		return "rst with syn and ack";
	case PEER_SYN_CROSSING:
		return "a syn";
	case PEER_ICMP:
		return "icmp";
	case PEER_SCRIPTED:
		break;
	}
	return "a script";
}

static const char *echo_name(enum peer_echo echo)
{
	switch (echo) {
	case PEER_ECHO_ANSWERED:
		return "answered";
	case PEER_ECHO_FIRST:
		return "first";
	case PEER_ECHO_NEWEST:
		return "newest";
	case PEER_ECHO_WRONG:
		return "wrong";
	case PEER_ECHO_NONE:
		break;
	}
	return "none";
}

static int tell_action(const struct peer_action *action, char *text, size_t size)
{
	const struct peer_rule *rule = &action->rule;
	char detail[64];

	if (rule->answer == PEER_ICMP)
		snprintf(detail, sizeof(detail), " %u/%u%s", rule->icmp_type, rule->icmp_code,
			 rule->icmp_has_wrong_quote ? ", wrong quote" : "");
	else
		snprintf(detail, sizeof(detail), ", echo %s", echo_name(rule->echo));
	return snprintf(text, size, "SYN %u: %s%s, after %.3f ms, repeated %u times each %.3f ms; ",
			action->syn_number, schedule_answer_name(rule->answer), detail,
			rule->delay_us / 1e3, rule->repeats, rule->repeat_delay_us / 1e3);
}

void schedule_tell(const struct peer_script *script, char *ret_text, size_t size)
{
	size_t used = 0;

	snprintf(ret_text, size, "silence");
	for (size_t i = 0; i < PEER_SCRIPT_ACTIONS && script->actions[i].syn_number && used < size;
	     i++)
		used += (size_t)tell_action(&script->actions[i], ret_text + used, size - used);
}
