#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes sure that what the build and the tests need is installed. Silent and fast when it is; on Debian and its kin it installs what is missing.
set -u
PATH=$PATH:/usr/sbin:/sbin

# What is looked for, and the Debian package that brings it. libc.h stands for the C library itself.
programs='gcc:gcc ar:binutils nm:binutils clang:clang bpftool:bpftool ip:iproute2 nft:nftables tc:iproute2 perl:perl groff:groff-base clang-format:clang-format clang-tidy:clang-tidy
	shellcheck:shellcheck'
headers='stdio.h:libc6-dev linux/types.h:linux-libc-dev bpf/libbpf.h:libbpf-dev libelf.h:libelf-dev zlib.h:zlib1g-dev jansson.h:libjansson-dev
	libmnl/libmnl.h:libmnl-dev criterion/criterion.h:libcriterion-dev'

has_program() {
	command -v "$1" >/dev/null 2>&1
}

has_headers() {
	printf '#include <%s>\n' "$@" | gcc -x c -E -o /dev/null - 2>/dev/null
}

missing_programs() {
	local pair
	for pair in "$@"; do
		has_program "${pair%%:*}" || echo "${pair##*:}"
	done
}

missing_packages() {
	local pair
	# shellcheck disable=SC2086 # a list of words
	missing_programs $programs
	# One run of the compiler when nothing is missing; only else one for each.
	# shellcheck disable=SC2046,SC2086 # lists of words
	has_program gcc && has_headers $(printf '%s\n' $headers | sed 's/:.*//') && return
	for pair in $headers; do
		has_headers "${pair%%:*}" || echo "${pair##*:}"
	done
}

fail() {
	printf 'deps: %s\n' "$@" >&2
	exit 1
}

# SmokePing's own probe module, which a scenario has run the program, and the one Perl library it needs. Not installed: the package brings a daemon.
smokeping=${XDG_CACHE_HOME:-/var/cache}/ktcping-tests/smokeping

has_smokeping() {
	[ -e "$smokeping/Smokeping/probes/TCPPing.pm" ] && [ -e "$smokeping/Config/Grammar.pm" ]
}

unpack_smokeping() {
	local packages=$1 package
	cd "$packages" || return
	# The lists of a fresh machine may be old, or not there yet.
	apt-get download smokeping libconfig-grammar-perl || { apt-get update && apt-get download smokeping libconfig-grammar-perl; } || return
	for package in ./*.deb; do
		dpkg-deb -x "$package" "$packages/root" || return
	done
	mkdir -p "$smokeping" && cp -r root/usr/share/perl5/. "$smokeping"
}

# Without them one scenario is skipped: no reason to build nothing.
fetch_smokeping() {
	local packages
	has_smokeping && return
	packages=$(mktemp -d)
	(unpack_smokeping "$packages") >"$packages/log" 2>&1 </dev/null
	has_smokeping || echo "deps: SmokePing's modules could not be fetched, its scenario will be skipped: $(tail -n 1 "$packages/log")" >&2
	rm -rf "$packages"
}

# Real clients, which scenarios of watch look at.
clients='curl:curl ncat:ncat nc.openbsd:netcat-openbsd python3:python3 ssh:openssh-client java:default-jdk-headless node:nodejs nmap:nmap go:golang-go'

missing_clients() {
	# shellcheck disable=SC2086 # a list of words
	missing_programs $clients | tr '\n' ' '
}

apt_install() {
	apt-get install --no-install-recommends -y "$@"
}

# All at once; if that fails, one by one, so that the one that cannot be had keeps no other away.
apt_install_each() {
	local package
	apt-get update
	apt_install "$@" && return
	for package in "$@"; do
		apt_install "$package"
	done
}

# As with SmokePing: without one, its scenarios are skipped.
install_clients() {
	local clients_missing log
	clients_missing=$(missing_clients)
	[ -z "$clients_missing" ] && return
	log=$(mktemp)
	if has_program apt-get && [ "$(id -u)" = 0 ]; then
		echo "deps: installing $clients_missing" >&2
		export DEBIAN_FRONTEND=noninteractive
		# shellcheck disable=SC2086 # a list of words
		apt_install_each $clients_missing >"$log" 2>&1 </dev/null
		clients_missing=$(missing_clients)
	fi
	[ -z "$clients_missing" ] || {
		grep '^E:' "$log" | sort -u >&2
		echo "deps: scenarios that need these packages will be skipped: $clients_missing" >&2
	}
	rm -f "$log"
}

missing=$(missing_packages | sort -u | tr '\n' ' ')
[ -z "$missing" ] && { install_clients; fetch_smokeping; exit 0; }

has_program apt-get || fail "these packages (Debian's names) are missing, and there is no apt-get to install them: $missing"
[ "$(id -u)" = 0 ] || fail "these packages are missing: $missing" "not root, so nothing was installed; as root: apt-get install --no-install-recommends $missing"

echo "deps: installing $missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update && apt-get install --no-install-recommends -y $missing; } >"$log" 2>&1 </dev/null; then
	tail -n 20 "$log" >&2
	fail "apt-get could not install: $missing"
fi
missing=$(missing_packages | sort -u | tr '\n' ' ')
[ -z "$missing" ] || fail "still missing after apt-get: $missing"
install_clients
fetch_smokeping
