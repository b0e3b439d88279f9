# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The deepest stack that a function of a linked Thumb program can need: frames as the
compiler states them (-Zemit-stack-sizes), calls as the disassembly shows them.

An indirect call is either one of the firmware's callbacks, which only src/ffi/door.rs, handle.rs and
hash.rs make, and only src/ffi can, because all else denies unsafe code: its stack is the
firmware's. Or it leads into a part: at a place of LEADS, which says by name what can be there;
or to the functions with the name of the field that the source calls, `(part.field)(...)`, and
to closures; to all whose address is taken, if none has that name. What is a Content-Format is
told apart by where it is called."""
import collections
import pathlib
import re
import subprocess

PREFIX = "arm-none-eabi-"
SOURCES = pathlib.Path(__file__).parent.parent.parent / "src"
# Where the core calls what a part's table holds (file, and what its line has), and the names
# that can be there.
LEADS = [
    ("core/mod.rs", "", r"5joint$"),
    ("core/door.rs", "", r"4door(?:7perform|4read|7records|5fetch|8packages)$"),
    ("core/read.rs", "", r"14read_component$"),
    ("core/verify.rs", "", r"9read_back4step$"),
    ("ffi/context.rs", "", r"5names4size$"),
    ("parts/container.rs", "verify.zip(core.claim())", r"9signature6verify$"),
]
FRAME = re.compile(r"(?:push|stmdb|vpush|vstmdb)(?:\.w)?\s+(?:sp!, )?\{(.*)\}")


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def registers(listed):
    """How many words `r4, r5, r7, lr` or `r4-r7` are."""
    count = 0
    for word in listed.split(", "):
        first, _, last = word.partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if last else 1
    return count


class Program:
    def __init__(self, elf):
        self.elf = elf
        self.calls = collections.defaultdict(set)   # by bl
        self.jumps = collections.defaultdict(set)   # tail calls: the frame is gone
        self.indirect = collections.defaultdict(list)  # addresses
        self.frames = collections.Counter()
        symbols = [line.split() for line in run(PREFIX + "readelf", "-sW", elf).splitlines()]
        self.named = {int(s[1], 16) & ~1: s[7] for s in symbols if len(s) == 8 and s[3] == "FUNC"}
        self.disassemble()
        self.stated = self.read_stated()
        self.frames.update({name: size - self.frames[name] for name, size in self.stated.items()})
        self.parts = self.part_functions()
        self.places = self.places_of_indirect()
        self.known = {}

    def disassemble(self):
        name = None
        for line in run(PREFIX + "objdump", "-d", "--no-show-raw-insn", self.elf).splitlines():
            start = re.match(r"[0-9a-f]+ <(.*)>:$", line)
            if start:
                name = start[1]
                continue
            code = re.match(r"\s+([0-9a-f]+):\t(\S+)\s*(.*)", line)
            if code and name:
                self.instruction(name, int(code[1], 16), code[2].removesuffix(".w").removesuffix(".n"), code[3])

    def instruction(self, name, address, operation, operands):
        target = re.search(r"<([^>+]+)>", operands)
        if operation in ("bl", "blx") and target:
            self.calls[name].add(target[1])
        elif operation == "blx" or operation == "bx" and not operands.startswith("lr"):
            self.indirect[name].append(address)
        elif re.match(r"(b|cbn?z)(?!l|x|i|f)", operation) and target and target[1] != name:
            self.jumps[name].add(target[1])
        # Without a statement of the compiler's: everything that a function ever pushes.
        pushed = FRAME.match(f"{operation} {operands}")
        if pushed and (operation in ("push", "vpush") or operands.startswith("sp!")):
            self.frames[name] += registers(pushed[1]) * (8 if operation.startswith("v") else 4)
        grown = re.match(r"subw? (?:sp, )?sp, #(\d+)$", f"{operation} {operands}".split("\t")[0].strip())
        if grown:
            self.frames[name] += int(grown[1])
        stored = re.match(r"strd? .*\[sp, #-(\d+)\]!", f"{operation} {operands}")
        if stored:
            self.frames[name] += int(stored[1])

    def read_stated(self):
        """{function: frame} of .stack_sizes: addresses, and sizes in LEB128."""
        dump = self.elf.with_suffix(".stack_sizes")
        run(PREFIX + "objcopy", "--dump-section", f".stack_sizes={dump}", self.elf, "/dev/null")
        data, stated, at = dump.read_bytes(), {}, 0
        while at < len(data):
            function = int.from_bytes(data[at:at + 4], "little") & ~1
            at, size, shift = at + 4, 0, 0
            while True:
                size |= (data[at] & 0x7f) << shift
                at, shift = at + 1, shift + 7
                if data[at - 1] < 0x80:
                    break
            stated[self.named[function]] = size
        return stated

    def part_functions(self):
        """Every function of the library whose address is taken, by the relocations of the linked
        program (-Wl,--emit-relocs)."""
        words, taken = self.words(), set()
        for section in run(PREFIX + "readelf", "-rW", self.elf).split("Relocation section '")[1:]:
            if not section.startswith(".rel.text'"):
                continue
            for at, kind, value in re.findall(r"^([0-9a-f]{8})  \S+ (R_ARM_\S+)\s+([0-9a-f]{8}) ", section, re.M):
                if kind == "R_ARM_ABS32":
                    taken.add(self.named.get(words[int(at, 16)] & ~1))
                elif kind == "R_ARM_THM_MOVW_ABS_NC":
                    taken.add(self.named.get(int(value, 16) & ~1))
        taken &= set(self.stated)
        # Content-Formats, and what only they call: their source of values. A Write's items.
        self.formats = {name for name in taken if re.search(r"payload|6Source", name)}
        self.items = {name for name in taken if "3ffi" in name and "NC" in name}
        # What a container reads of the storage.
        self.reads = {name for name in taken if "9container" in name and "NC" in name}
        return taken - self.formats - self.items - self.reads

    def words(self):
        """The words of the program's .text."""
        words = {}
        for line in run(PREFIX + "objdump", "-s", "-j", ".text", self.elf).splitlines():
            row = re.match(r" ([0-9a-f]+) ((?:[0-9a-f]{8} ){1,4})", line)
            for n, word in enumerate(row[2].split() if row else ()):
                words[int(row[1], 16) + 4 * n] = int.from_bytes(bytes.fromhex(word), "little")
        return words

    def places_of_indirect(self):
        """The line of the library's source for every indirect call: {address: "file:line"}."""
        places = {}
        for addresses in self.indirect.values():
            for address in addresses:
                text = run(PREFIX + "addr2line", "-i", "-e", self.elf, hex(address))
                own = [line for line in text.splitlines() if re.search(r"/src/\S+\.rs:", line) and "/library/" not in line]
                places[address] = re.sub(r"^.*/src/|^src/", "", own[0].split(" ")[0]) if own else text.split()[0]
        return places

    @staticmethod
    def source(place):
        file, _, line = place.partition(":")
        return (SOURCES / file).read_text().splitlines()[int(line) - 1] if line.isdigit() else ""

    def targets(self, address):
        place = self.places[address]
        if place.startswith(("ffi/door.rs", "ffi/handle.rs", "ffi/hash.rs")) or ".rs" not in place:
            return set()
        text = self.source(place)
        if "items" in text:
            return self.items
        if place.startswith("verify/") and re.search(r"\bread\(", text):
            return self.reads
        for file, line, lead in LEADS:
            if place.startswith(file + ":") and line in text:
                return {name for name in self.parts if re.search(lead, name)}
        possible, field = self.parts, re.search(r"\.(\w+)\)\(", text)
        if place.startswith(("payload/", "ffi/request.rs")) or field and field[1] == "unwrap":
            possible = self.formats
            field = field or re.search(r"\b(encode|decode|read|child_after)\(", text)
        named = {name for name in possible if field and re.search(rf"\d{field[1]}$", name)}
        return named | {name for name in possible if "NC" in name} if named else possible

    def depth(self, name, above=()):
        """(bytes, path) of the deepest way down from a function. A function that is under
        itself counts once: parts call what calls parts, but not the same again."""
        if name in self.known:
            return self.known[name]
        below = self.calls[name].union(*(self.targets(at) for at in self.indirect[name]))
        deepest, frame, whole = (self.frames[name], (name,)), self.frames[name], True
        for under, callees in [(frame, below), (0, self.jumps[name])]:
            for callee in callees - {name}:
                if callee in above:
                    whole = False
                    continue
                size, path = self.depth(callee, (*above, name))
                whole = whole and callee in self.known
                deepest = max(deepest, (under + size, (name, *path)))
        if whole:
            self.known[name] = deepest
        return deepest
