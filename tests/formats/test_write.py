# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What other codecs write, and what the firmware is then told."""

import itertools
import json

import cbor2
import pytest

import codec
from codec import MULTIPLE, INSTANCE, RESOURCE, RESOURCE_INSTANCE, tlv
from device import (BAD_REQUEST, BOOLEAN, BYTES, CBOR, CHANGED, CREATED, DELETE, DELETED, FORMATS,
                    LINK, NOT_ALLOWED, NOT_FOUND, OBJLNK, OPAQUE, SENML_CBOR, SENML_JSON,
                    STRING, TEXT, TLV, TOO_LARGE, UNSUPPORTED)

URI = b"coap://h/p"
SEVERAL = (TLV, SENML_JSON, SENML_CBOR)
TEXTS = ["a", "1234567", "12345678", "x" * 127, "x" * 128, "x" * 255, "größe", "漢字",
         "🙂" * 63, 'quote " backslash \\ slash /', "\x01\t\r\n\x1f\x7f", "{}[],:", "null",
         "\u2028\u00a0\ufffd\uffff\U0010ffff", "a\0b"]
LINKS = [(0, 0), (0, 1), (1, 0), (9, 0), (255, 256), (65534, 65535), (65535, 65535),
         (32768, 32767)]
WRITABLE = {3: (STRING, URI), 8: (BOOLEAN, 1), 13: (OBJLNK, 9 << 16 | 1), 14: (STRING, b"ich"),
            15: (STRING, "geheim".encode())}


def told(device):
    """What the firmware knows after a Write: settings, and a download's orders."""
    values = device.values()
    device.poll()
    return {8: values[9, 0, 8][1], 13: values[9, 0, 13][1]} | dict(
        zip((3, 14, 15), device.fetched()))


UNTOLD = {8: 0, 13: 0xFFFFFFFF, 3: b"", 14: b"", 15: b""}


@pytest.mark.parametrize("format", [None, *FORMATS])
@pytest.mark.parametrize("resource", WRITABLE)
def test_every_resource(device, format, resource):
    path, leaf = (9, 0, resource), WRITABLE[resource]
    payload = codec.encode(TEXT if format is None else format, path, {path: leaf})
    if payload is None:
        assert device.put(f"9/0/{resource}", URI, format).code == UNSUPPORTED
        assert told(device) == UNTOLD
        return
    assert device.put(f"9/0/{resource}", payload, format).code == CHANGED
    if resource != 3:
        assert device.put("9/0/3", URI).code == CHANGED
    assert told(device) == UNTOLD | {3: URI, resource: leaf[1]}


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts(device, format, text):
    path, value = (9, 0, 14), text.encode()
    assert device.put("9/0/14", codec.encode(format, path, {path: (STRING, value)}),
                      format).code == CHANGED
    assert device.put("9/0/3", URI).code == CHANGED
    assert told(device)[14] == value


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
def test_a_text_is_emptied(device, format):
    path = (9, 0, 15)
    for value in (b"secret", b""):
        payload = codec.encode(format, path, {path: (STRING, value)})
        assert device.put("9/0/15", payload, format).code == CHANGED
    assert device.put("9/0/3", URI).code == CHANGED
    assert told(device)[15] == b""


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
@pytest.mark.parametrize("resource", [3, 14, 15])
def test_lengths_of_text(device, format, resource):
    path = (9, 0, resource)
    for length in [*range(1, 30), 126, 127, 128, 254, 255, 256, 257, 300, 1000]:
        device.reset()
        value = (b"coap://" + b"h" * 1000)[:max(length, 8)] if resource == 3 else b"y" * length
        payload = codec.encode(format, path, {path: (STRING, value)})
        code = device.put(f"9/0/{resource}", payload, format).code
        if len(value) > 255:
            assert code in (BAD_REQUEST, TOO_LARGE)
            assert device.values()[9, 0, 7][1] == 0
            continue
        assert code == CHANGED, length
        if resource != 3:
            device.put("9/0/3", URI)
        assert told(device)[resource] == value


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
def test_links(device, format):
    path = (9, 0, 13)
    for object_id, instance in LINKS:
        value = object_id << 16 | instance
        payload = codec.encode(format, path, {path: (OBJLNK, value)})
        assert device.put("9/0/13", payload, format).code == CHANGED, payload
        assert device.values()[path] == (OBJLNK, value)


