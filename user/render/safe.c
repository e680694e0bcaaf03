// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Foreign text made harmless for a terminal. */
#include <string.h>

#include "user/base/utf8.h"

char *safe_text(const char *foreign, char *safe, size_t size)
{
	size_t used = 0;

	if (size == 0)
		return safe;
	while (*foreign) {
		bool is_plain = *foreign >= ' ' && *foreign <= '~'; /* as nearly all is */
		size_t length = is_plain ? 1 : utf8_length(foreign);
		bool is_harmless = is_plain || (length && !utf8_is_control(foreign));

		if (used + (is_harmless ? length : 1) >= size)
			break;
		if (is_harmless)
			memcpy(safe + used, foreign, length);
		else
			safe[used] = '?';
		used += is_harmless ? length : 1;
		foreign += length ? length : 1;
	}
	safe[used] = '\0';
	return safe;
}
