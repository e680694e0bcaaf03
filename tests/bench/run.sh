#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Say where it is measured, then measure. Prints figures and ratios, judges nothing; fails only when something could not be measured.
set -eu

# What a hypervisor gave to others, in ticks: who reads an outlier has to know.
stolen() {
	awk '$1 == "cpu" { print $9 }' /proc/stat
}

cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
printf 'kernel %s, %s x %s, load average %s\n' "$(uname -r)" "$(nproc)" "${cpu:-$(uname -m)}" "$(cut -d ' ' -f 1 /proc/loadavg)"
for tool in nmap masscan hping3 mtr; do
	command -v "$tool" > /dev/null || printf 'not installed, so not measured: %s\n' "$tool"
done
before=$(stolen)
began=$SECONDS
for bench in peer startup interval accuracy scan interrupted growth others flood watch; do
	".output/bench/$bench"
done
printf '\nprocessor time that a hypervisor gave to others meanwhile: %s ms of %s s; load average now: %s\n' \
	$((($(stolen) - before) * 1000 / $(getconf CLK_TCK))) $((SECONDS - began)) "$(cut -d ' ' -f 1 /proc/loadavg)"