@pytest.mark.parametrize("format", [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR])
def test_booleans(device, format):
    path = (9, 0, 8)
    for value in (1, 0, 1, 1, 0):
        payload = codec.encode(format, path, {path: (BOOLEAN, value)})
        assert device.put("9/0/8", payload, format).code == CHANGED
        assert device.values()[path] == (BOOLEAN, value)


# Several ways to say the same.

VARIANTS = {
    TLV: [tlv(RESOURCE, 8, b"\1"), tlv(RESOURCE, 8, b"\1", wide_id=True),
          *(tlv(RESOURCE, 8, b"\1", wide_length=n) for n in (1, 2, 3)),
          tlv(RESOURCE, 8, b"\1", True, 3)],
    CBOR: [b"\xf5"],
    SENML_JSON: [
        b'[{"n":"/9/0/8","vb":true}]', b'[{"bn":"/9/0/8","vb":true}]',
        b'[{"vb":true,"bn":"/9/0/8"}]', b'[{"bn":"/9/0/","n":"8","vb":true}]',
        b'[{"n":"8","vb":true,"bn":"/9/0/"}]', b'[{"n":"0/8","bn":"/9/","vb":true}]',
        b'[{"bn":"/9","n":"/0/8","vb":true}]', b'[{"bn":"/9/0/8","n":"","vb":true}]',
        b' \t\r\n[ { "n" : "/9/0/8" , "vb" : true } ] \n',
        rb'[{"n":"\/9\/0\/8","vb":true}]', rb'[{"\u006e":"/\u0039/0/8","v\u0062":true}]',
        b'[{"n":"/9/0/8","vb":true,"u":"m"}]', b'[{"n":"/9/0/8","vb":true,"foo":"bar"}]',
        b'[{"n":"/9/0/8","vb":true,"foo":-2.5e3,"bar":"]}","baz":false}]',
        b'[{"bver":10,"n":"/9/0/8","vb":true}]'],
    SENML_CBOR: [
        cbor2.dumps([{0: "/9/0/8", 4: True}]), cbor2.dumps([{-2: "/9/0/8", 4: True}]),
        cbor2.dumps([{4: True, -2: "/9/0/8"}]), cbor2.dumps([{-2: "/9/0/", 0: "8", 4: True}]),
        cbor2.dumps([{0: "8", 4: True, -2: "/9/0/"}]),
        cbor2.dumps([{-2: "/9", 0: "/0/8", 4: True}]), cbor2.dumps([{-2: "/9/0/8", 0: "", 4: True}]),
        cbor2.dumps([{-2: "/9/0/8", 4: True, 1: "m"}]),
        cbor2.dumps([{-2: "/9/0/8", 4: True, "foo": "bar"}]),
        cbor2.dumps([{"foo": -2.5e3, "bar": b"x", -2: "/9/0/8", 4: True, 99: False}]),
        cbor2.dumps([{-1: 10, -2: "/9/0/8", 4: True}]),
        b"\x9f\xbf\x00\x66/9/0/8\x04\xf5\xff\xff", b"\x98\x01\xb8\x01"[:2] + b"\xb8\x02"
        b"\x18\x00\x78\x06/9/0/8\x18\x04\xf5"],
}


@pytest.mark.parametrize("format, payload", [(f, p) for f in VARIANTS for p in VARIANTS[f]])
def test_another_way_to_say_it(device, format, payload):
    assert codec.decode(format, (9, 0, 8), payload) == {(9, 0, 8): (BOOLEAN, 1)}
    assert device.put("9/0/8", payload, format).code == CHANGED
    assert told(device) == UNTOLD | {8: 1}


MAYBE = {
    SENML_JSON: [b'[{"n":"/9/0/8","vb":true,"foo":{"a":[1,-2.5e3,null,{"b":"]}"}]}}]',
                 b'[{"bn":"/9/0/"},{"n":"8","vb":true}]',
                 b'[{"n":"/9/0/8","vb":true,"t":1}]'],
    SENML_CBOR: [cbor2.dumps([{"foo": {"a": [1, -2.5e3, None, b"x"]}, -2: "/9/0/8", 4: True}]),
                 cbor2.dumps([{-2: "/9/0/"}, {0: "8", 4: True}]),
                 cbor2.dumps([{-2: "/9/0/8", 4: True, 6: 1}])],
}


