/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program that races several connects and has a winner closes the others, whatever select() said
 * of them, and claims nothing of them. So what one attempt's calls prove depends on what became of
 * the others of its process.
 */
#ifndef CORE_RACE_H
#define CORE_RACE_H

#include "user/core/verdict/verdict.h"

#define RACE_MEMORY_WINNERS 64
/* processes by number; those with the same remainder go for one */
#define RACE_MEMORY_UNSEEN 32768

/* Other programs' last connections that came about. A zeroed one remembers nothing. */
struct race_memory {
	struct {
		uint32_t pid;
		uint16_t port;	  /* of the destination */
		uint64_t time_ns; /* of ESTABLISHED */
	} winners[RACE_MEMORY_WINNERS];
	uint32_t count; /* all there have been */
	uint8_t unseen[RACE_MEMORY_UNSEEN / 8];
};

/* When it is fed, not judged: of connects closed together any may be judged first. */
void race_note(struct race_memory *memory, const struct attempt *attempt,
	       const struct event *event);

/* A connect of that process is not followed: there was no room. It may be the winner. */
void race_note_unseen(struct race_memory *memory, uint32_t pid);

/*
 * No program is accused of an error left unread (NOTE_ERROR_UNREAD) when a connection of its
 * process came about between connect() and its last entry; and of what it did not ask, or not once
 * more (NOTE_NEVER_ASKED, NOTE_ZERO_ERROR), when that was to the same port. Nor is a process of
 * which a connect is not followed.
 */
void race_excuse(const struct race_memory *memory, const struct attempt *attempt,
		 struct verdict *verdict);

#endif
