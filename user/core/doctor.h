/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What `doctor` found: facts about this host and process, and facilities of the kernel that were
 * tried out.
 *
 * A plain report between who looks (io) and who shows (render). It never says what ought to work,
 * only what did.
 */
#ifndef CORE_DOCTOR_H
#define CORE_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#define DOCTOR_FACILITIES_MAX 48
#define DOCTOR_FACTS_MAX      32
#define DOCTOR_TEXT_MAX	      256
#define DOCTOR_CAUSE_MAX      512
#define DOCTOR_EXPLAIN_MAX    1024

enum facility_result {
	FACILITY_LOADED,   /* all of it works */
	FACILITY_FALLBACK, /* something that can do less does its work */
	FACILITY_MISSING,
};

struct doctor_facility {
	const char *name; /* stable: a tracepoint's name, or "ring-buffer" … */
	const char *what; /* what it is for */
	/* what suffers without it: statuses, reasons, fields, as in -j; ends with NULL */
	const char *const *affects;
	bool is_required; /* without it nothing can be probed */
	enum facility_result result;
	char test[DOCTOR_TEXT_MAX];   /* how it was tried */
	char reason[DOCTOR_TEXT_MAX]; /* why not all of it works; "" when it does */
};

enum doctor_fact_kind {
	/* it could not be read, or this kernel has no such thing: the note says which */
	FACT_UNKNOWN,
	FACT_TEXT,
	FACT_NUMBER,
	FACT_YES_NO,
};

struct doctor_fact {
	const char *name; /* stable, with its unit: "btf_bytes" */
	enum doctor_fact_kind kind;
	char text[DOCTOR_TEXT_MAX];
	uint64_t number;	    /* FACT_YES_NO: 0 or 1 */
	char note[DOCTOR_TEXT_MAX]; /* what it means here; "" when it speaks for itself */
};

struct doctor_report {
	struct doctor_fact facts[DOCTOR_FACTS_MAX];
	struct doctor_facility facilities[DOCTOR_FACILITIES_MAX];
	unsigned fact_count;
	unsigned facility_count;
	/* why a probe's own way of loading everything failed, and what to do; "" when it did not */
	char cause[DOCTOR_CAUSE_MAX];
	bool is_ok; /* probing would work */
	char explain[DOCTOR_EXPLAIN_MAX];
};

/* How much of a report has been shown: it is as it is found. */
struct doctor_shown {
	unsigned facts;
	unsigned facilities;
};

/* A new, zeroed one at the end. There is always room: the tables that fill it are counted. */
struct doctor_facility *doctor_add_facility(struct doctor_report *report);

/* Facts by their kind. The note is a format. */
void doctor_add_text(struct doctor_report *report, const char *name, const char *text,
		     const char *note, ...) __attribute__((format(printf, 4, 5)));
void doctor_add_number(struct doctor_report *report, const char *name, uint64_t number,
		       const char *note, ...) __attribute__((format(printf, 4, 5)));
void doctor_add_yes_no(struct doctor_report *report, const char *name, bool is_so, const char *note,
		       ...) __attribute__((format(printf, 4, 5)));
void doctor_add_unknown(struct doctor_report *report, const char *name, const char *note, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets is_ok and explain by the facilities and the cause. */
void doctor_conclude(struct doctor_report *report);

/* "loaded", "fallback", "missing". */
const char *facility_result_name(enum facility_result result);

#endif
