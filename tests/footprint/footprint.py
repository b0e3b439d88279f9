# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Measures, prints, writes and compares. See scripts/footprint.sh."""
import sys

from flash import Flash


def quick(out):
    flash = Flash(out, "m4", "s")
    print(f"{'flash on M4, opt s':58}{'library':>8}{'libc':>6}{'RAM':>5}")
    rows = flash.rows()
    base = rows["no part"][1]
    for name, (about, size, libc, ram) in rows.items():
        more = f"  (+{size - base})" if name.startswith("part ") else ""
        print(f"{about[:57]:58}{size:8}{libc:6}{ram:5}{more}")
    print("largest symbols of all:")
    for size, symbol in flash.largest("all", 20):
        print(f"{size:8} {symbol}")


def main():
    out, rustc, mode = sys.argv[1], sys.argv[2], (sys.argv[3:] or [""])[0]
    if mode == "--quick":
        quick(out)


main()
