# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the device represents, read by other codecs, beside what the C interface tells."""

import json

import cbor2
import pytest

import codec
from device import (BAD_REQUEST, BOOLEAN, CBOR, CONTENT, FORMATS, INTEGER, LINK, NOT_ACCEPTABLE,
                    NOT_ALLOWED, NOT_FOUND, OBJLNK, OFFER, OPAQUE, SENML_CBOR, SENML_JSON, STRING,
                    TEXT, TLV)

TEXTS = ["", "a", "1234567", "12345678", "x" * 127, "x" * 255, "größe", "漢字", "🙂" * 63,
         'quote " backslash \\ slash /', "\x01\t\r\n\x1f\x7f", "{}[],:", "\u2028\ufeff\u00a0",
         "\0", "a\0b"]
LINKS = [(0, 0), (0, 1), (1, 0), (9, 0), (14, 3), (255, 256), (65534, 65535), (65535, 65535),
         (32768, 32767), (10, 100)]


def beneath(path, leaves):
    return {at: leaf for at, leaf in leaves.items() if at[:len(path)] == path}


def paths(leaves):
    """Every path that is there: Object, instance, resource, resource instance."""
    return sorted({at[:n] for at in leaves for n in range(1, len(at) + 1)})


def name(path):
    return "/".join(map(str, path))


def is_single(path, leaves):
    return path in leaves


def check(device, path, format, leaves):
    """The answer to a Read of `path` in `format`."""
    got = device.get(name(path), accept=format)
    wanted = beneath(path, leaves)
    if format == OPAQUE or format in (TEXT, CBOR) and not is_single(path, leaves):
        assert got.code == NOT_ACCEPTABLE, (path, format, got)
        assert got.payload == b"" and got.format is None
        return
    assert (got.code, got.format, got.more) == (CONTENT, format, 0), (path, format, got)
    assert got.total == len(got.payload)
    assert codec.decode(format, path, got.payload) == wanted, (path, format, got.payload)
    if format in (TEXT, TLV):      # there is one way to say it
        assert got.payload == codec.encode(format, path, wanted), (path, format)
    if format in (CBOR, SENML_CBOR):  # as short as can be
        assert cbor2.dumps(cbor2.loads(got.payload)) == got.payload
    if format in (SENML_JSON, SENML_CBOR):
        names = [n for n, _, _ in (codec.from_senml_cbor if format == SENML_CBOR
                                   else codec.from_senml_json)(got.payload)]
        assert all(n.startswith("/") for n in names)


def installed(device, **options):
    device.reset(software=2, **{"slots": 2, "components": 3, **options})


@pytest.mark.parametrize("format", FORMATS)
def test_every_path(device, format):
    installed(device)
    leaves = device.values()
    assert {at[0] for at in leaves} == {9, 14} and (9, 1, 17, 2) in leaves
    for path in paths(leaves):
        check(device, path, format, leaves)


@pytest.mark.parametrize("format", FORMATS)
def test_every_resource_has_its_type(device, format):
    """As the registered XML says it, not as the device does."""
    installed(device)
    for at, (kind, _) in device.values().items():
        assert codec.KINDS[at[0], at[2]] == kind
        got = device.get(name(at), accept=format)
        if format == CBOR:
            item = cbor2.loads(got.payload)
        elif format in (SENML_JSON, SENML_CBOR):
            record = (json.loads if format == SENML_JSON else cbor2.loads)(got.payload)[0]
            label = {STRING: "vs", INTEGER: "v", BOOLEAN: "vb", OBJLNK: "vlo"}[kind]
            item = record[label if format == SENML_JSON else codec.CODES.get(label, label)]
        else:
            continue
        assert type(item) is {STRING: str, INTEGER: int, BOOLEAN: bool, OBJLNK: str}[kind], at


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts(device, format, text):
    device.reset(slots=2, software=1)
    device.names(text.encode(), text[::-1].encode())
    leaves = device.values()
    if "\0" not in text:     # the fake's names end there
        assert leaves[9, 0, 0] == (STRING, text.encode())
    for path in ((9,), (9, 0), (9, 0, 0), (9, 1, 1)):
        check(device, path, format, leaves)


