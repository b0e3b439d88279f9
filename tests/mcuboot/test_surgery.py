# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Images put together wrongly on purpose, and with a digest and a signature that are right."""
import hashlib
import struct

import pytest

BODY = bytes(range(64))
DIGEST, KEY, ED25519, ECDSA, COUNTER = 0x10, 0x01, 0x24, 0x22, 0x50
NEEDS = (0x40, struct.pack("<BxxxBBHI", 1, 2, 3, 4, 0))


def tlvs(entries):
    return b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in entries)


def area(magic, entries, size=None):
    inside = tlvs(entries)
    return struct.pack("<HH", magic, len(inside) + 4 if size is None else size) + inside


def header(protected, size=len(BODY), header=32, flags=0, magic=0x96f3b83d):
    return struct.pack("<IIHHIIBBHII", magic, 0, header, protected, size, flags, 1, 2, 3, 0, 0)


def covered(protected=(), area_magic=0x6908, area_size=None, told=None, **lies):
    """`told` is what the header says of the protected TLVs, `area_size` what they say."""
    block = area(area_magic, protected, area_size) if protected or area_size is not None else b""
    return header(len(block) if told is None else told, **lies) + BODY + block


def sealed(desk, before, arrange=lambda digest, key, signature: [digest, key, signature], size=None):
    digest = hashlib.sha256(before).digest()
    signature = desk.loaded["ed25519"].sign_digest(digest)
    behind = arrange((DIGEST, digest), (KEY, bytes.fromhex(desk.key_id("ed25519"))), (ED25519, signature))
    return before + area(0x6907, behind, size)


# What is covered, what imgtool finds of it with the right key, and what a device shows.
COVERED = {
    "nothing wrong": (covered(), True, ""),
    "counter": (covered([(COUNTER, b"\1\0\0\0")]), True, ""),
    "protected TLVs, none of them": (covered(area_size=4), True, ""),
    "two counters": (covered([(COUNTER, b"\1\0\0\0"), (COUNTER, b"\2\0\0\0")]), True, "53:integrity"),
    "short counter": (covered([(COUNTER, b"\1\0\0")]), True, "53:integrity"),
    "long counter": (covered([(COUNTER, b"\1\0\0\0\0")]), True, "53:integrity"),
    "short dependency": (covered([(0x40, bytes(11))]), True, "53:integrity"),
    "two dependencies in one": (covered([(0x40, bytes(24))]), True, "53:integrity"),
    "two vendors": (covered([(0x74, bytes(16)), (0x74, bytes(16))]), True, "53:integrity"),
    "two classes": (covered([(0x75, bytes(16)), (0x75, bytes(16))]), True, "53:integrity"),
    "short class": (covered([(0x75, bytes(15))]), True, "53:integrity"),
    "digest among the protected": (covered([(DIGEST, bytes(32))]), True, "54:type"),
    "signature among the protected": (covered([(KEY, bytes(32)), (ED25519, bytes(64))]), True, "54:type"),
    "decompressed size": (covered([(0x70, bytes(4))]), True, "54:type"),
    "unknown": (covered([(0x99, b"?")]), True, "54:type"),
    "no type": (covered([(0xffff, b"?")]), True, "54:type"),
    "encryption key": (covered([(0x31, bytes(24))]), True, "54:type"),
    "over its area": (covered([(0xa0, b"")], area_size=7, told=7)[:-1], True, "53:integrity"),
    "half a TLV": (covered([(0xa0, b"12")], area_size=6, told=6)[:-4], True, "53:integrity"),
    "header knows of no protected TLVs": (covered([(COUNTER, bytes(4))], told=0), True, "53:integrity"),
    "header says one byte more": (covered([(COUNTER, bytes(4))], told=13), True, "53:integrity"),
    "header says nothing but a head": (covered([(COUNTER, bytes(4))], told=4), True, "53:integrity"),
    "protected TLVs of other magic": (covered([(COUNTER, bytes(4))], area_magic=0x6909), False, "53:integrity"),
    "protected TLVs of both kinds": (covered([(COUNTER, bytes(4))], area_magic=0x6907), False, "53:integrity"),
    "promised, and not there": (covered(told=12), True, "53:integrity"),
    "header of 31 bytes": (covered(header=31, size=len(BODY) + 1), True, "53:integrity"),
    "header of none": (covered(header=0, size=len(BODY) + 32), True, "53:integrity"),
    "a byte of the image as header": (covered(header=33, size=len(BODY) - 1), True, ""),
    "image one byte longer": (covered(size=len(BODY) + 1), False, "53:integrity"),
    "image one byte shorter": (covered(size=len(BODY) - 1), False, "53:integrity"),
    "image of 4 GiB": (covered(size=0xffffffff), False, "53:integrity"),
    "image that ends before it begins": (covered(size=0xffffffe0), False, "53:integrity"),
    "flag of no meaning": (covered(flags=0x40), True, "54:type"),
    "old flag": (covered(flags=2), True, "54:type"),
    "last flag": (covered(flags=1 << 31), True, "54:type"),
    "encrypted, it says": (covered(flags=4), True, "54:type"),
    "compressed, it says": (covered(flags=0x800), True, "54:type"),
    "position-independent": (covered(flags=1), True, ""),
    "first format": (covered(magic=0x96f3b83c), False, "54:type"),
    "erased": (covered(magic=0xffffffff), False, "54:type"),
}

