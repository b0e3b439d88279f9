#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# test.sh [STEP...]: installs what is missing (setup.sh), then runs everything, or the steps
# that are named, and ends with one line: how many checks passed and failed, over all
# runners. Full output is in BUILD/logs. The steps, of which targets, footprint, bundles and
# teeth are about microcontrollers:
#   rust tools c targets footprint bundles teeth abi undefined address valgrind style header demo interop formats
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build}
logs=$build/logs
mkdir -p "$logs"
cd "$root" || exit 1
steps="rust tools c targets footprint bundles teeth abi undefined address valgrind style header demo interop formats"
[ $# -gt 0 ] || set -- $steps
for name in "$@"; do
    [[ " $steps " == *" $name "* ]] || {
        echo "test.sh: there is no step '$name'; there are: $steps" >&2
        exit 2
    }
done
scripts/setup.sh "$(printf '%s\n' "$@" | grep -qxE 'targets|footprint|bundles|teeth' && echo targets)" || exit 1
passed=0 failed=0 skipped=0 broken=()
jobs=$(nproc 2>/dev/null || echo 2)
command -v ninja >/dev/null && export CMAKE_GENERATOR=Ninja

# What a runner's closing lines say: "PASSED FAILED SKIPPED".
count() {
    case $1 in
    cargo) awk '/^test result:/ { gsub(/;/, ""); p += $4; f += $6; s += $8 }
                END { print p + 0, f + 0, s + 0 }' ;;
    ctest) awk '/tests? passed, .* tests? failed out of/ { f = $4; p = $NF - $4 }
                END { print p + 0, f + 0, 0 }' ;;
    pytest) awk '/ (passed|failed|error|errors|skipped).* in [0-9.]+s/ { line = $0 }
                 END { n = split(line, word, /[ ,=]+/); p = f = s = 0
                       for (i = 2; i <= n; i++) {
                           if (word[i] == "passed") p = word[i - 1]
                           if (word[i] ~ /^(failed|errors?)$/) f += word[i - 1]
                           if (word[i] == "skipped") s = word[i - 1] }
                       print p, f, s }' ;;
    check) echo "0 0 0" ;;
    esac
}

# step NAME RUNNER COMMAND...: a command that fails without a count of failures is one.
step() {
    local name=$1 runner=$2 log=$logs/$1.log status=0 start=$SECONDS p f s
    shift 2
    "$@" >"$log" 2>&1 </dev/null || status=$?
    read -r p f s < <(count "$runner" <"$log")
    if [ $status -ne 0 ] && [ "$f" = 0 ]; then
        f=1
    elif [ $status -eq 0 ] && [ "$p$f" = 00 ]; then
        if [ "$runner" = check ]; then p=1; else f=1; echo "no test was run" >>"$log"; fi
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-22s %5d passed %4d failed %4d skipped %5d s\n' "$name" "$p" "$f" "$s" $((SECONDS - start))
    if [ "$f" -ne 0 ]; then
        broken+=("$name")
        grep -E '^(error|FAILED)|[*]{3}|\bFAIL|wanted .* got|not ok' "$log" | head -n 20 | sed 's/^/    /'
        tail -n 25 "$log" | cut -c1-300 | sed 's/^/    /'
    fi
}

skip() {
    skipped=$((skipped + 1))
    printf '%-22s skipped: %s\n' "$1" "$2"
}

# c_tests DIRECTORY CMAKE-ARGUMENTS...: configure, build, ctest
c_tests() {
    local directory=$1
    shift
    cmake -S . -B "$directory" "$@" &&
        cmake --build "$directory" -j "$jobs" &&
        ctest --test-dir "$directory" -j "$jobs" --output-on-failure
}

valgrind_tests() {
    c_tests "$build/valgrind" -DSWMGMT_SANITIZE=debug \
        "-DSWMGMT_TEST_LAUNCHER=valgrind;--quiet;--leak-check=full;--error-exitcode=9"
}

build_target() { # PRESET
    cmake --preset "$1" -B "$build/$1" && cmake --build "$build/$1" -j 1
}

target_tests() { # PRESET
    build_target "$1" && ctest --test-dir "$build/$1" -j "$jobs" --output-on-failure
}

# Every preset but this machine's, which is step c. Most of a build is Rust's core, which
# one processor compiles: so they are built side by side, and then tested.
targets() {
    local preset presets start=$SECONDS
    presets=$(cmake --list-presets | sed -n 's/^ *"\(.*\)"$/\1/p' | grep -vx linux-x86-64)
    for preset in $presets; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        build_target "$preset" >/dev/null 2>&1 &
    done
    wait
    printf '%-70s %5d s\n' "targets are built" $((SECONDS - start))
    for preset in $presets; do
        step "$preset" ctest target_tests "$preset"
    done
}

