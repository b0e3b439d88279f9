#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# fuzz.sh [SECONDS [TARGET...]]: feeds made-up input to fuzz/targets, SECONDS (60) long each,
# guided by what code it reaches in the library (libFuzzer). Targets in C speak to the
# archive through the header, with the address sanitizer, and are linked by clang; those in
# Rust speak to the crate (libfuzzer-sys; no nightly Rust). It begins with fuzz/corpus; what
# it finds is kept in build/fuzz, and so is an input that fails, which is the status then.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- $(basename -s .c fuzz/targets/*.c) $(basename -s .rs fuzz/targets/*.rs)
out=${BUILD:-$PWD/build}/fuzz
mkdir -p "$out"
host=$(rustc -vV | sed -n 's/^host: //p')
coverage='--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares'

# With --target, the flags are not for build scripts.
cargo_with() { # FLAGS CARGO-ARGUMENTS...
    local flags="$1"
    shift
    RUSTFLAGS=$(echo $coverage $flags) cargo "$@" --quiet --locked --release --target "$host" --target-dir "$out/cargo"
}

made=
for target in "$@"; do
    if [ -f "fuzz/targets/$target.c" ]; then
        # The sanitizer's runtime is clang's.
        [ "$made" ] || RUSTC_BOOTSTRAP=1 cargo_with "-Zsanitizer=address -Zexternal-clangrt -Cdebug-assertions" \
            rustc --lib --crate-type staticlib --features std --config 'profile.release.lto=false'
        made=1
        clang -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror -g -O1 \
            -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude "fuzz/targets/$target.c" \
            tests/c/{fake,packed,keyed,digest}.c \
            "$out/cargo/$host/release/libswmgmt.a" -lgcc_s -lpthread -lm -ldl -o "$out/run-$target"
    else
        cargo_with "" build --manifest-path fuzz/Cargo.toml --bin "$target"
        cp "$out/cargo/$host/release/$target" "$out/run-$target"
    fi
done
status=0
for target in "$@"; do
    mkdir -p "$out/$target" "fuzz/corpus/$target"
    echo "== $target, $seconds s"
    "$out/run-$target" -max_total_time="$seconds" -max_len=600 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -dict=fuzz/words.dict -artifact_prefix="$out/$target-" "$out/$target" "fuzz/corpus/$target" || status=1
done
exit $status
