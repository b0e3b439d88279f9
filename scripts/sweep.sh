#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# sweep.sh: every change of one bit and every truncation of eight packages of 4 KiB, under
# every policy, read back and (not images) not: 1.8 million, in some five minutes. tests/c/sweep.c says
# what is checked, and what ctest does of it.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-$PWD/build}/sweep
cmake -S . -B "$build" -DSWMGMT_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" --target swmgmt_test_sweep >/dev/null
exec "$build/swmgmt_test_sweep" tests/packages all
