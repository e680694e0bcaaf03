#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Installs the programs of programs.txt, as far as there is a package for them. Services among them are not started.
set -u

policy=/usr/sbin/policy-rc.d
wanted=()
for package in $(awk '!/^#/ && $2 != "-" { print $2 }' tests/programs/programs.txt | sort -u) strace; do
	dpkg -s "$package" >/dev/null 2>&1 || wanted+=("$package")
done
[ ${#wanted[@]} -eq 0 ] && exit 0
apt-cache show "${wanted[@]}" >/dev/null 2>&1 || apt-get -q update
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
fi
for package in "${wanted[@]}"; do
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -q -y --no-install-recommends install "$package" >/dev/null 2>&1 ||
		echo "programs: no $package here"
done
exit 0