OTHER = (KEY, bytes(32))
# The same of what is behind; d, k and s are digest, key hash and signature.
BEHIND = {
    "nothing": (lambda d, k, s: [], False, "53:integrity"),
    "no digest": (lambda d, k, s: [k, s], False, "53:integrity"),
    "no key hash": (lambda d, k, s: [d, s], True, "53:integrity"),
    "no signature": (lambda d, k, s: [d, k], False, "53:integrity"),
    "key hash first": (lambda d, k, s: [k, d, s], True, "53:integrity"),
    "signature first": (lambda d, k, s: [s, d, k], False, "53:integrity"),
    "signature before its key": (lambda d, k, s: [d, s, k], True, "53:integrity"),
    "two digests": (lambda d, k, s: [d, d, k, s], True, "53:integrity"),
    "digest again": (lambda d, k, s: [d, k, s, d], True, "53:integrity"),
    "two key hashes": (lambda d, k, s: [d, OTHER, k, s], True, "53:integrity"),
    "two signatures": (lambda d, k, s: [d, k, s, k, s], True, "53:integrity"),
    "another's signature before": (lambda d, k, s: [d, OTHER, (ED25519, bytes(64)), k, s], True, "53:integrity"),
    "two kinds of signatures": (lambda d, k, s: [d, k, s, (ECDSA, b"\x30\0")], True, "53:integrity"),
    "digest of 31 bytes": (lambda d, k, s: [(DIGEST, d[1][:31]), k, s], False, "53:integrity"),
    "signature of 63 bytes": (lambda d, k, s: [d, k, (ED25519, s[1][:63])], False, "53:integrity"),
    "signature of 65 bytes": (lambda d, k, s: [d, k, (ED25519, s[1] + b"\0")], False, "53:integrity"),
    "counter that is not covered": (lambda d, k, s: [d, k, (COUNTER, b"\1\0\0\0"), s], True, "53:integrity"),
    "the same, last": (lambda d, k, s: [d, k, s, (COUNTER, b"\1\0\0\0")], True, "53:integrity"),
    "dependency that is not covered": (lambda d, k, s: [d, k, s, NEEDS], True, "53:integrity"),
    "vendor that is not covered": (lambda d, k, s: [d, k, s, (0x74, bytes(16))], True, "53:integrity"),
    "word of the vendor's": (lambda d, k, s: [d, k, s, (0xa0, b"word")], True, "54:type"),
    "the same, before": (lambda d, k, s: [d, k, (0xa0, b"word"), s], True, "54:type"),
    "unknown": (lambda d, k, s: [d, k, s, (0x99, b"?")], True, "54:type"),
    "SHA-384 beside": (lambda d, k, s: [d, k, s, (0x11, bytes(48))], True, "54:type"),
    "pure beside": (lambda d, k, s: [d, (0x25, b"\1"), k, s], False, "54:type"),
    "an encryption key": (lambda d, k, s: [d, k, s, (0x31, bytes(24))], True, "54:type"),
}

# How long they are, it says: 40 is the digest, 76 that and the key hash, 144 all. A device that
# asks for a signature sees that there is none before it sees that there is more to come.
SIZES = {0: (False, "53:integrity"), 3: (False, "53:integrity"), 4: (False, "53:integrity"),
         40: (False, "53:integrity"), 76: (False, "53:integrity"), 143: (True, "53:integrity"), 144: (True, ""),
         145: (False, "53:integrity"), 0xffff: (False, "53:integrity")}


def judge(desk, counts, data, theirs, ours):
    assert (desk.theirs(data, "ed25519"), desk.ours(data, "ed25519")) == (theirs, ours)
    counts["images put together wrongly, which imgtool lets pass, and a device does not" if theirs and ours else
           "images put together wrongly or not, in which both agree"] += 1


@pytest.mark.parametrize("name", COVERED)
def test_what_is_covered(desk, counts, name):
    before, theirs, ours = COVERED[name]
    judge(desk, counts, sealed(desk, before), theirs, ours)


@pytest.mark.parametrize("name", BEHIND)
def test_what_is_behind(desk, counts, name):
    arrange, theirs, ours = BEHIND[name]
    judge(desk, counts, sealed(desk, covered(), arrange), theirs, ours)


@pytest.mark.parametrize("size", SIZES)
def test_how_long_it_says_the_rest_is(desk, counts, size):
    judge(desk, counts, sealed(desk, covered(), size=size), *SIZES[size])


def test_every_way_a_size_can_lie(desk, counts):
    """Nobody falls for any, whatever imgtool makes of it; and each ends."""
    good = sealed(desk, covered([(COUNTER, b"\1\0\0\0")]))
    assert desk.ours(good, "ed25519") == ""
    for at, form in [(8, "<H"), (10, "<H"), (12, "<I")]:
        told, = struct.unpack_from(form, good, at)
        most = 0xffff if form == "<H" else 0xffffffff
        lies = {0, 1, 4, 12, 31, 32, 33, told - 1, told + 1, told + 4, most // 2, most - 44, most - 32, most}
        for lie in lies - {told}:
            bad = bytearray(good)
            struct.pack_into(form, bad, at, lie % (most + 1))
            assert desk.ours(bytes(bad), "ed25519") in ("53:integrity", "53:digest"), (at, lie)
            assert not desk.theirs(bytes(bad), "ed25519"), (at, lie)
            counts["images put together wrongly or not, in which both agree"] += 1
