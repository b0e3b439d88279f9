# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Measures, prints, records and compares. See scripts/footprint.sh."""
import collections
import pathlib
import re
import subprocess
import sys

import record
import target
from flash import CONTAINERS, HEAD, RAW, Flash
from stack import Program

DOCS = target.ROOT / "docs"
LARGEST = 20
OTHERS = "deepest of the others"
BASES = {"text": "all", "mcuboot": "no part", "package": "mcuboot"}
SIGNED = ["package", "mcuboot", "names", "ed25519"]
WHOLE = ("calls", "push", "all", "signed", "raw")  # rows that are whole firmwares


def flash_figures(flash, column):
    """Flash of every row, as figures and for the reader."""
    figures, rows = {}, flash.rows()
    for name, (_, size, libc, ram) in rows.items():
        if ram != 0:
            raise SystemExit(f"footprint: {ram} bytes of .data and .bss in '{name}'")
        base = BASES.get(name, "no part" if name.startswith(("part ", "with ")) else None)
        if base:
            size, libc = size - rows[base][1], libc - rows[base][2]
        figures["flash", name, column] = size
        figures["flash", name, column + " libc"] = libc
    return figures


def symbol_figures(flash):
    figures = collections.Counter({("room", room, ""): size for room, size in flash.rooms("signed").items()})
    for size, symbol in flash.largest("all", LARGEST):
        figures["symbol", symbol, ""] += size
    return figures


