# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Images of imgtool, altered: what it refuses we do, and we refuse what it lets pass."""
import random
import struct

import pytest

ALL = ["-s", "7", "-d", "(1,2.3.4)", "--vid", "example.com", "--custom-tlv", "0xa0", "word"]
KINDS = {
    "ed25519": ("ed25519", []),
    "ed25519 with all": ("ed25519", ALL),
    "p256": ("p256", ["-s", "7"]),
    "p256 filled up": ("p256", ["--pad-sig"]),
    "not signed": (None, ["-s", "7"]),
}

# What imgtool does not look at, or not closely, and in images of which kind. Of a signed
# image, nobody notices there; so a device has to.
SIGNED = {"ed25519", "ed25519 with all", "p256", "p256 filled up"}
LENIENT = {
    "the length of the TLVs": ({*KINDS}, "it stops at the first signature, or digest, that is right"),
    "the upper byte of a type": ({*KINDS}, "it takes a type for one byte, MCUboot for two"),
    "the type of the digest": ({"p256", "p256 filled up"}, "a signature on P-256 is enough for it"),
    "the length of the digest": ({"not signed"}, "it takes as much as there is"),
    "the type of the key hash": (SIGNED, "it is given the key and looks for no other"),
    "the key hash": (SIGNED, "the same"),
    "the length of the signature": (SIGNED, "it takes as much as there is, and of DER what that says"),
    "what fills up a signature": ({"p256 filled up"}, "it leaves out what is behind DER"),
}


def regions(data):
    """What each byte is, found by a walk of its own."""
    header, protected, size = struct.unpack_from("<HHI", data, 8)
    covered = header + size + protected
    found = ["what the digest covers"] * covered
    found += ["the magic of the TLVs"] * 2 + ["the length of the TLVs"] * 2
    while len(found) < len(data):
        kind, length = struct.unpack_from("<HH", data, len(found))
        value = len(found) + 4
        name = {0x10: "the digest", 0x01: "the key hash"}.get(kind, "the signature")
        found += [f"the type of {name}", "the upper byte of a type"] + [f"the length of {name}"] * 2
        used = data[value + 1] + 2 if kind == 0x22 else length
        found += [name] * used + ["what fills up a signature"] * (length - used)
    return found


def flips(found):
    """Every bit of what says where the others are, one bit of every byte of those."""
    for at, region in enumerate(found):
        for bit in range(8) if region.split()[1] in ("type", "length", "magic", "upper") else [at % 8]:
            yield at, bit


def altered(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def made(desk, kind, size=20):
    key, options = KINDS[kind]
    body = random.Random(kind).randbytes(size)
    for _ in range(1000):
        data = desk.make(body, *options, key=key)
        # A signature of 72 bytes has nothing to fill up.
        if kind != "p256 filled up" or regions(data)[-1] == "what fills up a signature":
            return key, data
    raise AssertionError("no signature was short")


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit(desk, counts, kind):
    key, data = made(desk, kind)
    found = regions(data)
    assert (desk.theirs(data, key), desk.ours(data, key)) == (True, "")
    passed = set()
    for at, bit in flips(found):
        bad = altered(data, at, bit)
        ours, theirs = desk.ours(bad, key), desk.theirs(bad, key)
        assert ours[:2] in ("53", "54"), (at, bit, found[at])
        if theirs:
            assert found[at] in LENIENT, (at, bit, found[at])
            passed.add(found[at])
        counts["altered images that imgtool lets pass, and a device does not" if theirs else
               "altered images that both refuse"] += 1
    lenient = {region for region, (kinds, _) in LENIENT.items() if kind in kinds}
    assert passed == lenient, "a class without a case is none"


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_without_a_key(desk, counts, kind):
    """A device that asks for no signature still takes none that has not the form of one."""
    key, data = made(desk, kind)
    found = regions(data)
    for at, bit in flips(found):
        bad = altered(data, at, bit)
        ours, theirs = desk.ours(bad), desk.theirs(bad)
        if ours == "":
            assert theirs and found[at] in ("the key hash", "the signature"), (at, bit, found[at])
        elif theirs:
            # Without a key it goes no further than the digest.
            assert found.index("the digest") < at or found[at] in LENIENT, (at, bit, found[at])
        counts["altered images, no key given: good for both" if ours == "" else
               "altered images, no key given: refused here, not looked at by imgtool" if theirs else
               "altered images that both refuse"] += 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_truncation_and_what_is_behind(desk, counts, kind):
    key, data = made(desk, kind)
    for length in range(len(data)):
        ours, theirs = desk.ours(data[:length], key), desk.theirs(data[:length], key)
        assert ours[:2] == ("54" if 0 < length < 4 else "53"), length
        # What fills up a signature can be cut off without its noticing.
        assert not theirs or data[length:].strip(b"\0") == b"", length
        counts["shortened images that both refuse" if not theirs else
               "shortened images that imgtool lets pass, and a device does not"] += 1
    for more in [b"\0", b"\xff" * 100, data]:
        assert (desk.ours(data + more, key), desk.theirs(data + more, key)) == ("53:integrity", True)
        counts["images with bytes behind their end, which imgtool lets pass, and a device does not"] += 1


@pytest.mark.parametrize("kind", ["ed25519 with all", "p256"])
def test_bits_of_large_ones(desk, counts, kind):
    key, data = made(desk, kind, 4000)
    found, dice = regions(data), random.Random(kind)
    for _ in range(400):
        at = dice.randrange(len(data))
        bad = altered(data, at, dice.randrange(8))
        ours, theirs = desk.ours(bad, key), desk.theirs(bad, key)
        assert ours != "" and (not theirs or found[at] in LENIENT), (at, found[at])
        counts["altered images that imgtool lets pass, and a device does not" if theirs else
               "altered images that both refuse"] += 1
