# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Content-Formats of what is written."""

import base64

import pytest

from conftest import expect, make_package
from wire import (BAD_REQUEST, CHANGED, CONTINUE, INCOMPLETE, OPAQUE, PUT, TEXT,
                  UNSUPPORTED_FORMAT)

UNKNOWN = (41, 47, 65000)     # XML, EXI, nobody's


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


@pytest.mark.parametrize("first, second", [(OPAQUE, TEXT), (TEXT, OPAQUE)])
def test_format_changes_inside_a_push(device, first, second):
    data = make_package(150)
    body = base64.b64encode(data) if first == TEXT else data
    peer = device.start(*expect(data))
    peer.push(body, 0, cf=first, stop=4)
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
