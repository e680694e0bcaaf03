#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# No file includes itself by way of others; a header and the source of its name are one.
set -u -o pipefail

# pairs: each include as "user of it, what is used", without the endings.
pairs() {
	grep -rE '^[[:space:]]*#[[:space:]]*include "(user|bpf|include)/' --include='*.[ch]' user bpf include |
		sed -E 's/^([^:]*):[^"]*"([^"]*)".*/\1 \2/; s/(\.bpf)?\.[ch]( |$)/\2/g' |
		awk '$1 != $2'
}

# A loop is named file by file.
if ! loops=$(pairs | tsort 2>&1 >/dev/null); then
	echo "${loops//tsort: /}"
	exit 1
fi
