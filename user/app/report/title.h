/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a target is called where there are others beside it. */
#ifndef APP_TITLE_H
#define APP_TITLE_H

#include "user/core/event.h"
#include "user/core/target/target.h"

/* A namespace is a path at most as long as a name may be. */
#define TITLE_MAX (TARGET_LABEL_MAX + ADDRESS_TEXT_MAX + 300)

/* title has TITLE_MAX bytes. is_numeric: by its address, when it has one. Returns title. */
char *title_of(const struct target_event *target, bool is_numeric, char *title);

#endif
