/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is asked about a probe that has gone on for a while, or is over. */
#ifndef IO_PROBER_ASK_H
#define IO_PROBER_ASK_H

#include "user/core/attempt/attempt.h"
#include "user/io/net/probe_socket.h"

struct prober_question {
	/* What was seen of it so far: where it really goes, and whom it waits for; NULL: nothing */
	const struct attempt *attempt;
	/*
	 * What would the kernel do now, and in what state is the device by which SYNs left, or
	 * would leave?
	 */
	bool needs_path;
	bool needs_host;  /* what of this host's own state may have dropped or refused it? */
	uint32_t left_by; /* that device; 0: no SYN left */
	/*
	 * poll() is not asked where SO_ERROR says it all, nor TCP_INFO: no SYN can have been sent
	 * twice yet
	 */
	bool skip_tcp_info;
};

/* What was the application told? Ends with APP_SO_ERROR. */
void prober_ask(const struct probe_socket *socket, const struct prober_question *question,
		struct prober_sink sink);

#endif
