#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# clang-format has nothing to change; with --in-place it changes it.
set -eu
mode=(--dry-run -Werror)
[ "${1-}" = --in-place ] && mode=(-i)
find bpf include user vmlinux tests \( -name '*.c' -o -name '*.h' \) -print0 | sort -z | xargs -0 clang-format "${mode[@]}"