@pytest.mark.parametrize("format, payload", [(f, p) for f in MAYBE for p in MAYBE[f]])
def test_what_no_server_says(device, format, payload):
    """The standard reads it; a device may refuse what it has no use for."""
    assert codec.decode(format, (9, 0, 8), payload) == {(9, 0, 8): (BOOLEAN, 1)}
    code = device.put("9/0/8", payload, format).code
    assert code in (CHANGED, BAD_REQUEST)
    assert told(device) == UNTOLD | {8: int(code == CHANGED)}


@pytest.mark.parametrize("format", [SENML_JSON, SENML_CBOR])
@pytest.mark.parametrize("label", ["vlo", "vs"])
def test_a_link_as_leshan_says_it(device, format, label):
    """The standard says vlo; Eclipse Leshan 2.0.0-M18 writes vs."""
    pack = [{"bn": "/9/0/13", label: "9:1"}]
    payload = (json.dumps(pack).encode() if format == SENML_JSON else
               cbor2.dumps([{codec.CODES.get(k, k): v for k, v in pack[0].items()}]))
    assert device.put("9/0/13", payload, format).code == CHANGED
    assert device.values()[9, 0, 13][1] == 9 << 16 | 1


# Several resources at once

def subsets():
    for size in range(1, len(WRITABLE) + 1):
        yield from itertools.combinations(WRITABLE, size)


@pytest.mark.parametrize("format", SEVERAL)
def test_write_to_an_instance(device, format):
    for order in (1, -1):
        for some in subsets():
            device.reset()
            leaves = {(9, 0, r): WRITABLE[r] for r in some[::order]}
            payload = (b"".join(tlv(RESOURCE, at[2], codec.tlv_value(*leaf))
                                for at, leaf in leaves.items()) if format == TLV
                       else codec.encode(format, (9, 0), leaves))
            assert device.post("9/0", payload, format).code == CHANGED, some
            if 3 not in some:
                assert device.put("9/0/3", URI).code == CHANGED
            assert told(device) == UNTOLD | {3: URI} | {r: WRITABLE[r][1] for r in some}


@pytest.mark.parametrize("format", SEVERAL)
def test_write_to_an_instance_with_the_package(device, format):
    for data in (b"p", b"package", b"\0" * 100, bytes(range(256)) * 3):
        device.reset()
        leaves = {(9, 0, 2): (BYTES, data), (9, 0, 8): (BOOLEAN, 1)}
        assert device.post("9/0", codec.encode(format, (9, 0), leaves), format).code == CHANGED
        device.poll()
        assert device.stored() == data
        assert device.values()[9, 0, 7][1] == 3 and device.values()[9, 0, 8][1] == 1


def test_tlv_of_an_instance_in_its_instance(device):
    """LwM2M allows both: resources, or the instance that holds them."""
    inner = tlv(RESOURCE, 8, b"\1") + tlv(RESOURCE, 14, b"me")
    assert device.post("9/0", tlv(INSTANCE, 0, inner), TLV).code == CHANGED
    device.put("9/0/3", URI)
    assert told(device) == UNTOLD | {3: URI, 8: 1, 14: b"me"}
    for broken in (tlv(INSTANCE, 1, inner), tlv(INSTANCE, 0, inner) + tlv(INSTANCE, 1, inner)):
        assert device.post("9/0", broken, TLV).code in (BAD_REQUEST, NOT_ALLOWED)


@pytest.mark.parametrize("format", SEVERAL)
def test_base_names(device, format):
    if format == TLV:
        return
    binary = format == SENML_CBOR
    leaves = {(9, 0, r): WRITABLE[r] for r in WRITABLE}
    for base in ("/", "/9", "/9/", "/9/0", "/9/0/"):
        device.reset()
        payload = codec.senml_of(leaves, binary, base)
        assert device.post("9/0", payload, format).code == CHANGED, payload
        assert told(device) == {r: WRITABLE[r][1] for r in WRITABLE}


@pytest.mark.parametrize("format", SEVERAL)
@pytest.mark.parametrize("bad", [{(9, 0, 7): (3, 1)}, {(9, 0, 99): (3, 1)}, {(9, 0, 4): (1, b"x")},
                                 {(9, 0, 13): (STRING, b"nolink")},
                                 {(9, 0, 8): (STRING, b"\x02")}, {(9, 0, 3): (STRING, b"no uri")},
                                 {(9, 0, 2): (BYTES, b"p"), (9, 0, 3): (STRING, URI)}])
