// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The report of `doctor`, for machines. */
#include "user/render/json/json_doctor.h"

#include "user/render/json/json_record.h"

static json_t *value_of(const struct doctor_fact *fact)
{
	switch (fact->kind) {
	case FACT_UNKNOWN:
	case FACT_TEXT:
		break;
	case FACT_NUMBER:
		return json_integer((json_int_t)fact->number);
	case FACT_YES_NO:
		return json_boolean(fact->number);
	}
	return NULL;
}

static void write_fact_record(FILE *out, const struct doctor_fact *fact)
{
	json_t *record = json_record_new("fact");

	json_put_text(record, "name", fact->name);
	if (fact->kind == FACT_TEXT)
		json_put_text(record, "value", fact->text);
	else
		json_put(record, "value", value_of(fact));
	json_put_symbol(record, "note", fact->note);
	json_record_write(out, record);
}

static json_t *list_of(const char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

static void write_facility_record(FILE *out, const struct doctor_facility *facility)
{
	json_t *record = json_record_new("facility");

	json_put_text(record, "name", facility->name);
	json_put_text(record, "what", facility->what);
	json_put_boolean(record, "required", facility->is_required);
	json_put_text(record, "test", facility->test);
	json_put_text(record, "result", facility_result_name(facility->result));
	json_put_symbol(record, "reason", facility->reason);
	json_put(record, "affects", list_of(facility->affects));
	json_record_write(out, record);
}

void json_write_doctor(FILE *out, const struct render_style *style,
		       const struct doctor_report *report)
{
	json_t *record;

	(void)style;
	for (unsigned i = 0; i < report->fact_count; i++)
		write_fact_record(out, &report->facts[i]);
	for (unsigned i = 0; i < report->facility_count; i++)
		write_facility_record(out, &report->facilities[i]);
	record = json_record_new("doctor");
	json_put_boolean(record, "ok", report->is_ok);
	json_put_text(record, "explain", report->explain);
	json_record_write(out, record);
}
