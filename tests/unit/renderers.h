/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The renderers by name, for tests of what they write. */
#ifndef TESTS_RENDERERS_H
#define TESTS_RENDERERS_H

#include "user/render/formats.h"

#define text_renderer  (*format_find("text")->renderer)
#define json_renderer  (*format_find("json")->renderer)
#define csv_renderer   (*format_find("csv")->renderer)
#define fping_renderer (*format_find("fping")->renderer)

#endif
