/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why the kernel did not let us observe: the known causes, one by one. */
#ifndef IO_LOAD_FAILURE_H
#define IO_LOAD_FAILURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/base/error.h"

/* What is known about a failed load. */
struct load_failure {
	int result; /* -errno */
	bool is_root;
	uint64_t capabilities; /* the effective set: 1 << CAP_* */
	bool is_nested;	       /* in a user namespace of its own, whose capabilities do not count */
	bool is_without_proc;  /* /proc is not mounted */
	bool is_without_sys;   /* /sys is not mounted */
	bool has_btf;	       /* /sys/kernel/btf/vmlinux is there */
	bool is_confidential;  /* lockdown=confidentiality */
	/* A tracepoint that cannot be done without, and that this kernel has not; or NULL */
	const char *missing;
	/* Other programs are to be watched, which needs more of the kernel */
	bool is_watching;
	const char *kernel; /* "6.18.44" */
	const char *log;    /* what libbpf and the verifier said; "" when nothing */
};

/* Sets the sentence and returns failure->result. Pure. */
int load_failure_explain(const struct load_failure *failure, struct error *ret_error);

/*
 * The cause alone in a few words, for one program or map: "not permitted: this process lacks
 * CAP_BPF". Pure.
 */
void load_failure_shorten(const struct load_failure *failure, char *ret_text, size_t size);

/* Look at this process and this kernel. log and missing are kept by reference. */
struct load_failure load_failure_look(int result, const char *missing, const char *log);

#endif
