# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Packages: wrapped by other codecs, cut at every byte, out of order, altered."""

import base64
import itertools
import json
import random

import cbor2
import pytest

import codec
from codec import RESOURCE, tlv
from device import (BAD_REQUEST, CBOR, CHANGED, CONTINUE, INCOMPLETE, OPAQUE, PUT, SENML_CBOR,
                    SENML_JSON, TEXT, TLV, UNSUPPORTED, answer, line_of)

PATH = (9, 0, 2)
WRAPPED = (TEXT, OPAQUE, CBOR, TLV, SENML_CBOR)   # of packages of any length
EVERY = (*WRAPPED, SENML_JSON)


def bstr(data, width=None):
    """A byte string whose length takes so many bytes."""
    if width is None:
        return cbor2.dumps(data)
    return bytes([0x57 + width.bit_length() + 0 if width else 0x40 | len(data)]) + (
        len(data).to_bytes(width, "big") if width else b"") + data


def chunked(data, size):
    """A byte string of indefinite length."""
    return b"\x5f" + b"".join(bstr(data[i:i + size]) for i in range(0, len(data), size)) + b"\xff"


def tail(data, *pairs):
    """SenML-CBOR with the package first and other pairs behind it, or before it."""
    return b"\x81" + bytes([0xA0 | len(pairs)]) + b"".join(
        cbor2.dumps(k) + (data if v is None else cbor2.dumps(v)) for k, v in pairs)


def json_record(data, *pairs):
    """Likewise; the bytes are where None is."""
    names = pairs[::2]
    values = [codec.to_base64url(data) if v is None else v for v in pairs[1::2]]
    return json.dumps([dict(zip(names, values))], indent=1).encode()


# Ways of wrapping: of other peers, and all that the formats leave open.
WRAPPERS = {
    "text": (TEXT, base64.b64encode),
    "opaque": (OPAQUE, lambda d: d),
    "none": (None, lambda d: d),
    "cbor": (CBOR, cbor2.dumps),
    "cbor-1": (CBOR, lambda d: bstr(d, 1)),
    "cbor-2": (CBOR, lambda d: bstr(d, 2)),
    "cbor-4": (CBOR, lambda d: bstr(d, 4)),
    "cbor-8": (CBOR, lambda d: bstr(d, 8)),
    "tlv": (TLV, lambda d: tlv(RESOURCE, 2, d)),
    "tlv-wide": (TLV, lambda d: tlv(RESOURCE, 2, d, True, 3)),
    "tlv-2": (TLV, lambda d: tlv(RESOURCE, 2, d, False, 2)),
    "senml-wakaama": (SENML_CBOR, lambda d: tail(bstr(d), (-2, "/9/0/2"), (8, None))),
    "senml-leshan": (SENML_CBOR, lambda d: tail(bstr(d), (8, None), (-2, "/9/0/2"))),
    "senml-n": (SENML_CBOR, lambda d: tail(bstr(d), (0, "/9/0/2"), (8, None))),
    "senml-both": (SENML_CBOR, lambda d: tail(bstr(d), (-2, "/9/0/"), (0, "2"), (8, None))),
    "senml-around": (SENML_CBOR, lambda d: tail(bstr(d), (0, "/2"), (8, None), (-2, "/9/0"))),
    "senml-more": (SENML_CBOR, lambda d: tail(bstr(d), (1, "m"), (-1, 10), ("x", -1.5),
                                              (8, None), (-2, "/9/0/2"), ("z", b"zz"))),
    "senml-open": (SENML_CBOR, lambda d: b"\x9f\xbf\x08" + bstr(d) + b"\x21\x66/9/0/2\xff\xff"),
    "json": (SENML_JSON, lambda d: codec.senml_of({PATH: (2, d)}, False)),
    "json-leshan": (SENML_JSON, lambda d: json.dumps([{"bn": "/9/0/2", "vd": codec.to_base64url(d)}],
                                                     separators=(",", ":")).encode()),
    "json-both": (SENML_JSON, lambda d: json_record(d, "bn", "/9/0/", "n", "2", "vd", None)),
    "json-turned": (SENML_JSON, lambda d: json_record(d, "vd", None, "n", "2", "bn", "/9/0/")),
    # Of a package in JSON all fields are strings (docs/decisions.md).
    "json-more": (SENML_JSON, lambda d: json_record(d, "u", 'm"', "n", "/2", "x", "]}", "vd", None,
                                                    "bn", "/9/0", "z", "")),
}
MOST = {"cbor-1": 255, "cbor-2": 65535, "tlv-2": 65535}   # bytes that it can say


