// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The report of `doctor`, for machines. */
#include "user/render/json/json_doctor.h"

#include "user/render/json/json_record.h"

static void put_value(struct json_record *record, const struct doctor_fact *fact)
{
	switch (fact->kind) {
	case FACT_UNKNOWN:
		json_put_null(record, "value");
		break;
	case FACT_TEXT:
		json_put_text(record, "value", fact->text);
		break;
	case FACT_NUMBER:
		json_put_integer(record, "value", fact->number);
		break;
	case FACT_YES_NO:
		json_put_boolean(record, "value", fact->number);
		break;
	}
}

static void write_fact_record(FILE *out, const struct doctor_fact *fact)
{
	struct json_record record;

	json_begin(&record, out, "fact");
	json_put_text(&record, "name", fact->name);
	put_value(&record, fact);
	json_put_symbol(&record, "note", fact->note);
	json_end(&record);
}

static void put_list(struct json_record *record, const char *name, const char *const *words)
{
	json_open(record, name, '[');
	for (; *words; words++)
		json_put_text(record, NULL, *words);
	json_close(record, ']');
}

static void write_facility_record(FILE *out, const struct doctor_facility *facility)
{
	struct json_record record;

	json_begin(&record, out, "facility");
	json_put_text(&record, "name", facility->name);
	json_put_text(&record, "what", facility->what);
	json_put_boolean(&record, "required", facility->is_required);
	json_put_text(&record, "test", facility->test);
	json_put_text(&record, "result", facility_result_name(facility->result));
	json_put_symbol(&record, "reason", facility->reason);
	put_list(&record, "affects", facility->affects);
	json_end(&record);
}

void json_write_doctor(FILE *out, const struct render_style *style,
		       const struct doctor_report *report, struct doctor_shown *shown)
{
	struct json_record record;

	(void)style;
	while (shown->facts < report->fact_count)
		write_fact_record(out, &report->facts[shown->facts++]);
	while (shown->facilities < report->facility_count)
		write_facility_record(out, &report->facilities[shown->facilities++]);
	if (!report->explain[0])
		return;
	json_begin(&record, out, "doctor");
	json_put_boolean(&record, "ok", report->is_ok);
	json_put_text(&record, "explain", report->explain);
	json_end(&record);
}
