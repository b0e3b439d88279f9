# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Packages in every Content-Format that can have one, in blocks that cut it anywhere."""

import base64

import cbor2
import pytest

from conftest import expect, make_package
from payloads import INSTANCE, MULTIPLE, RESOURCE, senml, tlv, written
from wire import (BAD_REQUEST, CBOR, CHANGED, CONTINUE, INCOMPLETE, OPAQUE, PUT, SENML_CBOR,
                  SENML_JSON, TEXT, TLV, TOO_LARGE, UNSUPPORTED_FORMAT)

WRAPPED = (TLV, CBOR, SENML_CBOR, SENML_JSON)
FORMATS = (OPAQUE, TEXT) + WRAPPED
UNKNOWN = (41, 47, 65000, 65535)     # XML, EXI, nobody's


def body_of(fmt, data, instance=0):
    """A package as the body of a write to 9/`instance`/2."""
    return data if fmt == OPAQUE else written(fmt, f"9/{instance}/2", {2: data})


@pytest.mark.parametrize("fmt", WRAPPED)
@pytest.mark.parametrize("szx", range(7))
def test_wrapped_packages(device, fmt, szx):
    peer = device.start("--policy", "none")
    for length in (1, 15, 16, 1021, 1023, 2100):
        data = make_package(max(length, 5))[-length:]
        peer.push(body_of(fmt, data), szx, cf=fmt)
        peer.wait_status(3, 0, 0)
        assert device.package() == data
        assert peer.execute("9/0/6").code == CHANGED


@pytest.mark.parametrize("fmt", WRAPPED)
def test_wrapped_in_one_request(device, fmt):
    data = make_package(700)
    peer = device.start(*expect(data))
    assert peer.whole(body_of(fmt, data), cf=fmt).code == CHANGED
    peer.wait_status(3, 3, 0)
    assert device.package() == data


@pytest.mark.parametrize("fmt", FORMATS)
def test_long_packages(device, fmt):
    """Above 65,535 bytes, with as many bytes for the length."""
    data = make_package(70_000)
    peer = device.start(*expect(data))
    peer.push(body_of(fmt, data), 6, cf=fmt, size1=len(body_of(fmt, data)))
    peer.wait_status(3, 3, 0)
    assert device.package() == data


@pytest.mark.parametrize("fmt", FORMATS)
def test_repeats_and_gaps(device, fmt):
    data = make_package(150)
    body = body_of(fmt, data)
    last = (len(body) - 1) // 16
    peer = device.start(*expect(data))
    for num in range(last + 1):
        for _ in range(2):
            wanted = CONTINUE if num < last else CHANGED
            assert peer.chunk(body, num, 0, cf=fmt).code == wanted, num
        if num < last - 1:
            assert peer.chunk(body, num + 2, 0, cf=fmt).code == INCOMPLETE
            assert peer.chunk(body, num - 1, 0, cf=fmt).code == INCOMPLETE if num > 1 else True
    peer.wait_status(3, 3, 0)
    assert device.package() == data


@pytest.mark.parametrize("first", FORMATS)
def test_restart_in_any_format(device, first):
    """Block 0 begins again, whatever the format was."""
    data = make_package(150)
    peer = device.start(*expect(data))
    for second in FORMATS:
        for stop in (1, 5):
            peer.push(body_of(first, make_package(150, seed=2)), 0, cf=first, stop=stop)
        assert peer.status() == (1, 1, 0)
        peer.push(body_of(second, data), 0, cf=second)
        peer.wait_status(3, 3, 0)
        assert device.package() == data
        assert peer.execute("9/0/6").code == CHANGED


