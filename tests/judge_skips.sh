#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Judges what a test run skipped: only what tests/may_skip lists may be skipped, and only while its
# probe finds that this kernel cannot do it.
# Usage: judge_skips.sh LOG [PROBE_PROGRAM]   LOG is what Criterion printed with --verbose.
# Prints why each skip is accepted or not; exits 0 when all are.
set -euo pipefail

readonly log=$1 kernel_can=${2:-.output/tests/kernel_can} table=tests/may_skip

# Prints the probe and the reason of a test, or nothing.
row_of() {
	local pattern rest
	while read -r pattern rest; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 == $pattern ]] && echo "$rest" && return
	done < <(sed '/^#/d' "$table")
}

judge() {
	local name=$1 feature reason status=0
	if ! read -r feature reason < <(row_of "$name"); then
		echo "$name was skipped, which $table does not allow"
		return 1
	fi
	"$kernel_can" "$feature" || status=$?
	case $status in
	0) echo "$name was skipped, but this kernel can do what it needs: $feature" ;;
	1) echo "$name was skipped on this kernel: $reason" && return ;;
	*) echo "$name was skipped, and the probe $feature does not tell why" ;;
	esac
	return 1
}

result=0
# A skip whose line has another form gets a name that is in no table.
for name in $(sed -n 's/.*\[SKIP\] //p' "$log" | sed 's/: .*//; s/::/\//' | tr ' ' _ | sort -u); do
	judge "$name" || result=1
done
exit $result
