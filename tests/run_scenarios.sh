#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs the scenarios; those that failed once more, one at a time: a machine that stalls for seconds while many run at once makes the kernel's own timers late.
# What fails alone as well has failed. The last line says how many were repeated. Usage: run_scenarios.sh PROGRAM [OPTION...]
set -uo pipefail

program=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Verbose, so that one that is skipped this time is named; without all those that were not asked for.
run_alone() {
	"$program" --jobs 1 --verbose --filter "$1" 2>&1 | grep -v -e ': Test is disabled$' -e '^\[====\] Running '
}

# Of a part of the scenarios Criterion names all the others, too: none of them is skipped.
only_own() {
	if [[ " $* " == *" --filter "* ]]; then
		grep -v ': Test is disabled$'
	else
		cat
	fi
}

if "$program" "$@" 2>&1 | only_own "$@" | tee "$log"; then
	echo "0 scenarios were repeated"
	exit 0
fi
failed=$(sed -n 's/^\[FAIL\] \([a-z0-9_]*\)::\([a-z0-9_]*\):.*/\1\/\2/p' "$log" | sort -u)
count=$(wc -w <<<"$failed")
# A crash is no matter of timing, and neither is a suite that fails as a whole.
if grep -q '^\[.*Crashing: [1-9]' "$log" || [ "$count" -eq 0 ] || [ "$count" -gt 12 ]; then
	exit 1
fi
echo "$count failed; again, one at a time:"
failed_again=0
for name in $failed; do
	run_alone "$name" || failed_again=$((failed_again + 1))
done
# shellcheck disable=SC2086 # a list of words
echo "$count scenarios were repeated, $failed_again failed again:" $failed
[ "$failed_again" -eq 0 ]