def test_interleaved_in_different_formats(device):
    packages = [make_package(500 + n, seed=n) for n in range(len(FORMATS))]
    peer = device.start("--instances", len(FORMATS), *expect(*packages))
    bodies = [body_of(fmt, data, n) for n, (fmt, data) in enumerate(zip(FORMATS, packages))]
    for num in range(-(-max(map(len, bodies)) // 32)):
        for n, (fmt, body) in enumerate(zip(FORMATS, bodies)):
            if num * 32 < len(body):
                wanted = CONTINUE if (num + 1) * 32 < len(body) else CHANGED
                assert peer.chunk(body, num, 1, instance=n, cf=fmt).code == wanted, (num, fmt)
    for n, data in enumerate(packages):
        peer.wait_status(3, 3, 0, instance=n)
        assert device.package(n) == data


@pytest.mark.parametrize("records", [
    [("bn", "/9/0/2"), ("vd", b"*")], [("bn", "/9/0/"), ("n", "2"), ("vd", b"*")],
    [("n", "/9/0/2"), ("vd", b"*")], [("n", "0/2"), ("bn", "/9/"), ("vd", b"*")],
    [("vd", b"*"), ("bn", "/9/0/2")]],      # the last is how Leshan writes it
    ids=lambda records: "-".join(key for key, _ in records))
@pytest.mark.parametrize("fmt", [SENML_CBOR, SENML_JSON])
@pytest.mark.parametrize("szx", [0, 6])
def test_senml_names(device, records, fmt, szx):
    data = make_package(300)
    body = senml(fmt, [{key: data if key == "vd" else value for key, value in records}])
    peer = device.start(*expect(data))
    peer.push(body, szx, cf=fmt)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


PACKAGE = make_package(100)
WRONG = [
    (TLV, tlv(RESOURCE, 3, PACKAGE)), (TLV, tlv(MULTIPLE, 2, PACKAGE)),
    (TLV, tlv(INSTANCE, 0, tlv(RESOURCE, 2, PACKAGE))), (TLV, tlv(RESOURCE, 2, PACKAGE)[:-1]),
    (TLV, tlv(RESOURCE, 2, PACKAGE) + b"x"), (TLV, b"\xc8"), (TLV, b"\xff\x02\xff\xff"),
    (CBOR, cbor2.dumps(PACKAGE.hex())), (CBOR, cbor2.dumps(PACKAGE)[:-1]), (CBOR, b"\x58"),
    (CBOR, cbor2.dumps(PACKAGE) + b"x"), (CBOR, cbor2.dumps([PACKAGE])), (CBOR, b"\xf5"),
    (CBOR, b"\x5b\x00\x00\x00\x01\x00\x00\x00\x00" + PACKAGE), (CBOR, b"\xff"),
    *[(fmt, senml(fmt, records)) for fmt in (SENML_CBOR, SENML_JSON) for records in (
        [], [{}], [{"bn": "/9/0/2"}], [{"bn": "/9/0/3", "vd": PACKAGE}],
        [{"bn": "/9/1/2", "vd": PACKAGE}], [{"n": "2", "vd": PACKAGE}],
        [{"bn": "/9/0/2", "vs": PACKAGE.hex()}], [{"bn": "/9/0/2", "v": 1}],
        [{"bn": "/9/0/2", "vd": PACKAGE}, {"bn": "/9/0/8", "vb": True}])],
    *[(fmt, change(senml(fmt, [{"bn": "/9/0/2", "vd": PACKAGE}])))
      for fmt in (SENML_CBOR, SENML_JSON) for change in (lambda body: body[:-1],
                                                         lambda body: body + b"x")],
    (SENML_JSON, b'[{"bn":"/9/0/2","vd":"AAA*"}]'), (SENML_JSON, b'[{"bn":"/9/0/2","vd":"A"}]'),
    (SENML_JSON, b'[{"bn":"/9/0/2","vd":AAAA}]'), (SENML_JSON, b'[{"bn":"/9/0/2" "vd":"AAAA"}]'),
]


def test_wrong_wrappings_in_one_request(device):
    peer = device.start(*expect(PACKAGE))
    for fmt, body in WRONG:
        reply = peer.whole(body, cf=fmt)
        assert reply.code == BAD_REQUEST, (fmt, body, reply)
        assert peer.status() == (0, 0, 0), (fmt, body)
    peer.deliver(PACKAGE)


@pytest.mark.parametrize("szx", [0, 1])
def test_wrong_wrappings_in_blocks(device, szx):
    """4.00 where it shows; what came before stays, and the right block is taken."""
    peer = device.start(*expect(PACKAGE))
    size = 16 << szx
    for fmt, body in WRONG:
        last = (len(body) - 1) // size
        for num in range(last + 1):
            reply = peer.chunk(body, num, szx, cf=fmt)
            if reply.code != CONTINUE:
                break
        assert reply.code == BAD_REQUEST, (fmt, body, num, reply)
        assert peer.status() == ((0, 0, 0) if num == 0 else (1, 1, 0)), (fmt, body)
        if num > 0:
            assert peer.execute("9/0/6").code == CHANGED
    for fmt in WRAPPED:
        body = body_of(fmt, PACKAGE)
        last = (len(body) - 1) // size
        peer.push(body, szx, cf=fmt, stop=last)
        reply = peer.request(PUT, "9/0/2", body[last * size:] + b"x", cf=fmt,
                             block1=(last, False, szx))
        assert reply.code == BAD_REQUEST, reply
        peer.push(body, szx, cf=fmt, start=last)
        peer.wait_status(3, 3, 0)
        assert device.package() == PACKAGE
        assert peer.execute("9/0/6").code == CHANGED


@pytest.mark.parametrize("fmt", [TLV, CBOR, SENML_CBOR])
def test_the_length_that_the_wrapping_tells(device, fmt):
    """It is known with the first block, like Size1; base64 has none."""
    data = make_package(5000)
    peer = device.start("--capacity", 1000)
    assert peer.chunk(body_of(fmt, data), 0, 2, cf=fmt).code == TOO_LARGE
    peer.wait_status(0, 50, 0)


@pytest.mark.parametrize("fmt", WRAPPED + (TEXT,))
def test_no_package_in_the_wrapping(device, fmt):
    """An empty write: a bad request, or the option's cancel."""
    peer = device.start()
    assert peer.whole(body_of(fmt, b""), cf=fmt).code == BAD_REQUEST
    assert peer.status() == (0, 0, 0)
    device.kill()
    peer = device.start("--option", "empty_write_cancels")
    peer.push(make_package(300), 2, stop=2)
    assert peer.whole(body_of(fmt, b""), cf=fmt).code == CHANGED
    assert peer.status() == (0, 0, 0)


@pytest.mark.parametrize("szx", [0, 1, 2, 4, 6])
@pytest.mark.parametrize("length", [1021, 1022, 1023])
def test_base64_cut_by_blocks(device, szx, length):
    """1021, 1022, 1023 bytes: two, one and no padding characters."""
    data = make_package(length)
    peer = device.start(*expect(data))
    peer.push(base64.b64encode(data), szx, cf=TEXT)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_base64_padding_in_a_block_of_its_own(device):
    """Block borders are multiples of 16 characters, so they never cut a group of four."""
    data = make_package(49)
    text = base64.b64encode(data)
    assert len(text) == 68 and text.endswith(b"==")
    peer = device.start(*expect(data))
    peer.push(text, 2, cf=TEXT)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_base64_in_one_request(device):
    data = make_package(200)
    peer = device.start(*expect(data))
    assert peer.whole(base64.b64encode(data), cf=TEXT).code == CHANGED
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_base64_repeats_and_gaps(device):
    data = make_package(150)
    text = base64.b64encode(data)
    peer = device.start(*expect(data))
    for num in range(13):
        for _ in range(2):
            wanted = CONTINUE if num < 12 else CHANGED
            assert peer.chunk(text, num, 0, cf=TEXT).code == wanted, num
        if num < 10:
            assert peer.chunk(text, num + 2, 0, cf=TEXT).code == INCOMPLETE
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_base64_restart(device):
    data = make_package(150)
    text = base64.b64encode(data)
    peer = device.start(*expect(data))
    peer.push(base64.b64encode(make_package(150, seed=2)), 0, cf=TEXT, stop=5)
    peer.push(text, 0, cf=TEXT)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


@pytest.mark.parametrize("text", [b"@@@@", b"AAAA*AAA", b"AAA\xff", b"AA==AAAA", b"A"])
def test_broken_base64_in_one_request(device, text):
    data = make_package(150)
    peer = device.start(*expect(data))
    assert peer.whole(text, cf=TEXT).code == BAD_REQUEST
    assert peer.status() == (0, 0, 0)
    peer.deliver(data)


def test_broken_base64_inside_a_push(device):
    data = make_package(150)
    text = base64.b64encode(data)
    peer = device.start(*expect(data))
    peer.push(text, 0, cf=TEXT, stop=4)
    for broken in (b"@" * 16, b"AAAAAAAAAAAAAA\x80A", b"AAAA====AAAAAAAA"):
        reply = peer.request(PUT, "9/0/2", broken, cf=TEXT, block1=(4, True, 0))
        assert reply.code == BAD_REQUEST, reply
        assert peer.status() == (1, 1, 0)
    peer.push(text, 0, cf=TEXT, start=4, stop=12)
    # the last block ends one character into a group
    reply = peer.request(PUT, "9/0/2", text[192:197], cf=TEXT, block1=(12, False, 0))
    assert reply.code == BAD_REQUEST, reply
    assert peer.status() == (1, 1, 0)
    peer.push(text, 0, cf=TEXT, start=12)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


@pytest.mark.parametrize("cf", UNKNOWN)
@pytest.mark.parametrize("path", ["9/0/2", "9/0/3", "9/0/8", "9/0/13"])
def test_unknown_format(device, cf, path):
    peer = device.start()
    assert peer.put(path, b"1", cf=cf).code == UNSUPPORTED_FORMAT
    assert peer.status() == (0, 0, 0)


@pytest.mark.parametrize("first", FORMATS)
def test_format_changes_inside_a_push(device, first):
    data = make_package(150)
    body = body_of(first, data)
    peer = device.start(*expect(data))
    peer.push(body, 0, cf=first, stop=4)
    for second in set(FORMATS) - {first}:
        assert peer.request(PUT, "9/0/2", b"A" * 16, cf=second,
                            block1=(4, True, 0)).code == INCOMPLETE
        assert peer.status() == (1, 1, 0)
    peer.push(body, 0, cf=first, start=4)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_unknown_format_inside_a_push(device):
    """4.15 or 4.08: the rules name both; in either case the push goes on."""
    data = make_package(150)
    peer = device.start(*expect(data))
    peer.push(data, 0, stop=4)
    reply = peer.request(PUT, "9/0/2", b"A" * 16, cf=41, block1=(4, True, 0))
    assert reply.code in (UNSUPPORTED_FORMAT, INCOMPLETE), reply
    assert peer.status() == (1, 1, 0)
    peer.push(data, 0, start=4)
    peer.wait_status(3, 3, 0)


def test_another_format_at_block_0_is_a_restart(device):
    """Ambiguous: offset 0 restarts, a changed format is 4.08; both are borne."""
    data = make_package(150)
    text = base64.b64encode(data)
    peer = device.start(*expect(data))
    peer.push(data, 0, stop=4)
    code = peer.chunk(text, 0, 0, cf=TEXT).code
    assert code in (CONTINUE, INCOMPLETE)
    assert peer.status() == (1, 1, 0)
    if code == CONTINUE:
        peer.push(text, 0, cf=TEXT, start=1)
    else:
        peer.push(data, 0, start=4)
    peer.wait_status(3, 3, 0)
    assert device.package() == data
