// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What libFuzzer calls. FUZZ_TARGET, from the command line, is one of the functions in fuzz.h. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	FUZZ_TARGET(bytes, count);
	return 0;
}
