#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# clang-tidy over what runs in user space. CFLAGS come from make.
set -eu

checks='-*,bugprone-*,clang-analyzer-*,misc-redundant-expression,misc-unused-parameters,readability-misleading-indentation'
# What flags a habit, not a fault: every memcpy() and snprintf(), two numbers side by side, "while ((x = next()))", "if (memcmp())", an int8_t that becomes an
# int, 256 * 1024.
checks+=',-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-bugprone-easily-swappable-parameters'
checks+=',-bugprone-assignment-in-if-condition,-bugprone-suspicious-string-compare,-bugprone-signed-char-misuse'
checks+=',-bugprone-implicit-widening-of-multiplication-result'
# What clang 14 gets wrong: it does not believe that "result < 0" covers every failure, and takes each va_list for uninitialised from the second file on.
checks+=',-clang-analyzer-core.uninitialized.*,-clang-analyzer-core.UndefinedBinaryOperatorResult,-clang-analyzer-valist.Uninitialized'
export checks

# Its stderr only counts the warnings of system headers.
# shellcheck disable=SC2016 # for the inner shell
find user -name '*.c' -print0 | sort -z |
	xargs -0 -n 4 -P "$(nproc)" sh -c 'clang-tidy --quiet --warnings-as-errors="*" --checks="$checks" "$@" -- $CFLAGS 2>/dev/null' sh
