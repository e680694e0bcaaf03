/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What ktcping itself says, on stderr: "ktcping: " and a sentence, in one write. On a terminal its
 * words go on below, under the first, where the line is full; elsewhere it is one line.
 */
#ifndef APP_SAY_H
#define APP_SAY_H

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, behind another name: "ktcping watch". */
void say_as(const char *name, const char *sentence);

#endif