def sample(length, seed=1):
    return random.Random(seed * 65536 + length).randbytes(length)


def blocks(body, cuts, **named):
    """Lines of a push cut at those places."""
    places = [0, *cuts, len(body)]
    return [line_of(PUT, "9/0/2", body[a:b], offset=a, more=b < len(body), **named)
            for a, b in zip(places, places[1:])]


def codes(device, lines):
    return [answer(line).code for line in device.lines(lines)]


def delivered(device, data):
    device.poll()
    assert device.stored() == data
    assert device.values()[9, 0, 7][1] == 3
    assert device.post("9/0/6", b"").code == CHANGED    # away with it
    device.poll()
    assert device.values()[9, 0, 7][1] == 0


def push(device, body, cuts, data, format):
    got = codes(device, blocks(body, cuts, format=format))
    assert got == [CONTINUE] * len(cuts) + [CHANGED], (body, cuts)
    delivered(device, data)


def test_wrappers_say_what_they_should():
    for name, (format, wrap) in WRAPPERS.items():
        for length in (1, 30):
            if format is not None:
                got = codec.decode(format, PATH, wrap(sample(length)))
                assert got == {PATH: (2, sample(length))}, name


@pytest.mark.parametrize("name", WRAPPERS)
def test_whole(device, name):
    format, wrap = WRAPPERS[name]
    for length in [*range(1, 70), 127, 128, 255, 256, 257, 700]:
        if length <= MOST.get(name, length):
            push(device, wrap(sample(length)), [], sample(length), format)


@pytest.mark.parametrize("name", WRAPPERS)
@pytest.mark.parametrize("length", [65535, 65536, 65537, 69999])
def test_large(device, name, length):
    """Where lengths take another byte. A kilobyte at a time."""
    format, wrap = WRAPPERS[name]
    if length > MOST.get(name, length):
        return
    body = wrap(sample(length))
    for size in (1024, 1000):
        push(device, body, range(size, len(body), size), sample(length), format)


@pytest.mark.parametrize("name", WRAPPERS)
def test_two_pieces_at_every_place(device, name):
    format, wrap = WRAPPERS[name]
    for length in [1, 2, 3, 4, 5, 6, 7, 8, 9, 22, 23, 24, 25, 130, 256, 300]:
        if length > MOST.get(name, length):
            continue
        body = wrap(sample(length))
        for cut in range(1, len(body)):
            push(device, body, [cut], sample(length), format)


@pytest.mark.parametrize("name", WRAPPERS)
def test_three_pieces_at_every_two_places(device, name):
    format, wrap = WRAPPERS[name]
    for length in (1, 4, 9):
        body = wrap(sample(length))
        for first in range(1, len(body)):
            for second in range(first + 1, len(body)):
                push(device, body, [first, second], sample(length), format)


@pytest.mark.parametrize("name", WRAPPERS)
def test_every_size_of_pieces(device, name):
    format, wrap = WRAPPERS[name]
    for length in (9, 100, 250):
        body = wrap(sample(length))
        for size in range(1, len(body) + 1):
            push(device, body, range(size, len(body), size), sample(length), format)


@pytest.mark.parametrize("name", WRAPPERS)
def test_repeats_gaps_and_restarts(device, name):
    format, wrap = WRAPPERS[name]
    rubbish = wrap(sample(90, seed=9))
    for length in (20, 61):
        body = wrap(sample(length))
        for size in (1, 2, 3, 5, 7, 16):
            lines, wanted = [], []

            def say(code, *several):
                lines.extend(several)
                wanted.extend([code] * len(several))

            pushed = blocks(body, range(size, len(body), size), format=format)
            say(CONTINUE, *blocks(rubbish, [11, 19, 30], format=format)[:3])  # then it restarts
            for at, line in enumerate(pushed):
                code = CONTINUE if at + 1 < len(pushed) else CHANGED
                offset = at * size
                say(code, line, line)
                if code == CHANGED:
                    break
                for gap in (offset + 2 * size, offset + size + 1):
                    say(INCOMPLETE, line_of(PUT, "9/0/2", b"gap", format=format, offset=gap, more=1))
                if offset > size:
                    say(INCOMPLETE, line_of(PUT, "9/0/2", b"old", format=format, offset=offset - 1, more=1))
                if at == 3:   # the format may not change, either
                    other = TEXT if format in (OPAQUE, None) else OPAQUE
                    say(INCOMPLETE, line_of(PUT, "9/0/2", b"AAAA", format=other, offset=offset + size,
                                            more=1))
            assert codes(device, lines) == wanted, (length, size)
            delivered(device, sample(length))


