#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# rust.sh CMAKE SOURCE: which Rust is taken, and what cargo is told. A stand-in for cargo
# and rustc, with and without the target's library and core's source, writes it down: so
# this also shows what a rustup user gets, without rustup's targets.
set -euo pipefail
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja
cmake=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=thumbv7em-none-eabi
failed=0

# rust NAME VERSION SPEC LEAVE: makes a toolchain in $work/NAME, which says SPEC of a target and
# whose cargo has the -Z option LEAVE
rust() {
    local root=$work/$1
    mkdir -p "$root/bin"
    cat >"$root/bin/rustc" <<END
#!/bin/sh
case "\$*" in
-vV) printf 'rustc\nhost: x86_64-unknown-linux-gnu\nrelease: $2\n' ;;
"--print sysroot") echo "$root" ;;
"--print target-libdir --target $target") echo "$root/lib/rustlib/$target/lib" ;;
*target-spec-json*) echo '$3' ;;
*) exit 1 ;;
esac
END
    cat >"$root/bin/cargo" <<END
#!/bin/sh
[ "\$*" != -Zhelp ] || { echo "-Z $4" && exit; }
echo "bootstrap=\$RUSTC_BOOTSTRAP rustc=\$RUSTC rustdoc=\$RUSTDOC \$*" >"$root/told"
END
    chmod +x "$root/bin/rustc" "$root/bin/cargo"
}

# configure RUST ARGUMENTS...: swmgmt alone, with nothing but its archive
configure() {
    rm -rf "$work/build"
    "$cmake" -S "$source" -B "$work/build" -DSWMGMT_BUILD_TESTS=OFF \
        -DSWMGMT_BUILD_EXAMPLES=OFF -DSWMGMT_RUST_TARGET=$target \
        "-DSWMGMT_CARGO=$work/$1/bin/cargo" "${@:2}" >"$work/log" 2>&1
}

# told RUST ARGUMENTS...: what cargo is told
told() {
    configure "$@" && "$cmake" --build "$work/build" --target swmgmt_cargo >"$work/log" 2>&1 ||
        { cat "$work/log" && return 1; }
    cat "$work/$1/told"
}

# check WHAT PATTERN TEXT: with an extended regular expression
check() {
    if ! grep -qE -- "$2" <<<"$(tr '\n' ' ' <<<"$3" | tr -s ' ')"; then
        printf '%s: wanted %s in\n%s\n' "$1" "$2" "$3"
        failed=1
    fi
}

# refused RUST ARGUMENTS...: what the configuration says when it fails
refused() {
    if configure "$@"; then echo "it was not refused"; else cat "$work/log"; fi
}

frames='{"frame-pointer": "always", "is-builtin": true, "target-pointer-width": 32}'
rust library 1.95.0 "$frames" json-target-spec
mkdir -p "$work/library/lib/rustlib/$target/lib"
rust source 1.95.0 "$frames" json-target-spec
rust earlier 1.90.0 "$frames" none
rust frameless 1.95.0 '{"target-pointer-width": 32}' json-target-spec
rust strange 1.95.0 'no such option' json-target-spec
for name in source earlier frameless strange; do
    mkdir -p "$work/$name/lib/rustlib/src/rust/library"
done
rust neither 1.95.0 "$frames" json-target-spec
rust old 1.70.0 "$frames" json-target-spec

# asked TARGET...: how cargo is asked for one
asked() { echo "rustc --locked --lib --crate-type staticlib --profile release $* --manifest-path $source/Cargo.toml"; }
common=$(asked --target $target)
spec=$work/build/rust-target/$target.json
without="--target $spec"
tail="--features panic-handler --target-dir $work/build/cargo"
tools() { echo "rustc=$work/$1/bin/rustc rustdoc=$work/$1/bin/rustdoc"; }

check "a library: rustup after 'rustup target add'" "^bootstrap= $(tools library) $common $tail *\$" "$(told library)"
check "only the source" "^bootstrap=1 $(tools source) $(asked -Zjson-target-spec "$without") -Zbuild-std=core $tail *\$" "$(told source)"
check "the target's own words, but no frame pointers" \
    '^\{ "frame-pointer" : "may-omit", "target-pointer-width" : 32 \}' "$(cat "$spec")"
check "the source, and a cargo that asks for no leave" "$(tools earlier) $(asked "$without") -Zbuild-std=core " "$(told earlier)"
check "the source, and a target without frame pointers" "$(tools frameless) $common -Zbuild-std=core " "$(told frameless)"
check "the source, and frame pointers" "$(tools source) $common -Zbuild-std=core " "$(told source -DSWMGMT_FRAME_POINTERS=ON)"
check "a rustc that tells nothing of a target" "-DSWMGMT_FRAME_POINTERS=ON" "$(refused strange)"
check "a library, and ON" "^bootstrap=1 .* -Zbuild-std=core " "$(told library -DSWMGMT_BUILD_STD=ON)"
check "only the source, and OFF" "^bootstrap= $(tools source) $common $tail *\$" "$(told source -DSWMGMT_BUILD_STD=OFF)"
check "neither" "neither library nor source of core for $target .*rustup target add $target .*rust-web-src .*-DSWMGMT_CARGO=/usr/bin/cargo" \
    "$(refused neither)"
check "too old" "is Rust 1.70.0, not 1" "$(refused old)"
check "an unknown target" "does not know the target no-such-target" "$(refused library -DSWMGMT_RUST_TARGET=no-such-target)"

# What is first in PATH is passed over for the system's, if that can.
check "the first in PATH" "with $work/library/bin/cargo, " \
    "$(PATH=$work/library/bin:$PATH; configure "" -DSWMGMT_CARGO= && cat "$work/log")"
if [ -d "$(/usr/bin/rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ]; then
    check "the first that can" "with /usr/bin/cargo, its core from (SOURCE|LIBRARY)" \
        "$(PATH=$work/neither/bin:$PATH; configure "" -DSWMGMT_CARGO= && cat "$work/log")"
fi

if command -v arm-none-eabi-gcc >/dev/null; then
    cross=(-DCMAKE_SYSTEM_NAME=Generic -DCMAKE_C_COMPILER=arm-none-eabi-gcc
           -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY -DSWMGMT_RUST_TARGET=)
    check "the compiler's own target" "--target $target " "$(told library "${cross[@]}" -DCMAKE_C_FLAGS=-mcpu=cortex-m4)"
    check "a compiler without a CPU" "is not known: .*-DSWMGMT_RUST_TARGET=" "$(refused library "${cross[@]}")"
fi
[ $failed = 0 ] && echo "the right Rust, told the right things"
exit $failed
