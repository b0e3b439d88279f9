# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Options that are off by default."""

from conftest import expect, make_package
from wire import BAD_REQUEST, CHANGED, CONTINUE, NOT_ALLOWED

R7, R9, R12 = "9/0/7", "9/0/9", "9/0/12"


def test_auto_activate(device):
    data = make_package(300)
    peer = device.start("--option", "auto_activate", *expect(data))
    peer.deliver(data)
    peer.observe(R12, R7, R9)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R12, 1)
    assert peer.pairs() == [(R9, "2"), (R7, "4"), (R12, "1")]
    assert peer.status() == (4, 2, 1)


def test_result_in_delivered_0(device):
    data = make_package(300)
    peer = device.start("--option", "result_in_delivered_0", "--install-fails", 1, *expect(data))
    peer.observe(R7, R9)
    peer.push(data, 2)
    peer.wait_note(R7, 3)
    assert peer.status() == (3, 0, 0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R9, 58)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    assert peer.pairs() == [(R9, "1"), (R7, "1"), (R9, "0"), (R7, "2"), (R7, "3"),
                            (R9, "58"), (R9, "0"), (R9, "2"), (R7, "4")]


def test_replace_in_delivered(device):
    old, new = make_package(300), make_package(400, seed=2)
    peer = device.start("--option", "replace_in_delivered", "--policy", "none")
    peer.observe(R7)
    peer.push(old, 2)
    peer.wait_note(R7, 3)
    assert peer.chunk(new, 0, 2).code == CONTINUE
    assert peer.status() == (1, 1, 0)
    peer.push(new, 2, start=1)
    peer.wait_note(R7, 3, count=2)
    assert peer.notified(R7) == ["1", "2", "3"] * 2, "0 is never shown"
    assert device.package() == new
    # in one request
    assert peer.whole(old).code == CHANGED
    peer.wait_note(R7, 3, count=3)
    assert peer.notified(R7)[6:] == ["2", "3"]
    assert device.package() == old


def test_bad_uri_replaces_nothing(device):
    """Which result a bad URI leaves in DELIVERED is not settled; the package stays."""
    data = make_package(300)
    peer = device.start("--option", "replace_in_delivered", *expect(data))
    peer.deliver(data)
    assert peer.put("9/0/3", "nosuch:thing").code in (BAD_REQUEST, NOT_ALLOWED)
    assert peer.status()[0] == 3 and device.package() == data
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)


def test_empty_write_cancels(device):
    data = make_package(300)
    peer = device.start("--option", "empty_write_cancels", "--policy", "none")

    def empty(resource):
        return peer.whole(b"") if resource == 2 else peer.put("9/0/3", "")

    for resource in (2, 3):
        assert empty(resource).code == CHANGED
        assert peer.status() == (0, 0, 0)
        peer.push(data, 2, stop=2)
        assert empty(resource).code == CHANGED
        assert peer.status() == (0, 0, 0)
        peer.deliver(data, result=0)
        assert empty(resource).code == CHANGED
        assert peer.status() == (0, 0, 0)
    peer.install(data, result=0)
    for resource in (2, 3):
        assert empty(resource).code == NOT_ALLOWED
    assert peer.status() == (4, 2, 0)
    # an update that is cancelled remains one
    assert peer.execute("9/0/6", "1").code == CHANGED
    for resource in (2, 3):
        assert empty(resource).code == CHANGED
        peer.push(data, 2, stop=2)
        assert empty(resource).code == CHANGED
        assert peer.status() == (0, 0, 0)
    assert peer.execute("9/0/6", "1").code == CHANGED
