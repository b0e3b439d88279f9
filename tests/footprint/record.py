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


AIMS = [  # what, figure, must, moonshot
    ("flash: only the calls of an Anjay-like firmware", ("flash", "calls", "m4 s"), 3600, 2687),
    ("flash: push only, every function, CRC-32 and length", ("flash", "push", "m4 s"), 5120, 4096),
    ("flash: all of First light", ("flash", "all", "m4 s"), 9728, 7168),
    ("flash: MCUboot parser, with SHA-256", ("room", "MCUboot parser with SHA-256", ""), 3379, 2827),
    ("flash: parser of docs/package.md beside it", ("room", "parser of docs/package.md", ""), 2253, 2048),
    ("RAM: context", ("memory", "context", ""), 64, 40),
    ("RAM: instance without text, with 32 bytes of expected digest", ("memory", "instance without text", ""), 64, 48),
    ("RAM: transfer with SHA-256", ("memory", "transfer", ""), 200, 128),
    ("RAM: component", ("memory", "component", ""), 8, 6),
    ("deepest stack without SHA-256, painted", ("stack", "deepest of the others", "painted"), 256, 160),
    ("deepest stack with SHA-256, painted", ("stack", "deepest of the others", "painted sha"), 384, 256),
    ("instructions: read 9/x/7", ("count", "read 9/x/7", "s"), 160, 80),
    ("instructions: write 9/x/8", ("count", "write 9/x/8", "s"), 256, 128),
    ("instructions: execute synchronous (Activate)", ("count", "execute 9/x/10, synchronous", "s"), 640, 320),
    ("instructions: chunk of 1,024 bytes, small CRC-32", ("count", "push 1024 bytes, small CRC-32", "s"), 11500, 7500),
    ("instructions: chunk of 1,024 bytes, CRC-32", ("count", "push 1024 bytes, CRC-32", "s"), 11500, 7500),
    ("instructions: chunk of 1,024 bytes, SHA-256", ("count", "push 1024 bytes, SHA-256", "s"), 85000, 74000),
]


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
    rows = [(what, figures[key], "yes" if figures[key] <= must else "**no**", must, moonshot)
            for what, key, must, moonshot in AIMS]
    return table(["on Cortex-M4, opt-level s", "measured", "met", "must", "moonshot"], rows)


def render(figures):
    compilers = ", ".join(value for key, value in figures.items() if key[0] == "compiler")
    symbols = [(f"`{name}`", value) for (kind, name, _), value in figures.items() if kind == "symbol"]
    calls = [(f"`{name}`", place, value if value == "callbacks" else f"`{value}`") for (kind, name, place), value in figures.items() if kind == "indirect"]
    return f"""# What it costs

Made by `scripts/footprint.sh --write` from `docs/footprint.csv`; do not edit.
`scripts/footprint.sh --check` measures again and fails where a figure has become more
than {TOLERANCE} % worse with the same compilers: {compilers}.

{aims(figures)}

## Flash

Growth of a linked program: the same empty program, linked without the library and with it
(`.text`, `.rodata`, `.data`), while `-u` keeps the functions and the parts. Rust's core is
compiled from source, compiler_builtins is taken out of the archive. What comes from the C
library and from libgcc (`memcpy`, `memset`, divisions) has its own column: most firmware has
it already. `.data` and `.bss` are empty in every row.

`calls` is what an Anjay-like firmware calls for push: `swmgmt_` init_abi, add, boot, poll,
done, read, push, execute, next_change. `push` is every function but swmgmt_fetched and those
of `text`, and the small CRC-32. `all` is every function but those of
`text`, and every part but the two CRC-32 and the Content-Formats. None of them has
swmgmt_request and swmgmt_front, which are for engines that hand payloads over as they came:
`with` is what these add to `no part`, and `raw` is `all` with them and every format. A `part`
is what it adds to `no part`, formats without swmgmt_request, too; `text` is what strerror,
state_name, result_name and operation_name add to `all`. Packages in containers are in none of
these: `mcuboot` is what SHA-256 and MCUboot images add to `no part`, `package` what docs/package.md
adds to that, and `signed` what both and Ed25519 add to `all`.

{pivot(figures, "flash", "bytes", {
    "m4 s": "M4", "m4 s libc": "C library", "m4 z": "M4, opt z", "m4 z libc": "C library",
    "m0 s": "M0", "m0 s libc": "C library", "rv32imc s": "rv32imc", "rv32imc s libc": "C library"})}

Of `signed` on M4 at opt s, by itself each; what is left of it are policy, keys, rollback, names
and components of packages, and their place in memory and in the record:

{pivot(figures, "room", "flash", {"": "bytes"})}

The largest symbols of `all` on M4 at opt s:

{table(["symbol", "bytes"], symbols)}

## RAM

All of it is the caller's, `swmgmt_memory()` bytes; on a 32-bit target:

{pivot(figures, "memory", "bytes", {"": "bytes"})}

The first four are differences of such figures: each further instance adds its line and its
names, each transfer its line (and 256 bytes where Package URIs are offered), a transfer has
room for SHA-256 in any case.

## Stack

The deepest stack of every function, in bytes, without the firmware's own callbacks.
*Painted*: seen in QEMU, over whole lives with a power cut after every call, with operations
that are done at once, are pending and fail, and with saves that fail. *Static*: what the
compiler states for every function, along the deepest way that the disassembly of the linked
program has. Painted is never more than static, or the check fails.

{pivot(figures, "stack", "function", {
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
"""
