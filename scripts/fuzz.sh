#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# fuzz.sh [SECONDS [TARGET...]]: feeds made-up input to fuzz/targets, SECONDS (60) long each,
# guided by what code it reaches (libFuzzer, in the crate libfuzzer-sys: a C++ compiler, and
# no nightly Rust). It begins with fuzz/corpus; what it finds is kept in build/fuzz, and so is
# an input that fails, which is the status then.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- $(sed -n 's/^path = "targets\/\(.*\)\.rs"$/\1/p' fuzz/Cargo.toml)
mkdir -p "${BUILD:-build}/fuzz"
out=$(cd "${BUILD:-build}/fuzz" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
coverage='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares'
# With --target, the flags are not for build scripts.
RUSTFLAGS=$(echo --cfg fuzzing $coverage) cargo build --quiet --locked --release \
    --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$out/target"
for target in "$@"; do
    mkdir -p "$out/$target" "fuzz/corpus/$target"
    echo "== $target, $seconds s"
    "$out/target/$host/release/$target" -max_total_time="$seconds" -max_len=512 -timeout=5 -rss_limit_mb=512 \
        -print_final_stats=1 -artifact_prefix="$out/$target-" "$out/$target" "fuzz/corpus/$target"
done
