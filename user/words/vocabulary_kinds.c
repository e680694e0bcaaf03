// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The stable words of what was answered and told: they are an interface, and never change their meaning. */
#include "user/words/vocabulary.h"

const char *answer_kind_name(enum answer_kind kind)
{
	switch (kind) {
	case ANSWER_NONE:
		return "none";
	case ANSWER_SYN_ACK:
		return "syn-ack";
	case ANSWER_RST:
		return "rst";
	case ANSWER_ICMP:
		return "icmp";
	case ANSWER_ACK:
		return "ack";
	case ANSWER_SYN:
		return "syn";
	case ANSWER_OTHER:
		return "other";
	}
	return "unknown";
}

const char *app_result_name(enum app_result result)
{
	switch (result) {
	case APP_RESULT_CONNECTED:
		return "connected";
	case APP_RESULT_REFUSED:
		return "refused";
	case APP_RESULT_TIMED_OUT:
		return "timed-out";
	case APP_RESULT_UNREACHABLE:
		return "unreachable";
	case APP_RESULT_IN_PROGRESS:
		return "in-progress";
	case APP_RESULT_ERROR:
		return "error";
	}
	return "unknown";
}
