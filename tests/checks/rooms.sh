#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A folder has no more sources than one can look over.
set -u
MOST=15
failed=0

while read -r count folder; do
	[ "$count" -le "$MOST" ] && continue
	echo "$folder: $count sources, and $MOST is what a room may hold"
	failed=1
done < <(find user bpf -name '*.c' -printf '%h\n' | sort | uniq -c)
exit $failed
