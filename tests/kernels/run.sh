#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Boots other kernels in an emulator, with ./ktcping in their initramfs, runs guest.sh there, and prints a table: a check a line, a kernel a column.
# Usage: run.sh KERNEL_IMAGE...   Nothing is downloaded. Exits 0 when all is well on all of them, 1 when not, 2 when they cannot be run.
#
# A KERNEL_IMAGE is what a boot loader takes (vmlinuz, bzImage); it needs BTF, a serial console, an initramfs and IPv4 built in. Where its modules
# are found beside it, as its package has them, VLANs, VRFs, a bond, fq, macvlan and ifb are checked
# as well.
# Debian's linux-image-VERSION-cloud-amd64-unsigned is one (later: linux-binary-VERSION-cloud-amd64 and linux-modules-VERSION-cloud-amd64), with
# 5.10 in bullseye, 6.1 in bookworm, 6.12 in trixie and bookworm-backports, the newest in sid. None has to be installed: `apt-get download PACKAGE`,
# `dpkg -x PACKAGE.deb DIR`; the image is DIR/boot/vmlinuz-VERSION, or DIR/usr/lib/modules/VERSION/vmlinuz.
# Needed besides: qemu-system-x86, busybox-static, iproute2, xz-utils.
#
# KTCPING_KERNELS_LOG=DIR keeps what the consoles said.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly HANDOVERS=.output/tests/handovers
readonly MODULES="veth vrf 8021q bonding sch_fq macvlan ifb sch_ingress cls_matchall act_mirred"
# Emulated, a boot and all checks take some five minutes, and three times as many on a busy machine. One that hangs does not hang for ever.
readonly TIME_LIMIT=1800

die() {
	echo "tests/kernels/run.sh: $*" >&2
	exit 2
}

check_needs() {
	[ $# -gt 0 ] || die "no kernel was given, as in: make run-kernels KERNELS='DIR/boot/vmlinuz-6.1.0-50-cloud-amd64'"
	for program in qemu-system-x86_64 busybox ip tc ldd xz; do
		command -v "$program" >/dev/null || die "$program is missing; install qemu-system-x86, busybox-static, iproute2 and xz-utils"
	done
	ldd "$(command -v busybox)" >/dev/null 2>&1 && die "busybox is not a static one, which has fewer commands; install busybox-static"
	[ -x ktcping ] || die "./ktcping is missing; build it: make"
	[ -x $HANDOVERS ] || die "$HANDOVERS is missing; build it: make $HANDOVERS"
	for image in "$@"; do
		[ -r "$image" ] || die "$image: no such file, or it cannot be read"
	done
}

# A program and its libraries, each where the dynamic linker looks for it.
copy_program() {
	local library

	cp -L --remove-destination "$1" "$root/bin/"
	ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
}

make_root() {
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc,run}
	cp "$(command -v busybox)" "$root/bin/"
	for name in $(busybox --list); do
		[ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"
	done
	copy_program "$(command -v ip)"
	copy_program "$(command -v tc)"
	copy_program ./ktcping
	copy_program $HANDOVERS
	cp tests/kernels/guest.sh "$root/init"
}

# copy_module DIRECTORY NAME: into the list of those to be loaded, behind those it depends on. One that is not there is built in, or soon missed.
copy_module() {
	local file name dependencies

	[ ! -e "$root/modules/$2.ko" ] || return 0
	file=$(find "$1/" -name "$2.ko" -o -name "$2.ko.xz" | head -n 1)
	case $file in
	'') return 0 ;;
	*.xz) xz -dc "$file" >"$root/modules/$2.ko" ;;
	*) cp "$file" "$root/modules/$2.ko" ;;
	esac
	dependencies=$(grep -a -o -m 1 'depends=[a-z0-9_,-]*' "$root/modules/$2.ko" | tr ',' ' ')
	for name in ${dependencies#depends=}; do
		copy_module "$1" "$name"
	done
	echo "$2.ko" >>"$root/modules/list"
}

# The kernel's modules, if its package was unpacked whole.
make_initramfs() {
	local image=$1 directory name version

	rm -rf "$root/modules"
	directory=$(dirname "$image")
	version=$(basename "$image")
	version=${version#vmlinuz-}
	[ -d "$directory/kernel" ] || directory=$directory/../lib/modules/$version
	if [ -d "$directory/kernel" ]; then
		mkdir "$root/modules"
		for name in $MODULES; do
			copy_module "$directory" "$name"
		done
	fi
	(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$work/initramfs"
}

# Two processors, emulated by one thread in turns: with two threads some kernels panic while they patch their own text, and cmpxchg16b is not atomic for SLUB.
boot() {
	timeout $TIME_LIMIT qemu-system-x86_64 -accel tcg,thread=single -cpu max -smp 2 -m 512 -nic none -display none -monitor none \
		-serial stdio -no-reboot -kernel "$1" -initrd "$work/initramfs" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check preempt=full" </dev/null 2>&1 | tr -d '\r' >"$2" || true
}

# The lines of one kernel become RESULT<tab>CHECK; those below a FAIL are shown at once.
read_log() {
	local image=$1 log=$2 results=$3

	sed -n 's/^@ \(ok\|FAIL\|skip\) \(.*\)/\1\t\2/p' "$log" >"$results"
	grep -q '^@ done' "$log" || printf 'FAIL\tgets to the end\n' >>"$results"
	sed -n 's/^@ kernel //p' "$log" | head -n 1 >"$results.name"
	[ -s "$results.name" ] || basename "$image" >"$results.name"
	grep -q '^@ done' "$log" || tail -n 5 "$log"
	grep -e '^@ FAIL' -e '^@ note' -e '^@   ' "$log" | cut -c3-1000 || true
}

print_table() {
	local results

	{
		printf 'CHECK'
		for results in "$@"; do printf '\t%s' "$(cut -d- -f1 "$results.name")"; done
		printf '\n'
		cut -f2 "$@" | awk '!seen[$0]++' | while read -r check; do
			printf '%s' "$check"
			for results in "$@"; do
				printf '\t%s' "$(awk -F '\t' -v check="$check" '$2 == check { result = $1 } END { print result ? result : "-" }' "$results")"
			done
			printf '\n'
		done
	} | awk -F '\t' '{ printf "%-40s", $1; for (i = 2; i <= NF; i++) printf " %-14s", $i; print "" }'
}

main() {
	local image number=0 failed=0 results=()

	check_needs "$@"
	work=$(mktemp -d)
	root=$work/root
	trap 'rm -rf "$work"' EXIT
	make_root
	for image in "$@"; do
		number=$((number + 1))
		make_initramfs "$image"
		boot "$image" "$work/$number.log"
		[ -z "${KTCPING_KERNELS_LOG:-}" ] || cp "$work/$number.log" "$KTCPING_KERNELS_LOG/$number.log"
		echo "$image:"
		read_log "$image" "$work/$number.log" "$work/$number"
		results+=("$work/$number")
	done
	echo
	print_table "${results[@]}"
	failed=$(cat "${results[@]}" | grep -c '^FAIL' || true)
	echo
	echo "$(cat "${results[@]}" | grep -c '^ok' || true) passed, $failed failed"
	[ "$failed" -eq 0 ]
}

main "$@"
