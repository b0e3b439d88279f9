# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The figures as a file: docs/footprint.csv is what is compared, docs/footprint.md is
made from it. A figure is (kind, name, column) -> value; less is better."""
import csv
import io

TOLERANCE = 3  # per cent


def dump(figures):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows((*key, value) for key, value in figures.items())
    return out.getvalue()


def load(text):
    return {tuple(row[:3]): int(row[3]) if row[3].isdigit() else row[3] for row in csv.reader(io.StringIO(text))}


def compare(recorded, measured):
    """(failures, warnings), as texts."""
    failures, warnings = [], []
    compilers = [key for key in recorded if key[0] == "compiler"]
    same = True
    for key in compilers:
        if recorded[key] != measured.get(key):
            same = False
            warnings.append(f"another compiler: recorded with {recorded[key]}, measured with {measured.get(key)}")
    for key, old in recorded.items():
        name = " ".join(key)
        if key[0] in ("compiler", "symbol", "indirect"):
            continue
        if key not in measured:
            failures.append(f"{name}: recorded, but not measured any more")
            continue
        new = measured[key]
        if 100 * new > (100 + TOLERANCE) * old:
            (failures if same else warnings).append(f"{name}: {old} recorded, {new} measured")
        elif 100 * new < (100 - TOLERANCE) * old:
            warnings.append(f"{name}: {old} recorded, only {new} measured: record it (--write)")
    new_ones = [" ".join(key) for key in measured if key not in recorded and key[0] not in ("symbol", "indirect")]
    failures += [f"{name}: measured, but not recorded" for name in new_ones]
    return failures, warnings


READ, WRITE, EXECUTE, CHUNK = [("count", name, "s") for name in (
    "read 9/x/7", "write 9/x/8", "execute 9/x/10, synchronous", "push 512 bytes, no digest")]
STACK_OF_PUSH, STACK_OF_ALL = [("stack", "deepest of the others", column) for column in ("painted push", "painted")]
AIMS = [  # what, figures that are added up, must, moonshot
    ("flash: calls of a push-only firmware", [("flash", "calls", "m4 s")], 9000, 7000),
    ("flash: push, every function, small CRC-32", [("flash", "push", "m4 s")], 12500, 10000),
    ("flash: all", [("flash", "all", "m4 s")], 19000, 15000),
    ("flash: signed", [("flash", "signed", "m4 s")], 30500, 24000),
    ("flash: raw", [("flash", "raw", "m4 s")], 35000, 28000),
    ("instructions: read 9/x/7", [READ], 160, 100),
    ("instructions: write 9/x/8", [WRITE], 700, 300),
    ("instructions: execute (Activate, synchronous)", [EXECUTE], 900, 500),
    ("instructions: next chunk of 512 bytes, no digest", [CHUNK], 900, 600),
    ("deepest stack without SHA-256, painted: push only", [STACK_OF_PUSH], 300, 220),
    ("deepest stack without SHA-256, painted: all", [STACK_OF_ALL], 400, 300),
    ("RAM: context, instance with names of 32 bytes, and deepest stack of push only",
     [("memory", "context", ""), ("memory", "instance without text", ""), ("memory", "names of 32 bytes", ""),
      STACK_OF_PUSH], 550, 450),
]
# What is measured with frame pointers, too.
FRAMES = {key: what for what, keys, _, _ in AIMS if len(keys) == 1 for key in keys}


def number(value):
    return f"{value:,}" if isinstance(value, int) else value


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(number(cell) for cell in row) + " |" for row in rows])


def pivot(figures, kind, first, columns):
    names = dict.fromkeys(name for k, name, _ in figures if k == kind)
    rows = [(name, *(figures.get((kind, name, column), "") for column in columns)) for name in names]
    return table([first, *columns.values()], rows)


def aims(figures):
    rows = []
    for what, keys, must, moonshot in AIMS:
        measured = sum(figures[key] for key in keys)
        ratio = f"{measured / must:.2f}"
        rows.append((what, measured, must, ratio if measured <= must else f"**{ratio}**", moonshot))
    return table(["on Cortex-M4, opt-level s", "measured", "must", "ratio", "moonshot"], rows)


def frames(figures):
    rows = []
    for key, what in FRAMES.items():
        before, after = figures["frames " + key[0], *key[1:]], figures[key]
        rows.append((what, before, after, f"{100 * (after - before) / before:+.1f} %"))
    return table(["on Cortex-M4, opt-level s", "with", "without", ""], rows)


def render(figures):
    compilers = ", ".join(value for key, value in figures.items() if key[0] == "compiler")
    symbols = [(f"`{name}`", value) for (kind, name, _), value in figures.items() if kind == "symbol"]
    calls = [(f"`{name}`", place, value if value == "callbacks" else f"`{value}`") for (kind, name, place), value in figures.items() if kind == "indirect"]
    return f"""# What it costs

