# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Random Writes and what becomes of them when bytes change: the device takes exactly what
the other codecs read, and refuses the rest. $SWMGMT_MUTATIONS: how many of each (400)."""

import os
import random

import pytest

import codec
from device import (BAD_REQUEST, BOOLEAN, CBOR, CHANGED, NOT_ALLOWED, NOT_FOUND,
                    OBJLNK, SENML_CBOR, SENML_JSON, STRING, TEXT, TLV, TOO_LARGE)
from test_write import UNTOLD, URI, told

COUNT = int(os.environ.get("SWMGMT_MUTATIONS", "400"))
ALPHABETS = ["abc", "0123456789:", "äöü€", "🙂漢", "\"\\/{}[],:", "\x00\x01\x1f\x7f"]


def random_text(rng, most):
    text = ""
    length = rng.choice([0, 1, 2, 7, 8, 22, 23, 24, 100, 255])
    alphabet = rng.choice(ALPHABETS)
    while len(text.encode()) < min(length, most):
        text += rng.choice(alphabet)
    return text.encode()[:255].decode(errors="ignore").encode()


def random_leaf(rng, resource):
    if resource == 8:
        return BOOLEAN, rng.randrange(2)
    if resource == 13:
        half = [0, 1, 9, 255, 256, 65534, 65535]
        return OBJLNK, rng.choice(half) << 16 | rng.choice(half)
    return STRING, random_text(rng, 255)


def random_write(rng, format):
    """(path, leaves, payload)"""
    if format in (TEXT, CBOR) or rng.random() < 0.5:
        resource = rng.choice([8, 13, 14, 15])
        path = (9, 0, resource)
        leaves = {path: random_leaf(rng, resource)}
    else:
        path = (9, 0)
        some = rng.sample([8, 13, 14, 15], rng.randint(1, 4))
        leaves = {(9, 0, r): random_leaf(rng, r) for r in some}
    if format == TLV:
        parts = [codec.tlv(codec.RESOURCE, at[2], codec.tlv_value(*leaf), rng.random() < 0.1,
                           rng.choice([0, 0, 0, 1, 2, 3])) for at, leaf in leaves.items()]
        payload = b"".join(parts)
        if path == (9, 0) and rng.random() < 0.2:
            payload = codec.tlv(codec.INSTANCE, 0, payload)
    elif format in (SENML_JSON, SENML_CBOR):
        base = rng.choice(["", "/", "/9", "/9/", "/9/0", "/9/0/"])
        payload = codec.senml_of(leaves, format == SENML_CBOR, base)
    else:
        payload = codec.encode(format, path, leaves)
    return path, leaves, payload


def mutate(rng, data, other):
    """A few bytes changed, lost, put in, doubled, or taken from another payload."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(data) + 1)
        how = rng.randrange(8)
        if how == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1 and at < len(data):
            data[at] = rng.randrange(256)
        elif how == 2:
            del data[at:at + rng.randint(1, 4)]
        elif how == 3:
            data[at:at] = rng.randbytes(rng.randint(1, 3))
        elif how == 4:
            data[at:at] = data[at:at + rng.randint(1, 12)]
        elif how == 5:
            start = rng.randrange(len(other) + 1)
            data[at:at + rng.randrange(6)] = other[start:start + rng.randint(1, 10)]
        elif how == 6 and at < len(data):
            data[at] = rng.choice(b'\x00\x01\x7f\x80\xff\xa0\xbf\x9f\x5f\x7f\xf5\xf6"\\{}[]:,09')
        elif how == 7:
            del data[at:]
    return bytes(data)


def takes(path, leaves):
    """What a device that could read it would do with it: True, False, or None: undetermined."""
    at = {p[2] if len(p) == 3 else p for p in leaves}
    if not at:
        return None
    if 3 in at or 2 in at:
        return None          # a URI, a package: other tests
    return all(len(p) == 3 and p[:2] == (9, 0) and p[2] in (8, 13, 14, 15) and
               kind == codec.KINDS[9, p[2]] and (kind != STRING or len(value) <= 255)
               for p, (kind, value) in leaves.items())


def free(format, path, leaves, payload):
    """The standards read it, and leave it to a device whether to."""
    if format == TEXT:       # 01:2
        return codec.encode(format, path, leaves) != payload
    if format == CBOR:       # long forms, pieces, tags
        return codec.encode(format, path, leaves) != payload
    if format == TLV:
        return False
    return True


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
def test_mutations(device, format):
    rng = random.Random(format)
    differences, counts = [], {"taken": 0, "refused": 0, "free": 0}
    other = b"x"
    for turn in range(COUNT):
        path, leaves, payload = random_write(rng, format)
        if turn % 4:
            payload, other = mutate(rng, payload, other), payload
        device.reset()
        method = device.put if len(path) == 3 else device.post
        before = device.values()
        code = method("/".join(map(str, path)), payload, format).code
        try:
            read = codec.decode(format, path, payload)
            wanted = takes(path, read)
        except codec.Twice:
            read, wanted = None, None
        except codec.Broken:
            read, wanted = None, False
        if code == CHANGED:
            counts["taken"] += 1
            if not wanted:
                if wanted is False:
                    differences.append(("taken", path, payload, read))
                continue
            device.put("9/0/3", URI)
            effect = UNTOLD | {3: URI} | {p[2]: value for p, (_, value) in read.items()}
            got = told(device)
            if got != effect:
                differences.append(("otherwise", path, payload, read, got))
            continue
        counts["refused"] += 1
        assert code in (BAD_REQUEST, NOT_ALLOWED, NOT_FOUND, TOO_LARGE), (code, payload)
        assert device.values() == before
        if wanted and not free(format, path, read, payload):
            differences.append(("refused", path, payload, code))
        counts["free"] += bool(wanted)
    assert differences == [], f"{len(differences)} of {COUNT}"
    assert counts["taken"] >= COUNT // 4 and counts["refused"] >= COUNT // 4, counts
