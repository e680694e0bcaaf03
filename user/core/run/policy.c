// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers from numbers. */
#include "user/core/run/policy.h"

#include "user/base/time.h"

#define ATTEMPTS_MIN 64u

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* Those that wait, are held, and are watched on. Each may be asked again. */
static uint32_t attempts_of(const struct policy_request *request)
{
	uint64_t interval_ns =
		request->interval_ns > MILLISECOND_NS ? request->interval_ns : MILLISECOND_NS;
	uint64_t each = request->alive_ns / interval_ns + 1, all;

	if (request->count && request->count < each)
		each = request->count;
	all = least(times(2 * each, request->targets), POLICY_ATTEMPTS_MAX);
	return all < ATTEMPTS_MIN ? ATTEMPTS_MIN : (uint32_t)all;
}

static unsigned lanes_of(const struct policy_request *request)
{
	uint64_t worth = request->targets / POLICY_LANE_TARGETS + 1, most = request->processors;

	if (request->inflight)
		most = least(most, request->inflight);
	return request->needs_series || !most ? 1 : (unsigned)least(worth, most);
}

/* A lane may be quicker than the others, and take more targets than its share. */
static uint32_t inflight_of(const struct policy_request *request, unsigned lanes)
{
	uint64_t most = request->inflight ? request->inflight : POLICY_ATTEMPTS_MAX;

	most = least(most, request->descriptors);
	if (!request->inflight)
		most = least(most, request->connects_in_memory);
	most = least(most / lanes, request->targets);
	return most ? (uint32_t)most : 1;
}

struct policy policy_for(const struct policy_request *request)
{
	bool is_once = request->count == 1 && !request->is_held;
	struct policy policy = {
		.keeps_targets = !is_once || !request->asks_many || request->wants_row,
		.skips_route = is_once && !request->is_shown_whole,
		.lanes = 1,
	};

	policy.watches_on = policy.keeps_targets;
	policy.kernel_forgets = !policy.watches_on;
	if (!policy.keeps_targets) {
		policy.lanes = lanes_of(request);
		policy.inflight = inflight_of(request, policy.lanes);
		policy.attempts = policy.inflight + POLICY_CLOSING + POLICY_SAMPLE;
	} else {
		policy.inflight = (uint32_t)least(request->inflight, UINT32_MAX);
		policy.attempts = attempts_of(request);
	}
	return policy;
}