# Of what the step "targets" has built, as far as it was run.
bundles() {
    export BUILD=$build DIST=$build/dist
    step bundles check scripts/bundle.sh
    step bundles-walk check tests/packaging/bundle_walk.sh
    step bundles-same check tests/packaging/reproducible.sh
}

on_clang() {
    c_tests "$build/$1" -DCMAKE_C_COMPILER=clang "-DSWMGMT_SANITIZE=$1"
}

# `swmgmt`, which makes packages for the tests.
export SWMGMT_COMMAND=$build/tools/debug/swmgmt
command_is_built() {
    cargo build --locked --manifest-path tools/Cargo.toml --target-dir "$build/tools"
}

# A whole update, and everything around it, in the device itself; and packages.
device_life() { # PROGRAM
    command_is_built && tests/interop/run.sh "$1" test_lifecycle.py test_packages.py test_images.py \
        -k "life or update or attempts or from_the_key or keys_that or every_other or signed_images"
}

device_in_valgrind() {
    printf '#!/bin/sh\nexec valgrind --quiet --error-exitcode=9 "%s" "$@"\n' \
        "$build/valgrind/swmgmt_device" >"$build/valgrind/device.sh" &&
        chmod +x "$build/valgrind/device.sh" && device_life "$build/valgrind/device.sh"
}

interop() {
    cmake --build "$build/release" --target swmgmt_device && command_is_built &&
        tests/interop/run.sh "$build/release/swmgmt_device"
}

formats() {
    cmake --build "$build/release" --target swmgmt_formats_device &&
        tests/formats/run.sh "$build/release/swmgmt_formats_device"
}

mcuboot() {
    command_is_built && tests/mcuboot/run.sh "$SWMGMT_COMMAND"
}

# The header is made by this release of cbindgen; others word it differently.
header_is_fresh() {
    local wanted=0.29.4 cbindgen=cbindgen
    if [ "$(cbindgen --version 2>/dev/null)" != "cbindgen $wanted" ]; then
        cbindgen=$build/cbindgen/bin/cbindgen
        [ -x "$cbindgen" ] ||
            cargo install --quiet --locked --root "$build/cbindgen" cbindgen --version "$wanted" || return 1
    fi
    "$cbindgen" --config cbindgen.toml --verify --output include/swmgmt.h || return 1
    ! grep -n '^#define [^S]' include/swmgmt.h # a constant of ours that should be pub(crate)
}

run() {
    case $1 in
    rust)
        step rust cargo cargo test --locked --target-dir "$build/rust"
        sed 's/^/    /' "$build/rust/tmp/rooms.md" ;; # who imports whom, by tests/rooms.rs
    tools) step tools cargo cargo test --locked --manifest-path tools/Cargo.toml \
        --target-dir "$build/tools" ;;
    c) step c ctest c_tests "$build/release" ;;
    targets) targets ;;
    footprint)
        step footprint check env "BUILD=$build" scripts/footprint.sh --check
        sed -n '/^| on Cortex-M4/,/^$/s/^|/    |/p' "$logs/footprint.log" ;;
    bundles) bundles ;;
    teeth)
        step teeth check tests/packaging/teeth.sh
        step teeth-m4 check env 'PROOFS=float_abi|memcpy' tests/packaging/teeth.sh --preset m4 ;;
    abi) step abi check scripts/abi.sh ;;
    undefined | address)
        if command -v clang >/dev/null; then
            step "$1" ctest on_clang "$1"
            step "$1-device" pytest device_life "$build/$1/swmgmt_device"
        else
            skip "$1" "no clang"
        fi ;;
    valgrind)
        if command -v valgrind >/dev/null; then
            step valgrind ctest valgrind_tests
            step valgrind-device pytest device_in_valgrind
        else
            skip valgrind "no valgrind"
        fi ;;
    style)
        if cargo fmt --version >/dev/null 2>&1; then
            step fmt check cargo fmt --check
            step fmt-tools check cargo fmt --check --manifest-path tools/Cargo.toml
        else
            skip fmt "no rustfmt"
        fi
        if cargo clippy --version >/dev/null 2>&1; then
            step clippy check cargo clippy --locked --lib --target-dir "$build/rust" -- -D warnings
            step clippy-tools check cargo clippy --locked --manifest-path tools/Cargo.toml \
                --target-dir "$build/tools" -- -D warnings
        else
            skip clippy "no clippy"
        fi ;;
    header) step header check header_is_fresh ;;
    interop) step interop pytest interop ;;
    formats)
        step formats pytest formats
        step packages check tests/packages/run.sh
        step mcuboot pytest mcuboot ;;
    demo) step demo check env "BUILD=$build/release" scripts/demo.sh ;;
    esac
}

for name in "$@"; do
    run "$name"
done
[ ${#broken[@]} -eq 0 ] || echo "failed: ${broken[*]} (logs are in $logs)"
summary="$passed passed, $failed failed"
[ $skipped -eq 0 ] || summary+=", $skipped skipped"
echo "$summary"
[ $failed -eq 0 ]
