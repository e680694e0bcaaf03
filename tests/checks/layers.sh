#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Data flows one way: an include may go down the layers or sideways, never up.
set -u

# Directory or file, then what its quoted includes may begin with (extended regular expression).
layers='
include/	vmlinux\.h$|include/
bpf/		vmlinux\.h$|include/|bpf/
user/base/	user/base/
user/core/	user/(base|core)/|include/
user/render/	user/(base|core|render)/
user/io/	user/(base|core|io)/|include/|ktcping\.skel\.h$
user/app/	user/(base|core|render|io|app)/
user/main.c	user/app/
'
# System headers of the pure layers: some for their numbers and structs only (poll.h, sys/socket.h; calls are what check-pure looks for), stdio.h for
# snprintf() and, in render, FILE.
pure='(assert|ctype|errno|inttypes|limits|math|poll|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|arpa/inet|netinet/in|netinet/tcp|sys/socket)\.h$'
pure_layers='user/base/ user/core/'
render_extra='jansson\.h$|time\.h$'

failed=0

# refuse LAYER QUOTE ALLOWED: print the includes of that kind that are not allowed.
refuse() {
	local found
	found=$(grep -HrnE --include='*.[ch]' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[$2]" "$1" |
		grep -vE "include[[:space:]]*[$2]($3)" | sed 's/$/   (not allowed in '"${1//\//\\/}"')/')
	[ -z "$found" ] && return
	echo "$found"
	failed=1
}

while read -r layer allowed; do
	[ -e "$layer" ] || continue
	# The file name's closing quote is part of the line.
	refuse "$layer" '"' "${allowed//\$/\"}"
done <<<"${layers//$'\n\n'/$'\n'}"

for layer in $pure_layers; do
	refuse "$layer" '<' "${pure//\$/>}"
done
refuse user/render/ '<' "${pure//\$/>}|${render_extra//\$/>}"

exit $failed
