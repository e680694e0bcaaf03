#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs one suite and says how long it took. Usage: timed.sh NAME COMMAND [ARGUMENT...]
set -u
name=$1
shift
echo "$name"
SECONDS=0
"$@"
status=$?
echo "$name: $SECONDS s"
exit $status
