/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables of options and verdicts as parts of a man page, to standard output. */
#ifndef SHARE_GENERATE_ROFF_H
#define SHARE_GENERATE_ROFF_H

void roff_put_options(void);
void roff_put_watch_options(void);
void roff_put_verdicts(void);

#endif
