/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options that say from where to probe: kinds of option_take.c. */
#ifndef APP_OPTION_FROM_H
#define APP_OPTION_FROM_H

#include "user/app/options/parse.h"

void option_take_port_range(struct taking *taking);
void option_take_source(struct taking *taking);
/* An address is taken as a source, V6%INTERFACE as both. */
void option_take_interface(struct taking *taking);
void option_take_namespace(struct taking *taking);

#endif
