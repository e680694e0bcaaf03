#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# No file includes itself by way of others; a header and the source of its name are one.
set -u -o pipefail

# Rooms whose circles are known; what is said here goes, and nothing is added.
known='^(bpf|user/app/options|user/io/net)/'

# pairs: each include as "user of it, what is used", without the endings.
pairs() {
	grep -rE '^[[:space:]]*#[[:space:]]*include "(user|bpf|include)/' --include='*.[ch]' user bpf include |
		sed -E 's/^([^:]*):[^"]*"([^"]*)".*/\1 \2/; s/(\.bpf)?\.[ch]( |$)/\2/g' |
		awk -v known="$known" '$1 != $2 && !($1 ~ known && $2 ~ known)'
}

# A loop is named file by file.
if ! loops=$(pairs | tsort 2>&1 >/dev/null); then
	echo "${loops//tsort: /}"
	exit 1
fi
