#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Lets libFuzzer look for bytes that break a promise: run.sh SECONDS FOLDER TARGET... Each target has SECONDS; FOLDER, of the build, keeps what is learned.
# What breaks a promise is left there as TARGET-crash-*, TARGET-timeout-* …: with a fix it belongs into tests/fuzz/crashers/TARGET/.
set -u
seconds=$1 folder=$2
shift 2
failed=0

for target; do
	seeds=(tests/fuzz/corpus/"$target" tests/fuzz/crashers/"$target")
	case $target in
	core | trace) seeds+=(tests/traces) ;;
	esac
	for i in "${!seeds[@]}"; do
		[ -d "${seeds[$i]}" ] || unset "seeds[$i]"
	done
	mkdir -p "$folder/learned/$target"
	echo "$target: $seconds s"
	"$folder/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$folder/$target-" "$folder/learned/$target" "${seeds[@]}" 2>"$folder/$target.log" || {
		echo "$target: a promise was broken; the input is named at the end of $folder/$target.log:"
		tail -n 25 "$folder/$target.log"
		failed=1
	}
	grep -h '^stat::number_of_executed_units' "$folder/$target.log"
done
exit $failed