@pytest.mark.parametrize("format", FORMATS)
def test_links(device, format):
    for object_id, instance in LINKS:
        device.ok(f"link 0 5 {object_id} {instance}")
        device.ok(f"link 0 13 {instance} {object_id}")
        leaves = device.values()
        assert leaves[9, 0, 5] == (OBJLNK, object_id << 16 | instance)
        for path in ((9,), (9, 0), (9, 0, 5), (9, 0, 13)):
            check(device, path, format, leaves)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("count", [1, 2, 23, 24, 127, 128, 200, 254, 255])
def test_numbers(device, format, count):
    """The tree length is the only number that can be large: TLV's are signed."""
    device.reset(software=1, components=count)
    leaves = device.values()
    assert leaves[9, 0, 18] == (INTEGER, count)
    check(device, (9, 0, 18), format, leaves)
    device.line("room 65000")
    for path in ((9, 0, 17), (9, 0, 17, count - 1), (9, 0), (9,), (14,), (14, count - 1)):
        check(device, path, format, leaves)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("first", [255, 256, 300, 65534])
def test_large_instance_ids(device, format, first):
    """They need two bytes in TLV."""
    device.reset(first=first, software=1, components=1)
    leaves = device.values()
    for path in paths(leaves):
        check(device, path, format, leaves)


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_not_there(device, format):
    for path in ("9/1", "9/1/0", "9/0/19", "9/0/99", "9/0/17/0", "9/65534", "14/0", "14/0/0",
                 "3", "3/0", "3/0/1", "9/0/255", "14/0/1"):
        assert device.get(path, accept=format).code == NOT_FOUND, path
    device.reset(offer=OFFER[2])
    for resource in (3, 5, 8, 13, 14, 15, 16, 17, 18):
        assert device.get(f"9/0/{resource}", accept=format).code == NOT_FOUND, resource


@pytest.mark.parametrize("format", [None, *FORMATS])
def test_what_cannot_be_read(device, format):
    installed(device)
    for path in [f"9/0/{n}" for n in (2, 3, 4, 6, 10, 11, 14, 15)] + ["14/0/3", "14/0/4"]:
        assert device.get(path, accept=format).code == NOT_ALLOWED, path


def test_formats_that_nobody_has(device):
    for format in (1, 41, 50, 61, 11543, 65000):
        for path in ("9", "9/0", "9/0/7"):
            assert device.get(path, accept=format).code == NOT_ACCEPTABLE, (format, path)


@pytest.mark.parametrize("format", [*FORMATS, LINK])
def test_a_part_that_is_not_named(device, format):
    installed(device, without=[format])
    leaves = device.values()
    for path in ((9,), (9, 0), (9, 0, 7), (9, 0, 17)):
        assert device.get(name(path), accept=format).code == NOT_ACCEPTABLE
        for other in FORMATS:
            if other != format:
                check(device, path, other, leaves)


def test_without_accept(device):
    """The first part named that can say it."""
    order = [TEXT, OPAQUE, CBOR, TLV, SENML_JSON, SENML_CBOR]
    for missing in ([], [TEXT], [TEXT, CBOR], [TLV], [TEXT, CBOR, TLV], [TEXT, CBOR, TLV, SENML_JSON]):
        installed(device, without=missing)
        leaves = device.values()
        for path in paths(leaves):
            can = [f for f in order if f not in missing and f != OPAQUE and
                   (f not in (TEXT, CBOR) or is_single(path, leaves))]
            got = device.get(name(path))
            assert (got.code, got.format) == (CONTENT, can[0]), (missing, path)
            assert codec.decode(can[0], path, got.payload) == beneath(path, leaves)


