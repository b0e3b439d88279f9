# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What becomes of a package: accepted, or which result it gets."""

import re

import pytest

from conftest import crc32, expect, make_package, sha256
from wire import CHANGED, CONTINUE, NOT_ALLOWED, SERVER_ERROR, TOO_LARGE

REASON = re.compile(r"^(\d+:[^:]*)?$")


def reason(peer, result, instance=0):
    """Status Reason: our own text, empty or `result:token`."""
    text = peer.value(f"9/{instance}/16")
    assert REASON.match(text), text
    assert text == "" or text.startswith(f"{result}:"), text
    return text


def test_no_digest_known(device):
    data = make_package(300)
    peer = device.start()
    peer.observe("9/0/7", "9/0/9", "9/0/16")
    peer.push(data, 2)
    peer.wait_note("9/0/7", 0)
    assert peer.status() == (0, 57, 0)
    assert peer.value("9/0/16") == "57:unverified"
    seen = [pair for pair in peer.pairs() if pair[1] in ("57:unverified", "57", "0", "2")]
    assert seen[-3:] == [("9/0/16", "57:unverified"), ("9/0/9", "57"), ("9/0/7", "0")]
    assert peer.notified("9/0/7") == ["1", "2", "0"], "state 2 is always visited"


def test_digest_without_length(device):
    data = make_package(3000)
    peer = device.start(*expect(data, length=False))
    peer.push(data)
    peer.wait_status(3, 3, 0)
    assert reason(peer, 3) == "" and device.package() == data


@pytest.mark.parametrize("blocks", [False, True], ids=["whole", "blocks"])
def test_wrong_digest(device, blocks):
    data, other = make_package(500), make_package(500, seed=2)
    peer = device.start(*expect(data))
    peer.observe("9/0/7", "9/0/9")
    if blocks:
        peer.push(other, 2)
    else:
        assert peer.whole(other).code == CHANGED
    peer.wait_note("9/0/7", 0)
    assert peer.status() == (0, 53, 0)
    reason(peer, 53)
    first = [("9/0/9", "1"), ("9/0/7", "1"), ("9/0/9", "0")] if blocks else []
    assert peer.pairs() == first + [("9/0/7", "2"), ("9/0/9", "53"), ("9/0/7", "0")]
    assert peer.execute("9/0/4").code == NOT_ALLOWED
    # what was expected survives a failed transfer
    peer.deliver(data)
    assert device.package() == data


@pytest.mark.parametrize("given", [499, 501], ids=["shorter", "longer"])
@pytest.mark.parametrize("blocks", [False, True], ids=["whole", "blocks"])
def test_wrong_length(device, given, blocks):
    data = make_package(given)
    peer = device.start("--expect", f"{sha256(data)},500")
    if not blocks:
        assert peer.whole(data).code == CHANGED
    else:
        codes = [peer.chunk(data, num, 2).code for num in range(7)]
        assert codes == [CONTINUE] * 7
        # 448 bytes so far: the chunk with the fault completes the package
        assert peer.chunk(data, 7, 2).code == CHANGED
    peer.wait_status(0, 53, 0)
    reason(peer, 53)


def test_too_long_long_before_the_end(device):
    data = make_package(5000)
    peer = device.start("--expect", f"0:{sha256(data)},100")
    codes = []
    for num in range(5):
        codes.append(peer.chunk(data, num, 6).code)
        if codes[-1] != CONTINUE:
            break
    # at the first block or later: as soon as the device notices
    assert codes[-1] in (SERVER_ERROR, CHANGED), codes
    peer.wait_status(0, 53, 0)


@pytest.mark.parametrize("good", [True, False])
def test_crc_policy(device, good):
    data = make_package(1500)
    peer = device.start("--policy", "crc", "--expect",
                        f"crc32:{crc32(data if good else data[:-1])}")
    peer.push(data)
    peer.wait_status(*((3, 3) if good else (0, 53)))


def test_crc_policy_with_an_instance_number(device):
    data = make_package(1500)
    peer = device.start("--policy", "crc", "--instances", 2, "--expect", f"1:crc32:{crc32(data)}")
    peer.deliver(data, instance=1)
    assert peer.status(0) == (0, 0, 0)


def test_crc_alone_is_no_digest(device):
    data = make_package(1500)
    peer = device.start("--expect", f"crc32:{crc32(data)}")
    peer.push(data)
    peer.wait_status(0, 57)
    assert peer.value("9/0/16") == "57:unverified"


def test_policy_none(device):
    data = make_package(1500)
    peer = device.start("--policy", "none")
    peer.push(data)
    peer.wait_status(3, 0, 0)
    assert device.package() == data


def test_policy_none_still_checks_what_is_expected(device):
    data = make_package(1500)
    peer = device.start("--policy", "none", *expect(make_package(1500, seed=2)))
    peer.push(data)
    peer.wait_status(0, 53, 0)


def test_capacity_with_size1(device):
    data = make_package(2000)
    peer = device.start("--capacity", 1000, *expect(data))
    peer.observe("9/0/7", "9/0/9")
    assert peer.chunk(data, 0, 2, size1=2000).code == TOO_LARGE
    peer.wait_status(0, 50, 0)
    assert peer.chunk(data, 1, 2, size1=2000).code == "4.08"
    peer.pump(0.2)
    assert peer.pairs() == [("9/0/9", "50")], "one event: only its outcome is seen"
    reason(peer, 50)


def test_capacity_without_size1(device):
    data = make_package(2000)
    peer = device.start("--capacity", 1000, *expect(data))
    peer.observe("9/0/7", "9/0/9")
    peer.push(data, 2, stop=15)                    # 960 bytes
    assert peer.chunk(data, 15, 2).code == TOO_LARGE
    peer.wait_note("9/0/7", 0)
    assert peer.pairs() == [("9/0/9", "1"), ("9/0/7", "1"), ("9/0/9", "50"), ("9/0/7", "0")]
    assert peer.status() == (0, 50, 0)


def test_capacity_exceeded_by_the_last_block(device):
    data = make_package(1010)
    peer = device.start("--capacity", 1000, *expect(data))
    peer.push(data, 2, stop=15)
    assert peer.chunk(data, 15, 2).code == TOO_LARGE
    peer.wait_status(0, 50, 0)


def test_capacity_exceeded_by_one_request(device):
    data = make_package(1010)
    peer = device.start("--capacity", 1000, *expect(data))
    assert peer.whole(data).code == TOO_LARGE
    peer.wait_status(0, 50, 0)


@pytest.mark.parametrize("size1", [None, 1000])
def test_exactly_the_capacity(device, size1):
    data = make_package(1000)
    peer = device.start("--capacity", 1000, *expect(data))
    # first one that is too large: nothing of it stays
    assert peer.chunk(data, 0, 2, size1=1001).code == TOO_LARGE
    peer.push(data, 2, size1=size1)
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_no_free_transfer(device):
    first, second = make_package(100), make_package(100, seed=2)
    peer = device.start("--instances", 2, "--transfers", 1, *expect(first, second))
    peer.push(first, 0, stop=2)
    assert peer.chunk(second, 0, 0, instance=1).code == SERVER_ERROR
    peer.wait_status(0, 51, instance=1)
    assert peer.status(0) == (1, 1, 0)
    peer.push(first, 0, start=2)
    peer.wait_status(3, 3)
    peer.push(second, 0, instance=1)
    peer.wait_status(3, 3, instance=1)
