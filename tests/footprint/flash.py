# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Flash as the growth of a linked program: the same empty program is linked without the
library, and with it while functions and parts are kept. Naming a part in a configuration
is a reference to it, and so is `-u`."""
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent
PUSH = ("init_abi", "add", "boot", "poll", "done", "read", "push", "execute", "next_change")
TEXT = ("strerror", "state_name", "result_name", "operation_name")
PULL = ("fetched",)
RAW = ("request", "front")  # for engines that hand over payloads as they came
CONTAINERS = ("package", "mcuboot", "names", "ed25519", "sha256_host")
HEAD = ("package_component",)  # for firmware that takes packages of docs/package.md
FORMATS = ("text", "opaque", "cbor", "tlv", "senml_cbor", "senml_json", "senml_cbor_package",
           "senml_json_package", "link_format")
ROOMS = {  # of what checks packages
    "MCUboot parser with SHA-256": ("verify::mcuboot", "verify::container", "verify::sha256", "verify::Work"),
    "parser of docs/package.md": ("verify::manifest",),
    "SHA-256": ("verify::sha256",),
    "Ed25519, with SHA-512": ("verify::ed25519", "verify::field", "verify::sha512"),
    "order of versions": ("verify::version",),
}
FLASH = (".text", ".rodata", ".ARM.exidx", ".data")
RAM = (".data", ".bss")
ARM = ("arm-none-eabi-", ["-mthumb", "--specs=nano.specs"])
RISC = ("riscv64-unknown-elf-", ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs"])
BOARDS = {
    "m4": (ARM[0], ["-mcpu=cortex-m4", *ARM[1]]),
    "m0": (ARM[0], ["-mcpu=cortex-m0", *ARM[1]]),
    "rv32imc": RISC,
}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Flash:
    """The links of one archive."""

    def __init__(self, out, board, build):
        self.prefix, self.flags = BOARDS[board]
        self.folder = pathlib.Path(out) / f"{board}-{build}"
        self.archive = self.folder / "libswmgmt.a"
        self.functions, self.parts = [], []
        for line in run(self.prefix + "nm", "-g", "--defined-only", self.archive).splitlines():
            kind, _, name = line.partition(" swmgmt_")
            if name:
                (self.functions if kind.endswith(" T") else self.parts).append(name)
        if not self.functions:
            raise SystemExit(f"footprint: no functions in {self.archive}")
        self.empty = self.link("empty", [])

    def link(self, name, kept):
        """Bytes by output section."""
        elf = self.folder / f"{name}.elf"
        run(self.prefix + "gcc", *self.flags, "-Os", "-nostartfiles", "-ffunction-sections",
            "-T", HERE / "flash.ld", "-Wl,--gc-sections,--no-warn-execstack,--no-warn-rwx-segments",
            HERE / "empty.c", *(f"-Wl,-u,swmgmt_{symbol}" for symbol in kept), self.archive, "-o", elf)
        sizes = dict.fromkeys((*FLASH, *RAM, ".libc"), 0)
        for line in run(self.prefix + "size", "-A", elf).splitlines():
            word = line.split()
            if word and word[0] in sizes:
                sizes[word[0]] = int(word[1])
        return sizes

    def cost(self, name, kept):
        """What keeping these costs: flash of the library, of the C library, and RAM."""
        sizes = self.link(name, kept)
        growth = {section: sizes[section] - self.empty[section] for section in sizes}
        return (sum(growth[section] for section in FLASH), growth[".libc"],
                sum(growth[section] for section in RAM))

    def every(self):
        """Every function but those that few firmwares call."""
        return [f for f in self.functions if f not in TEXT + RAW + HEAD]

    def push(self):
        """Every function of a firmware that takes pushes only."""
        return [f for f in self.every() if f not in PULL]

    def rows(self, only=None):
        """(name, description, flash, C library's, RAM) of every configuration, or of some."""
        every = self.every()
        raw = [f for f in self.functions if f in RAW]
        formats = [p for p in self.parts if p in FORMATS]
        light = [p for p in self.parts if not p.startswith("crc32") and p not in FORMATS + CONTAINERS]
        signed = [p for p in CONTAINERS if p != "sha256_host"]
        made = {}

        def row(name, about, kept):
            if only is None or name in only:
                made[name] = (about, *self.cost(name.replace(" ", "-"), kept))

        row("calls", "only the calls of an Anjay-like firmware", PUSH)
        row("push", "push only, every function, small CRC-32, length",
            self.push() + ["crc32_small"])
        row("all", "every function, " + ", ".join(light), every + light)
        row("no part", "every function, no part", every)
        for part in self.parts:
            row("part " + part, "that, and " + part, every + [part])
        for function in raw:
            row("with " + function, "no part, and " + function, every + [function])
        row("raw", "all, " + ", ".join(raw) + ", and every format", every + light + raw + formats)
        row("mcuboot", "no part, sha256 and mcuboot", every + ["sha256", "mcuboot"])
        row("package", "that, and package", every + ["sha256", "mcuboot", "package", *HEAD])
        row("signed", "all, " + ", ".join(signed), every + light + signed + list(HEAD))
        row("text", "all, and " + ", ".join(TEXT), every + light + list(TEXT))
        return made

    def rooms(self, name):
        """Bytes of the rooms of a program whose symbols tell where they are from."""
        lines = run(self.prefix + "nm", "-C", "-S", "--size-sort", self.folder / f"{name}.elf")
        found = dict.fromkeys(ROOMS, 0)
        for line in lines.splitlines():
            _, size, _, symbol = line.split(" ", 3)
            for room, names in ROOMS.items():
                if any(f"swmgmt::{name}" in symbol for name in names):
                    found[room] += int(size, 16)
        return found

    def largest(self, name, count):
        """The largest symbols of a program: (bytes, name)."""
        lines = run(self.prefix + "nm", "-C", "-S", "--size-sort", "-r", self.folder / f"{name}.elf")
        found = [line.split(" ", 3) for line in lines.splitlines()]
        return [(int(size, 16), symbol) for _, size, _, symbol in found[:count]]

