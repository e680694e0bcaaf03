/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the records of a run come to, by one who knows what each target is. */
#ifndef LAB_AUDIT_H
#define LAB_AUDIT_H

#include <jansson.h>
#include <stdbool.h>

struct audit_verdict {
	const char *status, *reason; /* reason: NULL where any will do */
};

/* What is so of that target. */
typedef struct audit_verdict (*audit_truth)(const char *address, unsigned port);

struct audit {
	unsigned long records;	  /* of type "probe" or "connect" */
	unsigned long wrong;	  /* neither the truth nor incomplete */
	unsigned long incomplete; /* the status */
	unsigned long lost;	  /* of these, by the reason events-lost */
	unsigned long partial;	  /* right, but not "complete" */
	unsigned long asked_again;
	unsigned long contradictions;
	double events_lost; /* by the run's own summaries */
};

/* The first ones that are wrong, incomplete or partial go to stderr. */
void audit_record(struct audit *audit, audit_truth truth, const json_t *record);
/* All that a run with -j printed. */
struct audit audit_read(const char *output, audit_truth truth);

/* Evidence was missing, so events were counted as lost. */
bool audit_is_balanced(const struct audit *audit);

#endif
