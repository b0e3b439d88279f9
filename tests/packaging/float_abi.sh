#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# A program of another float ABI is refused by the linker. FLOAT_ABI is that of the archive.
. "$(dirname "$0")/common.sh"
case $FLOAT_ABI in
soft) other=(-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard) ;;
hard) other=(-mfloat-abi=soft) ;;
ilp32) other=(-march=rv32imafc -mabi=ilp32f) ;;
esac
# It links with the ABI of the archive, so that nothing else can be what is refused.
link "$work/alike" "$archive" -Wl,-u,swmgmt_boot
if link "$work/program" "${other[@]}" -nostdlib "$archive" -Wl,-u,swmgmt_boot \
    -Wl,--unresolved-symbols=ignore-all >"$work/refusal"; then
    echo "a program with ${other[*]} takes the archive for FLOAT_ABI=$FLOAT_ABI"
    exit 1
fi
grep -E 'swmgmt.*(uses VFP register arguments|does not)|VFP register arguments, .*swmgmt|float.*modules' \
    "$work/refusal" | head -n 1 | sed 's/^/refused: /' | grep . || { cat "$work/refusal"; exit 1; }
