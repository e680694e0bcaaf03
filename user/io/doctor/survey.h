/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tries every facility out: nothing is concluded from a version or a configuration. */
#ifndef IO_SURVEY_H
#define IO_SURVEY_H

#include "user/core/doctor.h"

/* The report has got another facility. */
typedef void (*survey_found)(void *context, const struct doctor_report *report);

/*
 * Adds the facilities, and the cause when a probe's own way of loading fails. Each takes some time.
 * Sends nothing and leaves nothing behind; without privilege all is missing.
 */
void survey_facilities(struct doctor_report *report, survey_found found, void *context);

#endif
