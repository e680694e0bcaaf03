/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One stream a target: its address once resolved, its report, its statistics. */
#ifndef APP_STREAMS_H
#define APP_STREAMS_H

#include "user/app/options.h"
#include "user/io/resolver.h"
#include "user/io/routes.h"

struct stream {
	const struct target *target;
	struct target_report report;
	struct stats stats;
	char label[TARGET_NAME_MAX + 10];
	char failure[RESOLVER_FAILURE_MAX];
	char device[EVENT_NAME_MAX];
	bool is_resolved; /* the address is known */
	bool is_failed;	  /* the name did not resolve */
};

struct streams {
	struct stream *streams; /* in the order of the targets */
	uint32_t count;
	uint32_t unresolved; /* neither resolved nor failed yet */
	size_t label_width;
};

/* Returns 0 or -ENOMEM. Literals are resolved at once. The targets must outlive the streams. */
int streams_init(struct streams *streams, const struct target_list *targets);
void streams_release(struct streams *streams);

/* Ask for every name once. An answer's id is the first stream with that name; streams_answer() serves those behind it that share it. */
int streams_ask(struct streams *streams, struct resolver *resolver, int family);

/* Takes an answer to the streams first .. first + *ret_count - 1. */
uint32_t streams_answer(struct streams *streams, const struct resolver_answer *answer);

/* What the route says of where we would speak from, for the report. */
void stream_look_at_route(struct stream *stream, struct routes *routes);

/* By DESIGN's order: a name that did not resolve, lost evidence, targets without the expected status. */
enum exit_code streams_exit_code(const struct streams *streams, const struct options *options);

#endif
