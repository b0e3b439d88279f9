# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The programs that run on the target: built against an archive, run in QEMU."""
import pathlib
import re
import subprocess

from flash import CONTAINERS

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
BOARD = ROOT / "c-examples/baremetal/board"
C = ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "--specs=nano.specs", "-std=c11", "-Wall", "-Wextra",
     "-Wpedantic", "-Wconversion", "-Wundef", "-Werror", "-ffunction-sections", "-fdata-sections",
     f"-I{ROOT / 'include'}", f"-I{BOARD}", f"-I{HERE}"]
LINK = ["-nostartfiles", "-T", BOARD / "board.ld",
        "-Wl,--gc-sections,--emit-relocs,--no-warn-execstack,--no-warn-rwx-segments",
        "-Wl,--defsym=board_flash=0,--defsym=board_flash_size=4M",
        "-Wl,--defsym=board_ram=0x20000000,--defsym=board_ram_size=4M"]
QEMU = ["qemu-system-arm", "-machine", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none",
        "-semihosting-config", "enable=on,target=native"]
# The callbacks need no stack if their calls are jumps and their loops are plain.
FLAT = ["-O1", "-foptimize-sibling-calls", "-fstack-usage"]


def build(flash, name, main, parts, *defines):
    """Links a program against an archive; the callbacks must need no stack."""
    device = flash.folder / "device.o"
    subprocess.run([*C, *FLAT, "-c", HERE / "device.c", "-o", device], check=True)
    for line in device.with_suffix(".su").read_text().splitlines():
        place, size, _ = line.split("\t")
        if size != "0" and "device_" not in place:
            raise SystemExit(f"footprint: a callback needs {size} bytes of stack itself: {place}")
    elf = flash.folder / f"{name}.elf"
    listed = ",".join(f"&swmgmt_{part}" for part in parts)
    subprocess.run([*C, "-Os", *LINK, f"-DPARTS={listed}", *defines, HERE / main, device, HERE / "probe.S",
                    BOARD / "board.c", BOARD / "cortex-m.c", flash.archive, "-o", elf], check=True)
    return elf


def run(elf, *arguments):
    """What a program reports: {name: number}."""
    done = subprocess.run([*QEMU, *arguments, "-kernel", elf], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit(f"footprint: {elf.name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    found = re.findall(r"^(.+) (\d+)$", done.stdout + done.stderr, re.M)
    return {name: int(number) for name, number in found}


def count(flash):
    """Instructions and memory: {name: number}. Twice, to see that it is repeatable."""
    parts = [part for part in flash.parts if not part.startswith("crc32") and part not in CONTAINERS]
    elf = build(flash, "costs", "costs.c", parts)
    first, second = (run(elf, "-icount", "shift=10,align=off,sleep=off") for _ in range(2))
    if first != second:
        raise SystemExit(f"footprint: two runs counted differently: {first} {second}")
    if first.pop("count a loop of 1002") != 1002:
        raise SystemExit("footprint: QEMU's timer does not count instructions as expected")
    return first
