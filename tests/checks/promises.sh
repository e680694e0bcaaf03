#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a header promises, the source of its name keeps: every function that X.h declares is defined in X.c.
set -u
failed=0

# declared HEADER: the functions that it declares, but does not define.
declared() {
	sed -nE '/^(static|typedef|extern|#|\/\*| \*|struct [a-z_]+ \{|enum [a-z_]+ \{)/d; s/^[a-z][a-z0-9_ ]*[ *]([a-z][a-z0-9_]*)\(.*/\1/p' "$1"
}

while read -r header; do
	for function in $(declared "$header"); do
		grep -qsE "^[a-z][a-z0-9_ ]*[ *]$function\(" "${header%.h}.c" && continue
		echo "$header: $function() is not defined in ${header%.h}.c"
		failed=1
	done
done < <(find user -name '*.h' | sort)
exit $failed