Made by `scripts/footprint.sh --write` from `docs/footprint.csv`; do not edit.
`scripts/footprint.sh --check` measures again and fails where a figure has become more
than {TOLERANCE} % worse with the same compilers: {compilers}.

Rust's core is compiled from source, without the frame pointers that rustc's Cortex-M targets
force (`cmake/target_spec.cmake`, docs/targets.md); the last section has them. A ratio in bold is
a figure above what it must be.

{aims(figures)}

## Flash

Growth of a linked program: the same empty program, linked without the library and with it
(`.text`, `.rodata`, `.data`), while `-u` keeps the functions and the parts.
compiler_builtins is taken out of the archive. What comes from the C library and from libgcc
(`memcpy`, `memset`, divisions) has its own column: most firmware has it already. `.data` and
`.bss` are empty in every row.

`calls` is what an Anjay-like firmware calls for push: `swmgmt_` init_abi, add, boot, poll,
done, read, push, execute, next_change. `push` is every function but swmgmt_fetched and those
of `text`, and the small CRC-32. `all` is every function but those of
`text`, and every part but the two CRC-32 and the Content-Formats. None of them has
swmgmt_request and swmgmt_front, which are for engines that hand payloads over as they came:
`with` is what these add to `no part`, and `raw` is `all` with them and every format. A `part`
is what it adds to `no part`, formats without swmgmt_request, too; `text` is what strerror,
state_name, result_name and operation_name add to `all`. Packages in containers are in none of
these: `mcuboot` is what SHA-256 and MCUboot images add to `no part`, `package` what docs/package.md
adds to that, and `signed` is `all` with both, with SHA-256 and with Ed25519.

{pivot(figures, "flash", "bytes", {
    "m4 s": "M4", "m4 s libc": "C library", "m4 z": "M4, opt z", "m4 z libc": "C library",
    "m0 s": "M0", "m0 s libc": "C library", "rv32imc s": "rv32imc", "rv32imc s libc": "C library"})}

Of what `signed` adds to `all` on M4 at opt s, by itself each; what is left of it are policy, keys,
rollback, names and components of packages, and their place in memory and in the record:

{pivot(figures, "room", "flash", {"": "bytes"})}

The largest symbols of `all` on M4 at opt s:

{table(["symbol", "bytes"], symbols)}

## RAM

All of it is the caller's, `swmgmt_memory()` bytes; on a 32-bit target:

{pivot(figures, "memory", "bytes", {"": "bytes"})}

The first four and the last are differences of such figures: each further instance adds its line
and its names, each transfer its line (and 256 bytes where Package URIs are offered), a transfer has
room for SHA-256 in any case.

## Stack

The deepest stack of every function, in bytes, without the firmware's own callbacks.
*Painted*: seen in QEMU, over whole lives with a power cut after every call, with operations
that are done at once, are pending and fail, and with saves that fail. *Static*: what the
compiler states for every function, along the deepest way that the disassembly of the linked
program has. Painted is never more than static, or the check fails. *Push only* names no part but
the small CRC-32, and has no Package URI, components and records.

{pivot(figures, "stack", "function", {
    "painted push": "painted, push only", "static push": "static, push only",
    "painted": "painted, CRC-32", "static": "static, CRC-32", "painted sha": "painted, SHA-256",
    "static sha": "static, SHA-256", "painted signed": "painted, signed", "static signed": "static, signed"})}

The indirect calls, and where they lead. Those of the boundary `ffi` lead to the firmware's
callbacks, because the rest of the library denies unsafe code. The others lead into parts:
where in a part's table the function is loaded from, the disassembly shows, and which field
that is, the source at that line; where one of them tells nothing, all that is possible counts.

{table(["function", "source", "leads to"], calls).replace("---:", "---")}

## Instructions

Counted by QEMU on the M4 with `-icount`: exact, and the same in every run. They are
instructions, not cycles. Those of callbacks are in it, which here do nothing but answer; the
four instances have no names. *Everything on*: with all callbacks (records are saved) and all
parts. Per byte: the difference of a chunk of 1,024 and one of 512 bytes.

{pivot(figures, "count", "call", {"s": "opt s", "z": "opt z"})}

## Frame pointers

What the same archive costs if it is built for rustc's own target, which forces frame pointers. So
is one with rustup's ready-made core. rustc's RISC-V targets have none.

{frames(figures)}
"""
