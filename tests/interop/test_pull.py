# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Package URI, with the scheme file: that the example device fetches from --fetch-dir."""

import pytest

from conftest import expect, make_package
from wire import BAD_REQUEST, CHANGED, CONTINUE, NOT_ALLOWED

R7, R9 = "9/0/7", "9/0/9"


@pytest.fixture
def shelf(tmp_path):
    directory = tmp_path / "shelf"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("size", [5, 3000, 300_000])
def test_fetch(device, shelf, size):
    data = make_package(size)
    (shelf / "package.bin").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    peer.observe(R7, R9)
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_note(R7, 3)
    assert peer.pairs() == [(R9, "1"), (R7, "1"), (R9, "0"), (R7, "2"), (R9, "3"), (R7, "3")]
    assert device.package() == data
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)
    assert device.installed() == data
    device.wait_state("INACTIVE")
    assert device.states()[:3] == ["FETCHING", "VERIFYING", "DELIVERED"]


def test_fetched_package_is_wrong(device, shelf):
    (shelf / "package.bin").write_bytes(make_package(3000, seed=2))
    peer = device.start("--fetch-dir", shelf, *expect(make_package(3000)))
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_status(0, 53)


def test_fetched_package_is_too_large(device, shelf):
    data = make_package(3000)
    (shelf / "package.bin").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, "--capacity", 2000, *expect(data))
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_status(0, 50)


def test_fetched_package_is_unverified(device, shelf):
    (shelf / "package.bin").write_bytes(make_package(3000))
    peer = device.start("--fetch-dir", shelf)
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_status(0, 57)
    assert peer.value("9/0/16") == "57:unverified"


def test_missing_file(device, shelf):
    data = make_package(3000)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    peer.observe(R7, R9)
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_note(R7, 0)
    assert peer.pairs() == [(R9, "1"), (R7, "1"), (R9, "56"), (R7, "0")]
    assert peer.status() == (0, 56, 0)
    # and now it is there
    (shelf / "package.bin").write_bytes(data)
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_status(3, 3)


@pytest.mark.parametrize("outside", ["absolute", "parent"])
def test_nothing_is_fetched_from_elsewhere(device, shelf, outside):
    """Refused at once (4.00) or by the fetch: both end without the file."""
    data = make_package(300)
    (shelf.parent / "secret").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    uri = f"file:{shelf.parent / 'secret'}" if outside == "absolute" else "file:../secret"
    assert peer.put("9/0/3", uri).code in (CHANGED, BAD_REQUEST)
    if outside == "absolute":
        peer.wait_status(0, 56)
    else:
        peer.wait_status(0)
        assert peer.status()[1] in (56, 57)


BAD_URIS = {
    "empty": b"",
    "unsupported scheme": b"nosuch:thing",
    "unsupported scheme with a host": b"gopher://example.org/x",
    "no scheme": b"just text",
    "utf-8": b"file:\xff\xfe",
    "nul": b"file:a\0b",
    "too long": b"file:" + b"x" * 251,
    "much too long": b"file:" + b"x" * 900,
}


@pytest.mark.parametrize("name", BAD_URIS)
def test_bad_uri(device, shelf, name):
    data = make_package(300)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    peer.observe(R7, R9)
    for _ in range(3):
        assert peer.put("9/0/3", BAD_URIS[name]).code == BAD_REQUEST
        assert peer.status() == (0, 56, 0)
    # a push closes the list: 56 was notified once, 7 never
    assert peer.chunk(data, 0, 0).code == CONTINUE
    peer.wait_note(R7, 1)
    assert peer.pairs() == [(R9, "56"), (R9, "1"), (R7, "1")]


def test_bad_uri_after_another_failure(device, shelf):
    peer = device.start("--fetch-dir", shelf)
    peer.push(make_package(300), 2)
    peer.wait_status(0, 57)
    assert peer.put("9/0/3", "nosuch:thing").code == BAD_REQUEST
    assert peer.status() == (0, 56, 0)


def test_uri_of_255_bytes(device, shelf):
    data = make_package(300)
    name = "n" * 250
    (shelf / name).write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    assert len(f"file:{name}") == 255
    assert peer.put("9/0/3", f"file:{name}").code == CHANGED
    peer.wait_status(3, 3)
    assert device.package() == data


def test_uri_of_256_bytes(device, shelf):
    data = make_package(300)
    name = "n" * 251
    (shelf / name).write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    assert peer.put("9/0/3", f"file:{name}").code == BAD_REQUEST
    assert peer.status() == (0, 56, 0)


def test_beginning_of_a_uri(device, shelf):
    """Not settled whether a text may be written in blocks; a first block is no whole URI."""
    data = make_package(300)
    (shelf / "package.bin").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    peer.put("9/0/3", "file:package.bin", block1=(0, True, 0))
    peer.pump(0.3)
    assert peer.status()[0] == 0 and device.states() == []


def test_uri_again_after_delivery(device, shelf):
    data = make_package(300)
    (shelf / "package.bin").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, *expect(data))
    assert peer.put("9/0/3", "file:package.bin").code == CHANGED
    peer.wait_status(3, 3)
    assert peer.put("9/0/3", "file:package.bin").code == NOT_ALLOWED
    assert peer.status() == (3, 3, 0)


def test_update_by_uri(device, shelf):
    old, new = make_package(300), make_package(3000, seed=2)
    (shelf / "new.bin").write_bytes(new)
    peer = device.start("--fetch-dir", shelf, "--policy", "none")
    peer.install(old, result=0)
    assert peer.execute("9/0/6", "1").code == CHANGED
    assert peer.put("9/0/3", "file:missing.bin").code == CHANGED
    peer.wait_status(0, 56)
    assert peer.put("9/0/3", "file:new.bin").code == CHANGED
    peer.wait_status(3, 0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)
    assert device.installed() == new


def test_several_fetches(device, shelf):
    packages = [make_package(50_000, seed=n) for n in range(3)]
    for n, data in enumerate(packages):
        (shelf / f"{n}.bin").write_bytes(data)
    peer = device.start("--fetch-dir", shelf, "--instances", 3, *expect(*packages))
    for n in range(3):
        assert peer.put(f"9/{n}/3", f"file:{n}.bin").code == CHANGED
    for n, data in enumerate(packages):
        peer.wait_status(3, 3, instance=n)
        assert device.package(n) == data
