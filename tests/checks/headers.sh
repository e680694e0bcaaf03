#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every header compiles by itself; those in include/ on both sides of the ring buffer. CC, CFLAGS, CLANG and BPF_CFLAGS come from make.
set -u
failed=0

# compile COMPILER-AND-FLAGS HEADER
compile() {
	# shellcheck disable=SC2086 # the flags are a list of words
	echo "#include \"$2\"" | $1 -Werror -fsyntax-only -x c - || {
		echo "$2 does not compile alone with: $1"
		failed=1
	}
}

for header in include/*.h user/*/*.h user/*/*/*.h user/*/*/*/*.h tests/lab/*.h; do
	[ -e "$header" ] && compile "$CC $CFLAGS" "$header"
done
for header in vmlinux/*.h include/*.h; do
	compile "$CLANG $BPF_CFLAGS" "$header"
done
exit $failed