@pytest.mark.parametrize("format", FORMATS)
def test_pieces(device, format):
    """Block2: every room, at every offset, is a piece of the same representation."""
    installed(device, components=2)
    device.names("größer".encode(), b"1.0")
    leaves = device.values()
    for path in ((9,), (9, 0), (9, 0, 17), (9, 0, 0), (14,)):
        device.line("room 4096")
        whole = device.get(name(path), accept=format)
        if whole.code != CONTENT:
            continue
        check(device, path, format, leaves)
        size = len(whole.payload)
        for room in [*range(1, min(size + 2, 70)), 128, 256, size - 1, size]:
            device.line(f"room {room}")
            for offset in ([*range(size)] if room in (1, 7, 16, 64) else range(0, size, max(room, 1))):
                piece = device.get(name(path), accept=format, offset=offset)
                assert piece.payload == whole.payload[offset:offset + room], (room, offset)
                assert (piece.code, piece.format, piece.total, piece.etag) == (
                    CONTENT, format, size, whole.etag)
                assert piece.more == (offset + len(piece.payload) < size)


@pytest.mark.parametrize("offset", [0, 1, 1000, 4294967295])
def test_no_piece_beyond_the_end(device, offset):
    for format in FORMATS:
        whole = device.get("9/0/0", accept=format)
        got = device.get("9/0/0", accept=format, offset=offset + len(whole.payload)
                         if offset < 4294967295 else offset)
        assert got.code in (CONTENT, BAD_REQUEST, NOT_ACCEPTABLE)
        assert got.payload == b"" and got.more == 0


def test_etag_tells_apart(device):
    installed(device)
    for format in (TLV, SENML_JSON, SENML_CBOR):
        tags = set()
        for text in ("one", "two", "ones", "", "eno"):
            device.names(text.encode(), b"1")
            tags.add(device.get("9/0", accept=format).etag)
        assert len(tags) == 5


@pytest.mark.parametrize("accept", [LINK])
def test_discover(device, accept):
    """RFC 6690: every path beneath, each once; the payload is read by a small parser."""
    installed(device)
    leaves = device.values()
    hidden = {0: (2, 3, 4, 6, 10, 11, 14, 15), 1: (3, 4)}
    there = set(paths(leaves))
    for at in list(there):
        if len(at) == 2:
            there |= {at + (n,) for n in hidden[at[0] == 14]}
    for path in [(9,), (14,), (9, 0), (9, 1), (14, 0), (9, 0, 7), (9, 0, 2)]:
        got = device.get(name(path), accept=accept)
        assert (got.code, got.format) == (CONTENT, LINK), path
        listed = links(got.payload)
        targets = [target for target, _ in listed]
        assert len(set(targets)) == len(targets)
        depth = 3
        wanted = {p for p in there if p[:len(path)] == path and len(p) <= depth}
        assert set(targets) == wanted, (path, got.payload)


def test_discover_for_a_registration(device):
    installed(device)
    got = device.get("", accept=LINK)
    assert (got.code, got.format) == (CONTENT, LINK)
    targets = {target for target, _ in links(got.payload)}
    instances = {p for p in paths(device.values()) if len(p) == 2}
    assert instances <= targets <= instances | {(9,), (14,)}


def links(payload):
    found = []
    for item in payload.decode("ascii").split(","):
        target, *attributes = item.split(";")
        assert target[:2] == "</" and target[-1] == ">", item
        found.append((codec.senml_leaves([(target[1:-1], None, None)])[0][0], attributes))
    return found


@pytest.mark.parametrize("path", ["9/0/17/3", "9/0/7/0", "9/0/0/1", "14/0/0/0"])
@pytest.mark.parametrize("format", [None, *FORMATS])
def test_no_such_resource_instance(device, path, format):
    installed(device)
    assert device.get(path, accept=format).code == NOT_FOUND