def test_all_or_nothing(device, format, bad):
    good = {(9, 0, 8): (BOOLEAN, 1), (9, 0, 14): (STRING, b"me")}
    good = {at: leaf for at, leaf in good.items() if at not in bad}
    for leaves in (good | bad, bad | good):
        before = device.values()
        payload = (b"".join(tlv(RESOURCE, at[2], codec.tlv_value(*leaf))
                            for at, leaf in leaves.items()) if format == TLV
                   else codec.encode(format, (9, 0), leaves))
        code = device.post("9/0", payload, format).code
        assert code in (BAD_REQUEST, NOT_ALLOWED, NOT_FOUND)
        assert device.values() == before
        device.put("9/0/3", URI)
        assert told(device) == UNTOLD | {3: URI}
        device.reset()


@pytest.mark.parametrize("format", [TEXT, OPAQUE, CBOR, LINK])
def test_one_value_is_no_instance(device, format):
    for path in ("9/0", "9"):
        code = device.post(path, b"\x01", format).code
        assert code in (UNSUPPORTED, BAD_REQUEST), path
    assert {at[1] for at in device.values()} == {0}
    assert told(device) == UNTOLD


@pytest.mark.parametrize("format", [None, *FORMATS, LINK])
def test_replacing_is_not_allowed(device, format):
    before = device.values()
    for path in ("9/0", "9", "14", "9/0/0", "9/0/7", "9/0/4", "9/0/17", "9/0/18"):
        leaf = {(9, 0, 8): (BOOLEAN, 1)}
        payload = (codec.encode(format, (9, 0), leaf) if format in SEVERAL else None) or b"1"
        assert device.put(path, payload, format).code == NOT_ALLOWED, path
    for path in ("9/1", "9/0/19", "9/1/8", "3/0", "3/0/1", "9/0/99"):
        assert device.put(path, b"1", format).code == NOT_FOUND, path
    assert device.values() == before


# Create

@pytest.mark.parametrize("format", SEVERAL)
@pytest.mark.parametrize("ident", [1, 7, 255, 256, 65534])
def test_create_with_an_id(device, format, ident):
    leaves = {(9, ident, 8): (BOOLEAN, 1), (9, ident, 13): (OBJLNK, 5)}
    got = device.post("9", codec.encode(format, (9,), leaves), format)
    assert (got.code, got.created) == (CREATED, ident)
    values = device.values()
    assert values[9, ident, 8][1] == 1 and values[9, ident, 13][1] == 5
    assert device.post("9", codec.encode(format, (9,), leaves), format).code == BAD_REQUEST
    assert device.values() == values


def test_create_without_an_id(device):
    got = device.post("9", b"")
    assert (got.code, got.created) == (CREATED, 1)
    got = device.post("9", tlv(RESOURCE, 8, b"\1"), TLV)
    assert (got.code, got.created) == (CREATED, 2)
    got = device.post("9", b"", TLV)
    assert (got.code, got.created) == (CREATED, 3)
    assert device.values()[9, 2, 8][1] == 1
    assert device.post("9", b"", TLV).code == NOT_ALLOWED  # full
    assert device.request(DELETE, "9/2").code == DELETED
    got = device.post("9", tlv(RESOURCE, 13, bytes(4)), TLV)
    assert (got.code, got.created) == (CREATED, 2)
    assert device.values()[9, 2, 13][1] == 0 and device.values()[9, 2, 8][1] == 0


def test_create_of_an_empty_instance_with_an_id(device):
    got = device.post("9", tlv(INSTANCE, 5, b""), TLV)
    assert (got.code, got.created) == (CREATED, 5)


@pytest.mark.parametrize("payload, format", [
    (tlv(INSTANCE, 5, b"") + tlv(INSTANCE, 6, b""), TLV),
    (tlv(INSTANCE, 65535, b""), TLV), (tlv(RESOURCE_INSTANCE, 5, b""), TLV),
    (tlv(INSTANCE, 5, tlv(INSTANCE, 6, b"")), TLV),
    (tlv(INSTANCE, 5, tlv(RESOURCE, 8, b"\1")) + tlv(RESOURCE, 8, b"\1"), TLV),
    (b'[{"bn":"/9/5/","n":"8","vb":true},{"bn":"/9/6/","n":"13","vlo":"1:1"}]', SENML_JSON),
    (b'[{"n":"/14/5/0","vs":"x"}]', SENML_JSON), (b'[{"n":"/9/65535/8","vb":true}]', SENML_JSON),
    (b'[{"n":"/9/65536/8","vb":true}]', SENML_JSON), (b'[{"n":"/9/5/7","v":1}]', SENML_JSON),
    (cbor2.dumps([{0: "/9/5/8", 4: True}, {0: "/9/6/8", 4: True}]), SENML_CBOR)])
