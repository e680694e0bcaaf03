/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Services by their names. */
#ifndef APP_SERVICE_H
#define APP_SERVICE_H

/* getservbyname() as a target_service_lookup: the port, or -ENOENT. */
int service_find(const char *name);

#endif