@pytest.mark.parametrize("name", WRAPPERS)
def test_two_packages_at_a_time(device, name):
    """Two instances, two ways of wrapping, block by block in turn."""
    format, wrap = WRAPPERS[name]
    for other, (other_format, other_wrap) in WRAPPERS.items():
        if other not in WRAPPERS:
            continue
        device.reset(slots=2)
        one, two = wrap(sample(50)), other_wrap(sample(60))
        first = blocks(one, range(4, len(one), 4), format=format)
        second = [line.replace("9/0/2", "9/1/2") for line in
                  blocks(two.replace(b"/9/0", b"/9/1"), range(5, len(two), 5), format=other_format)]
        lines = [line for pair in zip(first, second) for line in pair]
        lines += first[len(second):] + second[len(first):]
        assert set(codes(device, lines)) == {CONTINUE, CHANGED}
        device.poll()
        assert device.stored(0) == sample(50) and device.stored(1) == sample(60)


def readings(format, body):
    """What the standards read: the package, or None."""
    try:
        if format in (SENML_CBOR, SENML_JSON):   # text that nobody looks at may be no text
            read = codec.from_senml_cbor if format == SENML_CBOR else codec.from_senml_json
            leaves = {at: (kind, value) for at, kind, value in
                      codec.senml_leaves(read(body, "replace"))}
        else:
            leaves = codec.decode(format, PATH, body)
        if set(leaves) == {PATH} and leaves[PATH][0] == 2 and leaves[PATH][1]:
            return leaves[PATH][1]
    except codec.Broken:
        pass
    return None


def free(format, body):
    """Where a device may refuse what a liberal reader takes."""
    if format == TEXT:   # bits of padding that are not zero; Python takes "YQ==YQ==", too
        try:
            return base64.b64encode(base64.b64decode(body, validate=True)) != body
        except ValueError:
            return False
    if format in (CBOR, SENML_CBOR):  # tags, long forms, labels twice
        return format == SENML_CBOR or cbor2.dumps(codec.loads(body)) != body
    return format == SENML_JSON


def outcome(device, lines):
    """(code of the last, package stored or None) of a push, and that a refusal changes nothing."""
    before = device.values()
    got = codes(device, lines)
    for code in got[:-1]:
        if code != CONTINUE:
            return code, None
    if got[-1] != CHANGED:
        return got[-1], None
    assert before[9, 0, 7][1] == 0
    device.poll()
    return got[-1], device.stored()


def check_altered(device, format, body, cuts, differences):
    """Refused, or exactly what the other codec reads."""
    wanted = readings(format, body)
    before = device.values()
    code, stored = outcome(device, blocks(body, cuts, format=format))
    if stored is None:
        assert code in (BAD_REQUEST, INCOMPLETE, UNSUPPORTED, 141), (body, code)
        if not cuts:
            assert device.values() == before, (body, code)
        if wanted is not None and not free(format, body):
            differences.append(("refused", body, cuts, code))
    elif stored != wanted:
        differences.append(("taken", body, cuts, stored))
    device.reset()


