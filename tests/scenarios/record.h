/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a JSON record says, and claims about it. A claim that does not hold fails the test, and
 * shows the whole record.
 */
#ifndef SCENARIOS_RECORD_H
#define SCENARIOS_RECORD_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdbool.h>

/* A member by its dotted path, "answer.from"; NULL when there is none. */
json_t *field(const json_t *record, const char *path);
bool field_is_text(const json_t *record, const char *path, const char *text);
bool field_has_text(const json_t *record, const char *path, const char *part);
bool field_is_number(const json_t *record, const char *path, double low, double high);
/* Then it is not complete, or took a second connect. */
bool has_lost_evidence(const json_t *record);
bool has_note(const json_t *record, const char *note);
/* rtt_candidates_us has count members, ascending. */
bool has_candidates(const json_t *record, size_t count);
/* The whole record, for a message. */
const char *record_text(const json_t *record);

/* The record is evaluated once: it may be a call of probe(). */
#define expect_record(record, claim, ...)                                                          \
	do {                                                                                       \
		const json_t *claimed = (record);                                                  \
		cr_assert(claim, __VA_ARGS__, record_text(claimed));                               \
	} while (0)
#define expect_text(record, path, text)                                                            \
	expect_record(record, field_is_text(claimed, path, text), "%s is not %s: %s", path, text)
#define expect_number(record, path, number)                                                        \
	expect_record(record, field_is_number(claimed, path, number, number), "%s is not %g: %s",  \
		      path, (double)(number))
#define expect_between(record, path, low, high)                                                    \
	expect_record(record, field_is_number(claimed, path, low, high),                           \
		      "%s is not in %g..%g: %s", path, (double)(low), (double)(high))
#define expect_part(record, path, part)                                                            \
	expect_record(record, field_has_text(claimed, path, part), "%s has no '%s': %s", path, part)
#define expect_explained(record, part) expect_part(record, "explain", part)
#define expect_null(record, path)                                                                  \
	expect_record(record, json_is_null(field(claimed, path)), "%s is not null: %s", path)
#define expect_note(record, note)                                                                  \
	expect_record(record, has_note(claimed, note), "note %s is missing: %s", note)
#define expect_no_note(record, note)                                                               \
	expect_record(record, !has_note(claimed, note), "note %s is there: %s", note)
#define expect_candidates(record, count)                                                           \
	expect_record(record, has_candidates(claimed, count), "not %d RTT candidates: %s",         \
		      (int)(count))
#define expect_verdict(record, wanted_status, wanted_reason)                                       \
	expect_record(record,                                                                      \
		      field_is_text(claimed, "status", wanted_status) &&                           \
			      field_is_text(claimed, "reason", wanted_reason),                     \
		      "not %s/%s: %s", wanted_status, wanted_reason)

/* What is claimed together. */
void expect_syns(const json_t *record, unsigned sent, unsigned unanswered);
/* interface: NULL when there is none, as for what no device has had yet. */
void expect_drop(const json_t *record, const char *direction, const char *reason,
		 const char *function, const char *interface);
/* Without an ICMP error: kind and sender. */
void expect_answer(const json_t *record, const char *kind, const char *from);
/* What the application was told, and that it was true. error: NULL for none. */
void expect_app(const json_t *record, const char *result, const char *error);
/* The same, but the kernel knows better: ECONNREFUSED where nobody closed a port. */
void expect_misled_app(const json_t *record, const char *result, const char *error);

#endif