def test_create_refused(device, payload, format):
    before = device.values()
    got = device.post("9", payload, format)
    assert got.code in (BAD_REQUEST, NOT_ALLOWED, NOT_FOUND) and got.created is None
    assert device.values() == before


def test_nobody_creates_components(device):
    for format in (None, TLV):
        assert device.post("14", b"", format).code == NOT_ALLOWED
    assert device.post("3", b"").code == NOT_FOUND


# Execute

@pytest.mark.parametrize("format", [None, TEXT])
def test_execute(device, format):
    device.reset(software=1)
    for arguments, code in ((b"2", BAD_REQUEST), (b"1,0", BAD_REQUEST), (b"0,", BAD_REQUEST),
                            (b"a", BAD_REQUEST), (b"0='x'", BAD_REQUEST), (b"1", CHANGED)):
        assert device.post("9/0/6", arguments, format).code == code, arguments
        device.poll()
        assert device.values()[9, 0, 7][1] == (0 if arguments == b"1" else 4)
    device.reset()
    assert device.post("9/0/4", b"", format).code == NOT_ALLOWED
    assert device.put("9/0/2", b"abc", OPAQUE).code == CHANGED
    device.poll()
    assert device.post("9/0/4", b"0='x'", format).code == CHANGED
    device.poll()
    assert device.values()[9, 0, 7][1] == 4
    assert device.post("9/0/10", b"", format).code == CHANGED
    assert device.values()[9, 0, 12][1] == 1


@pytest.mark.parametrize("format", [OPAQUE, CBOR, TLV, SENML_JSON, SENML_CBOR, LINK])
def test_arguments_are_text(device, format):
    assert device.post("9/0/6", b"0", format).code in (UNSUPPORTED, BAD_REQUEST)


def test_nothing_else_is_executed(device):
    for resource in (0, 2, 3, 7, 8, 17):
        assert device.post(f"9/0/{resource}", b"").code == NOT_ALLOWED, resource
    for path in ("9/0/99", "9/1/4", "14/0/3"):
        assert device.post(path, b"").code == NOT_FOUND


# Delete

def test_delete(device):
    device.reset(slots=3)
    assert device.request(DELETE, "9/1").code == DELETED
    assert device.request(DELETE, "9/1").code == NOT_FOUND
    for path in ("9", "9/0/0", "9/0/2", "14"):
        assert device.request(DELETE, path).code == NOT_ALLOWED, path
    assert {at[1] for at in device.values()} == {0, 2}


# Bodies in blocks

@pytest.mark.parametrize("format", SEVERAL)
def test_a_body_in_blocks(device, format):
    leaves = {(9, 0, r): WRITABLE[r] for r in WRITABLE} | {(9, 0, 15): (STRING, b"z" * 200)}
    body = codec.encode(format, (9, 0), leaves)
    for size in (1, 3, 16, 64, len(body) - 1, len(body)):
        device.reset()
        for offset in range(0, len(body), size):
            piece, more = body[offset:offset + size], offset + size < len(body)
            got = device.post("9/0", piece, format, offset=offset, more=more)
            assert got.code == (95 if more else CHANGED), (size, offset)
            if more and size > 1:     # once more
                assert device.post("9/0", piece, format, offset=offset, more=more).code == 95
                if offset + 2 * size < len(body):
                    got = device.post("9/0", b"gap", format, offset=offset + 2 * size, more=more)
                    assert got.code == 136
        assert told(device) == {r: leaves[9, 0, r][1] for r in WRITABLE}


def test_a_body_without_room(device):
    device.reset(body=10)
    payload = codec.encode(TLV, (9, 0), {(9, 0, 14): (STRING, b"ten or more")})
    assert device.post("9/0", payload[:8], TLV, more=1).code == 95
    assert device.post("9/0", payload[8:], TLV, offset=8).code == TOO_LARGE
    device.reset(body=0)
    assert device.post("9/0", payload[:8], TLV, more=1).code == TOO_LARGE
    assert device.post("9/0", payload, TLV).code == CHANGED
