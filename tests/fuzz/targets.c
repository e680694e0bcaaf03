// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of fuzz targets, for whoever runs kept inputs without a fuzzer. */
#include "tests/fuzz/fuzz.h"

const struct fuzz_target fuzz_targets[] = {
	{"core", fuzz_core, "tests/traces/*"},
	{"packet", fuzz_packet, NULL},
	{"trace", fuzz_trace, "tests/traces/*"},
	{"host", fuzz_host, NULL},
	{"btf", fuzz_btf, NULL},
	{"number", fuzz_number, NULL},
	{"text", fuzz_text, NULL},
};

const size_t fuzz_target_count = sizeof(fuzz_targets) / sizeof(fuzz_targets[0]);
