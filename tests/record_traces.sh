#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Records the events of scenarios anew, as tests/traces/SUITE/TEST.trace, and judges them
# again: then `git diff tests/traces` shows what changed.
# Usage: record_traces.sh SCENARIOS UNIT [FILTER], the two test programs and a Criterion pattern; as root.
set -euo pipefail

scenarios=$1
unit=$2
filter=${3:-'@(aborted|amendments|blocked|cgroup|closed|crossing|damage|detours|ecn|elsewhere|filtered|half_open|headers|hooks|intercepted|invalid|martians|nat|neighbours|open|pairing|paths|qdisc|rules|syn_proxy|unreachable|waits|watch_liars|watch_rows)/*'}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

KTCPING_TRACES=$folder "$scenarios" --jobs 4 --filter "$filter"
for trace in "$folder"/*.trace; do
	name=$(basename "$trace" .trace)
	name=${name%%-*}/${name#*-} # a suite has no hyphen in its name
	mkdir -p "tests/traces/${name%/*}"
	# Of instants without news in between, the last one says it all.
	{
		echo "# $name"
		sed 's/ skb=0x[0-9a-f]*//' "$trace" | awk '$2 == "drained" { held = $0; next } { if (held) print held; held = ""; print } END { if (held) print held }'
	} >"tests/traces/$name.trace"
done
KTCPING_GOLDEN='write' "$unit" --filter 'traces/*'
