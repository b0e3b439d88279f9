#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# setup.sh [targets]: installs on Debian 12 (and its kin) what demo.sh and test.sh need;
# with "targets" also the cross compilers, QEMU, and the source of Rust's core. What is
# there already is left alone; without root it uses sudo.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'' | targets) ;;
*)
    echo "setup.sh: there is no '$1'" >&2
    exit 2 ;;
esac

packages=(cmake ninja-build gcc g++ libc6-dev binutils clang libclang-rt-14-dev llvm valgrind pkg-config
          libcoap3-dev libcoap3-bin libmbedtls-dev python3 python3-venv abigail-tools)
if [ "${1:-}" = targets ]; then
    packages+=(gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf
               gcc-multilib lld libc6-dev-armhf-cross libgcc-12-dev-armhf-cross libc6-dev-arm64-cross
               libgcc-12-dev-arm64-cross qemu-system-arm qemu-system-misc qemu-user
               cargo-web rustc-web rust-web-src)
fi
rust_needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

# 1.87 <= 1.95.0
rust_is_new_enough() {
    local version
    version=$(cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9.]*\).*/\1/p')
    [ -n "$version" ] && printf '%s\n%s\n' "$rust_needed" "$version" | sort -V -C
}

rust_is_new_enough ||
    packages+=(cargo-web rustc-web rust-web-clippy rustfmt-web) # Debian 12's newer Rust

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' ||
        missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-remove --no-install-recommends "${missing[@]}"
fi
hash -r
rust_is_new_enough || {
    echo "$(command -v cargo) is older than $rust_needed; put a newer one first in PATH" >&2
    exit 1
}
echo "ready: $(cargo --version), $(cmake --version | head -n 1)"
