// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Shares of the last ends; a rate that is halved, and comes back. */
#include "user/core/run/reset_watch.h"

/* What was reached is what was asked for, but for bursts and pauses. */
#define ABOUT 0.9

static uint32_t bits_in(uint64_t bits)
{
	uint32_t count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

enum reset_trend reset_trend_of(uint32_t ends, uint32_t lost)
{
	if (ends >= RESET_LITTLE_ENDS && lost * RESET_MANY_SHARE >= ends)
		return RESETS_PILE_UP;
	if (ends >= RESET_PLENTY_ENDS && lost * RESET_SELDOM_SHARE <= ends)
		return RESETS_ARRIVE;
	return RESETS_STEADY;
}

static double rate_now(const struct reset_watch *watch, double asked, uint64_t now_ns)
{
	double limit = watch->rate > 0 ? watch->rate : asked,
	       reached = now_ns > watch->since_ns
				 ? (double)watch->started * 1e9 / (double)(now_ns - watch->since_ns)
				 : 0;

	return limit > 0 && reached >= ABOUT * limit ? limit : reached;
}

static void set_rate(struct reset_watch *watch, double rate, uint64_t now_ns)
{
	watch->rate = rate;
	watch->ends = 0;
	watch->lost = 0;
	watch->started = 0;
	watch->since_ns = now_ns;
}

static bool fall(struct reset_watch *watch, double asked, uint64_t now_ns)
{
	double rate = rate_now(watch, asked, now_ns);

	if (rate <= RESET_RATE_LEAST)
		return false;
	if (watch->rate <= 0)
		watch->unhindered = rate;
	set_rate(watch, rate / 2 > RESET_RATE_LEAST ? rate / 2 : RESET_RATE_LEAST, now_ns);
	return true;
}

static bool rise(struct reset_watch *watch, uint64_t now_ns)
{
	double rate = watch->rate * 5 / 4;

	if (watch->rate <= 0)
		return false;
	set_rate(watch, rate < watch->unhindered ? rate : 0, now_ns);
	return true;
}

bool reset_watch_end(struct reset_watch *watch, bool is_lost, uint64_t began_ns, double asked,
		     uint64_t now_ns)
{
	if (began_ns < watch->since_ns)
		return false;
	watch->lost = watch->lost << 1 | is_lost;
	watch->ends += watch->ends < RESET_SAMPLE;
	switch (reset_trend_of(watch->ends, bits_in(watch->lost))) {
	case RESETS_PILE_UP:
		return fall(watch, asked, now_ns);
	case RESETS_ARRIVE:
		return rise(watch, now_ns);
	case RESETS_STEADY:
		break;
	}
	return false;
}
