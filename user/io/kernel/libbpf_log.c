// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Keep libbpf's warnings for a message of ours. */
#include "user/io/kernel/libbpf_log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 4096

static char libbpf_log[LOG_BYTES];

static int keep_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t used = strlen(libbpf_log);
	char *text, *tail;
	int length;

	if (level > LIBBPF_WARN)
		return 0;
	length = vasprintf(&text, format, arguments);
	if (length < 0)
		return 0;
	/*
	 * A verifier's dump comes as one long piece, its complaint at the end: what matters is the
	 * tail.
	 */
	tail = length < LOG_BYTES ? text : text + length - LOG_BYTES + 1;
	if (used + strlen(tail) >= LOG_BYTES)
		used = 0;
	memcpy(libbpf_log + used, tail, strlen(tail) + 1);
	free(text);
	return 0;
}

void libbpf_log_clear(void)
{
	libbpf_set_print(keep_log);
	libbpf_log[0] = '\0';
}

const char *libbpf_log_text(void)
{
	return libbpf_log;
}
