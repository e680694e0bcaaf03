/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table of options as parts of a shell's completion, to standard output. */
#ifndef SHARE_GENERATE_SHELL_H
#define SHARE_GENERATE_SHELL_H

void shell_put_option_words(void);
void shell_put_watch_option_words(void);
void shell_put_value_cases(void);
void shell_put_watch_value_cases(void);
void shell_put_statuses(void);
void shell_put_timestamps(void);
void shell_put_topics(void);

#endif
