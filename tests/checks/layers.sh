#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Data flows one way: an include may go down the layers or sideways, never up.
set -u

# Folder (its own files, not those below it) or file, then what its quoted includes may begin with (extended regular expression). The core is a
# staircase: a stair sees those above it in this list, never those below.
event='user/base/|user/core/(event|packet|container|doctor|origin)\.h$|include/'
attempt="$event|user/core/attempt/"
verdict="$attempt|user/core/verdict/[a-z_]+\.h$"
rules="$verdict|user/core/verdict/rules/"
correlate="$rules|user/core/correlate/"
target="user/base/|user/core/target/"
run="$correlate|$target|user/core/run/"
core="$run|user/core/"
words="$core|user/words/"
kernel="$event|user/core/|user/io/[a-z_]+\.h$|user/io/(btf|kernel|netlink|net)/|ktcping\.skel\.h$"
netlink="$event|user/core/|user/io/[a-z_]+\.h$|user/io/netlink/"
net="$netlink|user/io/net/"
render="$words|user/render/"
options="$render|user/io/|user/app/options/"
layers="
include/	vmlinux\.h$|include/
bpf/		vmlinux\.h$|include/|bpf/
user/base/	user/base/
user/core/event.h	$event
user/core/event.c	$event
user/core/packet.h	$event
user/core/packet.c	$event
user/core/container.c	$event
user/core/container.h	$event
user/core/doctor.c	$event
user/core/doctor.h	$event
user/core/origin.h	$event
user/core/report.h	$core
user/core/attempt/	$attempt
user/core/verdict/	$verdict
user/core/verdict/rules/	$rules
user/core/correlate/	$correlate
user/core/target/	$target
user/core/run/	$run
user/words/	$words
user/words/timeline/	$words
user/render/	$render
user/render/text/	$render
user/render/json/	$render
user/io/	$event|user/core/|user/io/[a-z_]+\.h$
user/io/btf/	user/base/|user/io/btf/
user/io/netlink/	$netlink
user/io/net/	$net
user/io/kernel/	$kernel
user/io/process/	$event|user/core/|user/io/[a-z_]+\.h$|user/io/process/
user/io/files/	$event|user/core/|user/io/[a-z_]+\.h$|user/io/files/
user/io/doctor/	$kernel|user/io/
user/app/options/	$options|user/app/say\.h$
user/app/report/	$words|user/app/report/
user/app/lane/	$options|user/app/(say|terminal|xalloc)\.h$|user/app/(report|lane)/
user/app/targets/	$options|user/app/(say|xalloc)\.h$|user/app/(report|targets)/
user/app/run/	$options|user/app/(say|terminal|signals|xalloc)\.h$|user/app/(report|lane|targets|run)/
user/app/watch/	$options|user/app/(say|terminal|signals|xalloc)\.h$|user/app/(report|lane|watch)/
user/app/	$options|user/app/
user/main.c	user/app/|user/base/
user/share/	$words|user/app/options/|user/share/
"
# System headers of the pure layers: some for their numbers and structs only (poll.h, sys/socket.h; calls are what check-pure looks for), stdio.h for
# snprintf() and, in render, FILE.
pure='(assert|ctype|errno|inttypes|limits|math|poll|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|arpa/inet|netinet/in|netinet/tcp|sys/socket)\.h$'
pure_layers="user/base/ user/words/ user/words/timeline/ user/app/report/ $(find user/core -type d -printf '%p/ ')"
render_extra='time\.h$'

failed=0

# of_folder LAYER: its own files.
of_folder() {
	find "$1" -maxdepth 1 -name '*.[ch]'
}

# refuse LAYER QUOTE ALLOWED: print the includes of that kind that are not allowed.
refuse() {
	local found
	found=$(of_folder "$1" | xargs grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[$2]" |
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
for layer in user/render/ user/render/text/ user/render/json/; do
	refuse "$layer" '<' "${pure//\$/>}|${render_extra//\$/>}"
done

exit $failed