@pytest.mark.parametrize("name", [w for w in WRAPPERS if w not in ("none", "opaque")])
def test_every_truncation(device, name):
    format, wrap = WRAPPERS[name]
    differences = []
    for length in (5, 40, 250):
        body = wrap(sample(length))
        for end in range(1, len(body)):
            check_altered(device, format, body[:end], [], differences)
            check_altered(device, format, body[:end], [end // 2] if end > 1 else [], differences)
    assert differences == []


@pytest.mark.parametrize("name", [w for w in WRAPPERS if w not in ("none", "opaque")])
def test_every_bit(device, name):
    format, wrap = WRAPPERS[name]
    differences = []
    for length in (5, 40):
        body = wrap(sample(length))
        for at in range(len(body)):
            for bit in range(8):
                altered = bytearray(body)
                altered[at] ^= 1 << bit
                for cuts in ([], [len(body) // 2], [at] if at else [], [at + 1] if at + 1 < len(body) else []):
                    check_altered(device, format, bytes(altered), cuts, differences)
    assert differences == []


@pytest.mark.parametrize("name", [w for w in WRAPPERS if w not in ("none", "opaque")])
def test_nothing_behind_it(device, name):
    format, wrap = WRAPPERS[name]
    differences = []
    body = wrap(sample(30))
    for more in (b"\0", b"x", b"=", b"A", b"AAAA", b"\xff", b"\xc1\x08\x01", b"\x80", b"]", b" \n"):
        for cuts in ([], [len(body) - 1], [len(body)]):
            check_altered(device, format, body + more, cuts, differences)
    assert differences == []


@pytest.mark.parametrize("name", WRAPPERS)
def test_an_empty_package(device, name):
    format, wrap = WRAPPERS[name]
    before = device.values()
    body = wrap(b"")
    assert device.put("9/0/2", body, format).code == BAD_REQUEST
    assert device.values() == before
    for cut in range(1, len(body)):
        got = codes(device, blocks(body, [cut], format=format))
        assert got[-1] in (BAD_REQUEST, INCOMPLETE), (cut, got)
        device.reset()


def test_strings_in_pieces(device):
    """Of indefinite length: allowed by CBOR, written by no server; refused, or understood."""
    differences = []
    whole, text = bstr(sample(30)), b"\x7f\x62ab\x61c\xff"
    bodies = [(SENML_CBOR, b"\x81\xa3" + b"".join(fields)) for fields in itertools.permutations(
        (b"\x61x" + text, b"\x08" + whole, b"\x21\x66/9/0/2"))]
    bodies += [(SENML_CBOR, b"\x81\xa2\x08" + whole + b"\x21\x7f\x63/9/\x630/2\xff")]
    for empty in (b"\x61x\x7f\xff", b"\x61x\x5f\xff"):   # an end too few may pass for the map's
        bodies += [(SENML_CBOR, b"\x9f\xbf\x08" + whole + b"\x21\x66/9/0/2" + empty + b"\xff\xff")]
    for size in (1, 7, 30):
        pieces = chunked(sample(30), size)
        bodies += [(CBOR, pieces), (SENML_CBOR, tail(pieces, (-2, "/9/0/2"), (8, None)))]
    for format, body in bodies:
        assert readings(format, body) == sample(30)
        for cuts in ([], range(1, len(body)), [len(body) // 2]):
            code, stored = outcome(device, blocks(body, cuts, format=format))
            assert stored == sample(30) if code == CHANGED else code == BAD_REQUEST
            device.reset()
        for end in range(1, len(body)):
            check_altered(device, format, body[:end], [], differences)
        for at, bit in itertools.product(range(len(body)), range(8)):
            altered = bytearray(body)
            altered[at] ^= 1 << bit
            check_altered(device, format, bytes(altered), [], differences)
    assert [d for d in differences if d[0] == "taken"] == []


@pytest.mark.parametrize("name", ["cbor", "tlv", "senml-wakaama", "senml-leshan", "text"])
def test_a_broken_end_leaves_the_push_running(device, name):
    """4.00 for the block that breaks it; the right one is still taken."""
    format, wrap = WRAPPERS[name]
    data = sample(50)
    body = wrap(data)
    cut = len(body) - 7
    first, last = blocks(body, [cut], format=format)
    assert codes(device, [first]) == [CONTINUE]
    for end in (body[cut:] + b"\xff", body[cut:-1], body[cut:] + body[cut:]):
        assert codes(device, [line_of(PUT, "9/0/2", end, format=format, offset=cut)]) == [BAD_REQUEST]
        assert device.values()[9, 0, 7][1] == 1
    assert codes(device, [last]) == [CHANGED]
    delivered(device, data)


@pytest.mark.parametrize("name", WRAPPERS)
def test_another_resource_inside(device, name):
    """A package for another path is not this one's."""
    format, wrap = WRAPPERS[name]
    body = wrap(sample(20))
    if format == TLV:
        altered = [tlv(RESOURCE, 3, sample(20)), tlv(codec.MULTIPLE, 2, sample(20)),
                   tlv(codec.RESOURCE_INSTANCE, 2, sample(20)), tlv(codec.INSTANCE, 0, body)]
    elif format == SENML_CBOR:
        altered = [body.replace(b"/9", b"/8"), body.replace(b"/9/0", b"/9/1"),
                   body.replace(b"2", b"3"), body.replace(b"/9/0", b"/9/0"[::-1])]
    else:
        return
    for one in altered:
        if one == body:
            continue
        for cuts in ([], [len(one) // 2]):
            code, stored = outcome(device, blocks(one, cuts, format=format))
            assert code == BAD_REQUEST or readings(format, one) is not None, one
            assert stored is None
            device.reset()
