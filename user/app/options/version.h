/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The version's one home. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#define VERSION_TEXT "ktcping 0.1"

#endif
