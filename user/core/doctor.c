// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fill the report, and draw the one conclusion from it. */
#include "user/core/doctor.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "user/base/name.h"

struct doctor_facility *doctor_add_facility(struct doctor_report *report)
{
	assert(report->facility_count < DOCTOR_FACILITIES_MAX);
	return &report->facilities[report->facility_count++];
}

static struct doctor_fact *add_fact(struct doctor_report *report, const char *name,
				    enum doctor_fact_kind kind, const char *note, va_list arguments)
{
	struct doctor_fact *fact;

	assert(report->fact_count < DOCTOR_FACTS_MAX);
	fact = &report->facts[report->fact_count++];
	fact->name = name;
	fact->kind = kind;
	vsnprintf(fact->note, sizeof(fact->note), note, arguments);
	return fact;
}

void doctor_add_text(struct doctor_report *report, const char *name, const char *text,
		     const char *note, ...)
{
	struct doctor_fact *fact;
	va_list arguments;

	va_start(arguments, note);
	fact = add_fact(report, name, FACT_TEXT, note, arguments);
	va_end(arguments);
	snprintf(fact->text, sizeof(fact->text), "%s", text);
}

void doctor_add_number(struct doctor_report *report, const char *name, uint64_t number,
		       const char *note, ...)
{
	va_list arguments;

	va_start(arguments, note);
	add_fact(report, name, FACT_NUMBER, note, arguments)->number = number;
	va_end(arguments);
}

void doctor_add_yes_no(struct doctor_report *report, const char *name, bool is_so, const char *note,
		       ...)
{
	va_list arguments;

	va_start(arguments, note);
	add_fact(report, name, FACT_YES_NO, note, arguments)->number = is_so;
	va_end(arguments);
}

void doctor_add_unknown(struct doctor_report *report, const char *name, const char *note, ...)
{
	va_list arguments;

	va_start(arguments, note);
	add_fact(report, name, FACT_UNKNOWN, note, arguments);
	va_end(arguments);
}

const char *facility_result_name(enum facility_result result)
{
	static const char *const names[] = {[FACILITY_LOADED] = "loaded",
					    [FACILITY_FALLBACK] = "fallback",
					    [FACILITY_MISSING] = "missing"};

	return NAME_IN(names, result);
}

static bool is_missing_required(const struct doctor_facility *facility)
{
	return facility->result == FACILITY_MISSING && facility->is_required;
}

static bool is_missing_optional(const struct doctor_facility *facility)
{
	return facility->result == FACILITY_MISSING && !facility->is_required;
}

static bool is_fallback(const struct doctor_facility *facility)
{
	return facility->result == FACILITY_FALLBACK;
}

/* Names of the facilities of which it is true: "a, b, c", cut to fit; returns how many. */
static unsigned list_facilities(const struct doctor_report *report,
				bool (*is_listed)(const struct doctor_facility *facility),
				char *list, size_t size)
{
	unsigned count = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < report->facility_count; i++) {
		const struct doctor_facility *facility = &report->facilities[i];
		size_t used = strlen(list);

		if (is_listed(facility))
			snprintf(list + used, size - used, "%s%s", count++ ? ", " : "",
				 facility->name);
	}
	return count;
}

void doctor_conclude(struct doctor_report *report)
{
	char required[DOCTOR_EXPLAIN_MAX / 2], missing[DOCTOR_EXPLAIN_MAX / 3],
		reduced[DOCTOR_EXPLAIN_MAX / 3];
	unsigned required_count =
		list_facilities(report, is_missing_required, required, sizeof(required));
	unsigned missing_count =
		list_facilities(report, is_missing_optional, missing, sizeof(missing));
	unsigned reduced_count = list_facilities(report, is_fallback, reduced, sizeof(reduced));

	report->is_ok = !required_count && !report->cause[0];
	if (report->cause[0])
		snprintf(report->explain, sizeof(report->explain), "probing would not work: %s",
			 report->cause);
	else if (required_count)
		snprintf(report->explain, sizeof(report->explain),
			 "probing would not work: without %s no verdict could be trusted",
			 required);
	else if (missing_count || reduced_count)
		snprintf(report->explain, sizeof(report->explain), "probing would work%s%s%s%s",
			 missing_count ? "; missing: " : "", missing,
			 reduced_count ? "; by a fallback: " : "", reduced);
	else
		snprintf(report->explain, sizeof(report->explain),
			 "probing would work: every hook is there");
}
