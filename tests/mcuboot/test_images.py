# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Images that imgtool makes: it and the command agree about every one, with every key."""
import itertools
import random
import uuid

import pytest

from desk import SLOT, imgtool

ID = "2b5b3f0c-9d6a-4c1e-8f00-112233445566"
HEADERS = [0x20, 0x24, 0x80, 0x200, 0x400]
# Options, and what info has to say of them.
PROTECTED = {
    "nothing": ([], {}),
    "counter": (["-s", "7"], {"counter": 7}),
    "no-counter": (["-s", "0"], {"counter": 0}),
    "highest-counter": (["-s", "0xffffffff"], {"counter": 0xffffffff}),
    "counter-auto": (["-s", "auto"], {"counter": 0x01020003}),
    "dependency": (["-d", "(1,2.3.4)"], {"dependencies": [{"image": 1, "version": "2.3.4"}]}),
    "dependencies": (
        ["-d", "(0,0.0.0+1),(255,255.255.65535+4294967295)"],
        {"dependencies": [{"image": 0, "version": "0.0.0+1"},
                          {"image": 255, "version": "255.255.65535+4294967295"}]},
    ),
    "boot-record": (["--boot-record", "APP"], {}),
    "vendor-tlvs": (["--custom-tlv", "0xa0", "word", "--custom-tlv", "0xfffe", "0x", "--custom-tlv", "0x12ff",
                     "0x" + "00" * 500], {}),
    "ids": (["--vid", ID, "--cid", "7d0e1a2b3c4d4e5f8a9bacbdcedfe0f1"],
            {"vendor": ID, "class": "7d0e1a2b-3c4d-4e5f-8a9b-acbdcedfe0f1"}),
    "names": (["--vid", "example.com", "--cid", "board"],
              {"vendor": str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.com")),
               "class": str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "example.com"), "board"))}),
    "all": (["-s", "7", "-d", "(1,2.3.4)", "--boot-record", "A-LONG-NAME", "--custom-tlv", "0xa1", "0x01",
             "--vid", ID],
            {"counter": 7, "dependencies": [{"image": 1, "version": "2.3.4"}], "vendor": ID}),
}
VERSIONS = {"0": "0.0.0", "1": "1.0.0", "1.2": "1.2.0", "0.0.1": "0.0.1", "1.2.3+4": "1.2.3+4", "1.2.3+0": "1.2.3",
            "10.20.30+40": "10.20.30+40", "255.255.65535+4294967295": "255.255.65535+4294967295",
            "100.0.10000+1000000000": "100.0.10000+1000000000", "0.0.0+10": "0.0.0+10"}
EXTRAS = [
    ["--align", "4"], ["--align", "32", "--max-align", "32"], ["--overwrite-only"], ["-R", "0"], ["-R", "0xff"],
    ["--pad-sig"], ["--sha", "256"], ["--public-key-format", "hash"], ["-M", "64"], ["--non-bootable"],
    ["--load-addr", "0x20000000"], ["--rom-fixed", "0x08020000"], ["-e", "little"], ["--save-enctlv"],
    ["--non-bootable", "--rom-fixed", "0xffffffff", "--align", "8"],
]
BODIES = [0, 1, 3, 31, 63, 64, 65, 4096, 100_000]
SIGNERS = ["ed25519", "p256", None]


def cases():
    for key, header, protected in itertools.product(SIGNERS, HEADERS, PROTECTED):
        yield key, header, protected, "1.2.3", [], 200
    for key, version in itertools.product(SIGNERS, VERSIONS):
        yield key, 0x20, "nothing", version, [], 200
    for key, extra in itertools.product(SIGNERS, EXTRAS):
        yield key, 0x40, "counter", "1.2.3", extra, 200
    for key, body in itertools.product(SIGNERS, BODIES):
        yield key, 0x20, "ids", "1.2.3", [], body
    dice = random.Random(5)
    for _ in range(90):
        protected = dice.choice([name for name in PROTECTED if name != "counter-auto"])
        yield (dice.choice(SIGNERS), dice.randrange(0x20, 0x401), protected, dice.choice(list(VERSIONS)),
               dice.choice(EXTRAS), dice.randrange(2000))


def name(case):
    key, header, protected, version, extra, body = case
    return "-".join(str(part) for part in [key, hex(header), protected, version, *extra, body])


@pytest.mark.parametrize("case", list(cases()), ids=name)
def test_both_agree(desk, counts, case):
    key, header, protected, version, extra, body = case
    options, told = PROTECTED[protected]
    data = desk.make(random.Random(body).randbytes(body), *options, *extra, key=key, header=header, version=version)
    for other in [None, "ed25519", "p256", "other-ed25519", "other-p256"]:
        ours, theirs = desk.ours(data, other), desk.theirs(data, other)
        good = other in (None, key)
        refused = "53:key" if key else "57:unsigned"
        assert (theirs, ours) == (good, "" if good else refused), other
        counts["verdicts on images as they were made, in which both agree"] += 1
    counts["images of imgtool"] += 1
    info = desk.info(data)
    wanted = {"format": "mcuboot", "title": None, "version": VERSIONS.get(version, version), "size": len(data),
              "counter": None, "vendor": None, "class": None, "dependencies": [], **told}
    assert {name: info[name] for name in wanted} == wanted
    signature = info["signature"]
    assert (signature and signature["key"]) == (desk.key_id(key) if key else None)


def test_a_body_with_room_for_the_header_comes_to_the_same(desk):
    body = bytes(range(100))
    padded = desk.make(body, header=0x40)
    source, made = desk.write(bytes(0x40) + body, "room.bin"), desk.folder / "room.made"
    assert imgtool("sign", "-H", 0x40, "-S", SLOT, "-v", "1.2.3", source, made)
    assert desk.ours(made.read_bytes()) == desk.ours(padded) == ""
