/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the process says by its exit status. */
#ifndef BASE_EXIT_CODE_H
#define BASE_EXIT_CODE_H

/* Where several apply: the first of USAGE, UNOBSERVED, UNRESOLVED, UNEXPECTED, EXPECTED. */
enum exit_code {
	/* Every target gave the expected status at least once (--strict: every probe did) */
	EXIT_EXPECTED = 0,
	EXIT_UNEXPECTED = 1, /* some target did not */
	EXIT_UNRESOLVED = 2, /* a name did not resolve */
	EXIT_USAGE = 3,
	/* The kernel could not be observed, evidence was lost, or the output not be written */
	EXIT_UNOBSERVED = 4,
};

#endif
