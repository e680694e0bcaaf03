#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every shell script passes shellcheck: those named .sh and what CI runs.
set -eu
{
	find user tests -name '*.sh' -print0
	printf '.ci/run\0'
} | xargs -0 shellcheck
