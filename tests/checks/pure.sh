#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Usage: pure.sh OBJECT… — these objects may call only each other and what tests/pure_symbols.txt lists, and own no variable that changes.
set -u
failed=0

allowed=$(sed 's/#.*//' tests/pure_symbols.txt; nm --defined-only --format=just-symbols "$@" 2>/dev/null)
for object in "$@"; do
	while read -r symbol; do
		grep -qxF -- "$symbol" <<<"$allowed" && continue
		echo "$object: calls $symbol, which tests/pure_symbols.txt does not allow"
		failed=1
	done < <(nm --undefined-only --format=just-symbols "$object")
	# .data.rel.ro holds constant tables of pointers: written by the dynamic linker only.
	while read -r symbol section; do
		echo "$object: $symbol in $section is a variable that can change"
		failed=1
	done < <(nm --defined-only --format=sysv "$object" | awk -F'|' '
		$7 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/ { gsub(/ /, "", $1); print $1, $7 }')
done
exit $failed