def demangled(name):
    text = subprocess.run(["arm-none-eabi-c++filt", name], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\[[0-9a-f]+\]", "", text.strip())


def stack_program(flash, suffix):
    """The program that paints: of pushes only, without SHA-256, with it, or with signed packages."""
    others = [part for part in flash.parts if part not in ("crc32", "crc32_small", "sha256", *CONTAINERS)]
    parts = {" push": ["crc32_small"], "": [*others, "crc32_small"], " sha": [*others, "sha256"],
             " signed": [*others, "sha256", *SIGNED]}[suffix]
    return target.build(flash, "stack" + suffix.strip(), "stack.c", parts,
                        f"-DWITH_SHA256={int('sha256' in parts)}", f"-DWITH_PACKAGES={int('package' in parts)}",
                        f"-DPUSH_ONLY={int(suffix == ' push')}")


def painted_stack(flash, suffix, elf):
    """{function: bytes}, of every function that such a firmware has."""
    painted = target.run(elf)
    functions = [name for name in flash.functions if suffix == " signed" or name not in HEAD]
    missing = {f"swmgmt_{name}" for name in functions} ^ set(painted)
    if missing:
        raise SystemExit(f"footprint: stack.c and the library do not agree on {missing}")
    kept = flash.push() if suffix == " push" else functions
    return {name: painted[name] for name in sorted(painted) if name.removeprefix("swmgmt_") in kept}


def stack_figures(flash):
    """Painted and static, of each of these programs."""
    figures, deepest = {}, collections.Counter()
    for suffix in (" push", "", " sha", " signed"):
        elf = stack_program(flash, suffix)
        painted, program = painted_stack(flash, suffix, elf), Program(elf)
        for name, seen in painted.items():
            static, way = program.depth(name)
            if seen > static:
                raise SystemExit(f"footprint: {name} has used {seen} bytes of stack, "
                                 f"more than the {static} of {' -> '.join(map(demangled, way))}")
            for column, size in [("painted", seen), ("static", static)]:
                figures["stack", name, column + suffix] = size
                raw = name.removeprefix("swmgmt_") in RAW
                key = "deepest of payloads as they come" if raw else OTHERS
                deepest[key, column + suffix] = max(deepest[key, column + suffix], size)
        for name, addresses in sorted(program.indirect.items()):
            if name in program.stated:
                led = collections.defaultdict(set)
                for at in addresses:
                    led[program.places[at].split(":")[0]] |= program.targets(at) or {"callbacks"}
                for file, names in led.items():
                    figures["indirect", demangled(name), file] = ", ".join(sorted(map(demangled, names)))
    figures.update({("stack", *key): size for key, size in deepest.items()})
    return figures


def count_figures(flash, opt):
    figures = {}
    for name, number in target.count(flash).items():
        kind, _, what = name.partition(" ")
        if kind == "memory" and opt == "s":
            figures["memory", what, ""] = number
        elif kind == "count":
            figures["count", what, opt] = number
    for name in [name for _, name, _ in figures if name.startswith("push 1024 ")]:
        more = figures["count", name, opt] - figures["count", name.replace("1024", "512"), opt]
        figures["count", name.replace("push 1024 bytes, ", "1,000 bytes more, "), opt] = round(more * 1000 / 512)
    return figures


def frame_figures(flash):
    """What the same costs with frame pointers, as far as a reader compares it."""
    figures = {("flash", name, "m4 s"): row[1] for name, row in flash.rows(WHOLE).items()}
    for suffix in (" push", ""):
        painted = painted_stack(flash, suffix, stack_program(flash, suffix))
        figures["stack", OTHERS, "painted" + suffix] = max(
            size for name, size in painted.items() if name.removeprefix("swmgmt_") not in RAW)
    figures.update({key: value for key, value in count_figures(flash, "s").items() if key[0] == "count"})
    return {("frames " + kind, name, column): value for (kind, name, column), value in figures.items()
            if (kind, name, column) in record.FRAMES}


def measure(out, rustc):
    figures = {("compiler", "rust", ""): rustc}
    for name, prefix in [("arm", "arm-none-eabi-"), ("riscv", "riscv64-unknown-elf-")]:
        version = subprocess.run([prefix + "gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
        figures["compiler", name, ""] = f"{prefix}gcc {version.stdout.strip()}"
    m4 = Flash(out, "m4", "s")
    m4_z = Flash(out, "m4", "z")
    figures.update(flash_figures(m4, "m4 s"))
    figures.update(flash_figures(m4_z, "m4 z"))
    figures.update(flash_figures(Flash(out, "m0", "s"), "m0 s"))
    figures.update(flash_figures(Flash(out, "rv32imc", "s"), "rv32imc s"))
    figures.update(symbol_figures(m4))
    figures.update(stack_figures(m4))
    figures.update(count_figures(m4, "s"))
    figures.update(count_figures(m4_z, "z"))
    figures["memory", "names of 32 bytes", ""] = (figures["memory", "of push, 1 instance, names of 32 bytes", ""] -
                                                  figures["memory", "of push, 1 instance, no names", ""])
    figures.update(frame_figures(Flash(out, "m4", "s-frames")))
    return figures


def check(figures):
    text = (DOCS / "footprint.csv").read_text()
    recorded = record.load(text)
    failures, warnings = record.compare(recorded, figures)
    if not failures and (DOCS / "footprint.md").read_text() != record.render(recorded):
        failures.append("docs/footprint.md is not what docs/footprint.csv makes: run scripts/footprint.sh --write")
    for line in warnings:
        print("footprint: note:", line)
    for line in failures:
        print("footprint: FAIL:", line)
    return 1 if failures else 0


def quick(out):
    flash = Flash(out, "m4", "s")
    print(f"{'flash on M4, opt s':58}{'library':>8}{'libc':>6}{'RAM':>5}")
    rows = flash.rows()
    for name, (about, size, libc, ram) in rows.items():
        more = f"  (+{size - rows['no part'][1]})" if name.startswith("part ") else ""
        print(f"{about[:57]:58}{size:8}{libc:6}{ram:5}{more}")
    print("largest symbols of all:")
    for size, symbol in flash.largest("all", LARGEST):
        print(f"{size:8} {symbol}")


def main():
    out, rustc, mode = pathlib.Path(sys.argv[1]), sys.argv[2], (sys.argv[3:] or [""])[0]
    if mode == "--quick":
        return quick(out)
    figures = measure(out, rustc)
    if mode == "--write":
        (DOCS / "footprint.csv").write_text(record.dump(figures))
        (DOCS / "footprint.md").write_text(record.render(figures))
    if mode == "--check":
        print(record.aims(figures))
        return check(figures)
    print(record.render(figures))
    return 0


sys.exit(main())
