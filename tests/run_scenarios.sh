#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs the scenarios; those that failed once more, one at a time: a machine that stalls for seconds while many run at once makes the kernel's own timers late.
# What fails alone as well has failed. Usage: run_scenarios.sh PROGRAM [OPTION...]
set -uo pipefail

program=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

"$program" "$@" 2>&1 | tee "$log" && exit 0
failed=$(sed -n 's/^\[FAIL\] \([a-z0-9_]*\)::\([a-z0-9_]*\):.*/\1\/\2/p' "$log" | sort -u)
count=$(wc -w <<<"$failed")
# A crash is no matter of timing, and neither is a suite that fails as a whole.
if grep -q '^\[.*Crashing: [1-9]' "$log" || [ "$count" -eq 0 ] || [ "$count" -gt 12 ]; then
	exit 1
fi
echo "$count failed; again, one at a time:"
result=0
for name in $failed; do
	"$program" --jobs 1 --filter "$name" || result=1
done
exit $result
