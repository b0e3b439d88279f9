#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# fuzz.sh [SECONDS [TARGET...]]: feeds the targets in tests/fuzz, SECONDS (60) each, with input
# made up by clang's libFuzzer, which is guided by the code it reaches in the library. Rust
# and C run under the address sanitizer. It begins with tests/fuzz/corpus; what else it finds
# is kept in build/fuzz, also an input that fails, which is the status then.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- formats front
out=$(mkdir -p "${BUILD:-build}/fuzz" && cd "${BUILD:-build}/fuzz" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')

# The sanitizers' runtimes are clang's, which links. With --target, no build script has these.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address -Zexternal-clangrt
    -Cdebug-assertions" \
    cargo rustc --quiet --locked --lib --crate-type staticlib --release --features std \
    --target "$host" --target-dir "$out/cargo" --config 'profile.release.lto=false'

status=0
for target in "$@"; do
    clang -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror -g -O1 -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all -Iinclude "tests/fuzz/$target.c" tests/c/fake.c \
        "$out/cargo/$host/release/libswmgmt.a" -lgcc_s -lpthread -lm -ldl -o "$out/$target"
    mkdir -p "$out/corpus/$target"
    echo "== $target, $seconds s"
    "$out/$target" -max_total_time="$seconds" -max_len=600 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -verbosity=1 -dict=tests/fuzz/words.dict -artifact_prefix="$out/$target-" \
        "$out/corpus/$target" "tests/fuzz/corpus/$target" || status=1
done
exit $status
