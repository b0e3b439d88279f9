#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# footprint.sh [--quick | --write | --check]: what the library costs on a microcontroller.
# Installs what is missing (setup.sh), builds, links, runs and measures, and prints it all.
#   --write  records it: docs/footprint.csv, and docs/footprint.md made from that
#   --check  compares it with the record: more than 3 % worse with the same compilers fails
#   --quick  flash on Cortex-M4 only, and nothing is installed
# Rust's core is compiled from source, and so without frame pointers (cmake/target_spec.cmake).
# SWMGMT_CARGO names a cargo whose rustc has the source of Rust's library beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-}
case $mode in
'' | --quick | --write | --check) ;;
*)
    echo "footprint.sh: there is no '$mode'" >&2
    exit 2 ;;
esac
[ "$mode" = --quick ] || scripts/setup.sh targets >/dev/null
out=${BUILD:-build}/footprint
cargo=${SWMGMT_CARGO:-/usr/bin/cargo}
bin=$(dirname "$cargo")

# Newer releases of cargo ask for leave to take a target file.
leave=()
[[ $(RUSTC_BOOTSTRAP=1 "$cargo" -Zhelp) != *json-target-spec* ]] || leave=(-Zjson-target-spec)

# The archive as firmware links it: without Rust's own memcpy and its kin. FRAMES: with the
# frame pointers of rustc's own target.
archive() { # BOARD RUST-TARGET OPT-LEVEL AR [FRAMES]
    local at=$out/$1-$3${5:+-$5} cargo_dir=$out/cargo-$3${5:+-$5} target=("$2") made
    mkdir -p "$at"
    if [ -z "${5-}" ]; then
        cmake -D "RUSTC=$bin/rustc" -D "TARGET=$2" -D "FOLDER=$out/rust-target" -P cmake/target_spec.cmake
        [ ! -e "$out/rust-target/$2.json" ] || target=("$out/rust-target/$2.json" "${leave[@]}")
    fi
    RUSTC_BOOTSTRAP=1 RUSTC=$bin/rustc RUSTDOC=$bin/rustdoc RUSTFLAGS=-Zemit-stack-sizes \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=$3 "$cargo" rustc --quiet --locked --release --lib \
        --crate-type staticlib --features panic-handler -Zbuild-std=core --target "${target[@]}" \
        --target-dir "$cargo_dir"
    made=$cargo_dir/$2/release/libswmgmt.a
    cmake -D "AR=$4" -D "FROM=$made" -D "TO=$at/libswmgmt.a" -P cmake/remove_builtins.cmake
}

archive m4 thumbv7em-none-eabi s arm-none-eabi-ar
if [ "$mode" != --quick ]; then
    archive m4 thumbv7em-none-eabi z arm-none-eabi-ar
    archive m4 thumbv7em-none-eabi s arm-none-eabi-ar frames
    archive m0 thumbv6m-none-eabi s arm-none-eabi-ar
    archive rv32imc riscv32imc-unknown-none-elf s riscv64-unknown-elf-ar
fi
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/footprint/footprint.py "$out" "$("$bin/rustc" --version)" $mode
