# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Packages of docs/package.md, from the desk to the device and back to the server's eyes."""

import random
import subprocess
import time

import pytest

from conftest import expect
from desk import CLASS, OTHER, PARTS, VENDOR, bytes_of
from payloads import SENML_CBOR, SENML_JSON, TLV, written
from wire import CHANGED, PATIENCE, SERVER_ERROR, TEXT

REFUSED, FAILED = 5, 6           # exit codes of `swmgmt server`
LITTLE = ("little",)


@pytest.fixture
def trusts(desk):
    """What a device of ours is, and whom it trusts."""
    return ["--trust", desk.public("release"), "--trust", desk.public("spare", der=True),
            "--revoked", desk.public("revoked"), "--vendor", VENDOR, "--class", CLASS,
            "--device-id", "lamp-0001"]


def counter(device, instance=0):
    path = device.directory / "counters" / str(instance)
    return int(path.read_text()) if path.exists() else 0


def installed_parts(device):
    folder = device.directory / "0" / "installed"
    return [path.read_bytes() for path in sorted(folder.glob("component.*"))]


def running_parts(device):
    """What the links to components that run lead to."""
    slot = device.directory / "0"
    return {path.suffix[1:]: path.read_bytes() for path in slot.glob("running.*")}


def assert_refused(seen, device, result, reason, at_once):
    """`at_once`: before the package was complete, so that it never comes to a verification."""
    assert (seen.states[-1], seen.results[-1], seen.reason) == (0, result, reason), seen
    assert seen.exit == (REFUSED if at_once else FAILED), seen
    assert (2 not in seen.states) if at_once else (seen.states[-2:] == [2, 0]), seen
    assert not (device.directory / "0" / "package").exists()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert condition()


# --- good ones ---------------------------------------------------------------------------

def test_from_the_key_to_one_component(server, desk, device, trusts):
    package = desk.make("--counter", 7, "--vendor", VENDOR, "--class", CLASS, "--device", "lamp-0001")
    seen = server.run(package, trusts, ["--steps", "push"])
    assert (seen.exit, seen.states, seen.results) == (0, [0, 1, 2, 3], [0, 1, 0, 3]), seen
    assert device.package() == package
    assert counter(device) == 0, "nothing is installed yet"
    seen = server.run(None, trusts, ["--steps", "install"])
    assert (seen.exit, seen.states, seen.results) == (0, [3, 4], [3, 2]), seen
    assert seen.software == ("lamp", "1.3")
    assert seen.components == {"boot": ("2.0", False, "/14/0"), "app": ("1.3", False, "/14/1")}
    assert counter(device) == 7
    assert installed_parts(device) == bytes_of("boot", "app") and running_parts(device) == {}
    seen = server.run(None, trusts, ["--steps", "activate", "--component", 1])
    assert seen.exit == 0 and seen.active == [0], seen
    assert seen.components == {"boot": ("2.0", False, "/14/0"), "app": ("1.3", True, "/14/1")}
    assert running_parts(device) == {"1": PARTS["app"][2]}
    seen = server.run(None, trusts, ["--steps", "activate"])
    assert seen.exit == 0 and seen.active == [0, 1] and len(running_parts(device)) == 2
    seen = server.run(None, trusts, ["--steps", "deactivate", "--component", 0])
    assert seen.exit == 0 and seen.active == [1, 0] and list(running_parts(device)) == ["1"]


def test_what_a_server_reads(device, desk, trusts):
    peer = device.start(*trusts)
    assert [peer.value(f"9/0/{n}") for n in (0, 1, 18)] == ["none", "0", "0"]
    peer.observe("9/0/18")
    peer.push(desk.make())
    peer.wait_status(3, 3, 0)
    assert [peer.value(f"9/0/{n}") for n in (0, 1, 18)] == ["none", "0", "0"], "not installed yet"
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note("9/0/18", 2)
    assert [peer.value(f"9/0/{n}") for n in (0, 1, 18)] == ["lamp", "1.3", "2"]
    assert [peer.value(f"9/0/17/{n}") for n in (0, 1)] == ["14:0", "14:1"]
    assert [peer.value(f"14/{n}/{r}") for n in (0, 1) for r in (0, 2, 5)] == \
        ["boot", "2.0", "0", "app", "1.3", "0"]
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_status(0, 0, 0)
    assert [peer.value(f"9/0/{n}") for n in (0, 1, 18)] == ["none", "0", "0"]


@pytest.mark.parametrize("key", ["release", "spare", "p256"])
@pytest.mark.parametrize("parts", [LITTLE, ("app", "boot")], ids=["whole", "blocks"])
def test_keys_that_are_trusted(server, desk, device, trusts, p256, key, parts):
    package = desk.make(key=key, parts=parts)
    seen = server.run(package, trusts + ["--trust", desk.public("p256")])
    if key == "p256" and not p256:
        return assert_refused(seen, device, 54, "54:type", at_once=parts != LITTLE)
    assert seen.exit == 0 and seen.active[-1] == 1 and list(seen.components) == list(parts), seen
    assert installed_parts(device) == bytes_of(*parts) and device.installed() == package


@pytest.mark.parametrize("fmt", [TEXT, TLV, SENML_CBOR, SENML_JSON])
@pytest.mark.parametrize("szx", [0, 6])
def test_wrapped(device, desk, trusts, fmt, szx):
    good = desk.make()
    bad, result, reason = desk.corrupt(good, "--flip", f"{len(good) - 1}.0")
    peer = device.start(*trusts)
    peer.push(written(fmt, "9/0/2", {2: bad}), szx, cf=fmt)
    peer.wait_status(0, result)
    assert peer.value("9/0/16") == reason
    peer.push(written(fmt, "9/0/2", {2: good}), szx, cf=fmt)
    peer.wait_status(3, 3, 0)
    assert device.package() == good


def test_download(server, desk, device, trusts, tmp_path):
    good = desk.make()
    bad, result, reason = desk.corrupt(good, "--flip", f"{len(good) - 1}.0")
    (tmp_path / "good").write_bytes(good)
    (tmp_path / "bad").write_bytes(bad)
    (tmp_path / "unsigned").write_bytes(desk.make(key=None))
    for name, result, reason in (("bad", result, reason), ("unsigned", 57, "57:unsigned")):
        seen = server.run(None, trusts + ["--fetch-dir", tmp_path], ["--uri", f"file:{name}"])
        assert (seen.exit, seen.results[-1], seen.reason) == (FAILED, result, reason), seen
    seen = server.run(None, trusts + ["--fetch-dir", tmp_path], ["--uri", "file:good"])
    assert seen.exit == 0 and list(seen.components) == ["boot", "app"], seen


@pytest.mark.parametrize("options", [
    ["--trust", "release.pem"], ["--trust", "nothing"], ["--revoked", "empty"],
    ["--trust", "cut"], ["--trust", "no-base64"], ["--vendor", VENDOR[:-1]],
    ["--class", CLASS.replace("-", "0")], ["--device-id", ""], ["--device-id", "hex:0"],
    ["--device-id", "x" * 33], ["--policy", "signatures"],
], ids=" ".join)
def test_wrong_options(device, desk, options):
    """Nothing is trusted by mistake: the program does not begin."""
    pem = desk.public("release").read_text()
    desk.write(b"", "empty")
    desk.write(pem[:60].encode(), "cut")
    desk.write(pem.replace("M", "!").encode(), "no-base64")
    path = [str(desk.folder / options[1])] if options[0] in ("--trust", "--revoked") else options[1:]
    ran = subprocess.run([device.executable, "--dir", device.directory, "--listen", "1",
                          options[0], *path], capture_output=True, text=True, timeout=PATIENCE)
    assert ran.returncode == 2 and options[0] in ran.stderr, ran


# --- refusals ----------------------------------------------------------------------------

REFUSALS = {   # options of `create`, key, and what is shown
    "vendor": (["--vendor", OTHER], "release", 54, "54:vendor"),
    "class": (["--vendor", VENDOR, "--class", OTHER], "release", 54, "54:class"),
    "device": (["--device", "lamp-0002"], "release", 54, "54:device"),
    "revoked": ([], "revoked", 57, "57:revoked"),
    "unsigned": ([], None, 57, "57:unsigned"),
    "minimum": (["--minimum", "1.0"], "release", 57, "57:minimum"),
}


@pytest.mark.parametrize("parts", [LITTLE, ("boot", "app")], ids=["whole", "blocks"])
@pytest.mark.parametrize("case", REFUSALS)
def test_not_for_this_device(server, desk, device, trusts, case, parts):
    options, key, result, reason = REFUSALS[case]
    seen = server.run(desk.make(*options, key=key, parts=parts), trusts)
    assert_refused(seen, device, result, reason, at_once=parts != LITTLE)


def test_a_device_that_is_nothing_in_particular(server, desk, device):
    seen = server.run(desk.make("--vendor", VENDOR), ["--trust", desk.public("release")])
    assert_refused(seen, device, 54, "54:vendor", at_once=True)


def test_a_device_that_knows_no_key(server, desk, device):
    seen = server.run(desk.make(), [])
    assert_refused(seen, device, 53, "53:key", at_once=True)


def test_nothing_but_a_signature_counts(server, desk, device, trusts):
    """Bytes in no container are refused, whatever was expected."""
    data = b"#!/bin/false" * 500
    seen = server.run(data, trusts + expect(data))
    assert_refused(seen, device, 57, "57:unsigned", at_once=True)


def test_more_components_than_room(server, desk, device, trusts):
    seen = server.run(desk.make(), trusts + ["--component-room", "1"])
    assert_refused(seen, device, 51, "51:components", at_once=False)


def test_refused_in_the_middle(device, desk, trusts):
    """In which order servers are told, and what the blocks are answered."""
    peer = device.start(*trusts)
    package = desk.make(key="revoked")
    peer.observe("9/0/7", "9/0/9", "9/0/16")
    peer.push(package, 2, stop=4)                  # 256 bytes of a manifest of 267
    assert peer.chunk(package, 4, 2).code == SERVER_ERROR
    peer.wait_note("9/0/7", 0)
    assert peer.pairs() == [("9/0/9", "1"), ("9/0/7", "1"), ("9/0/16", "57:revoked"),
                            ("9/0/9", "57"), ("9/0/7", "0")]
    assert peer.chunk(package, 5, 2).code == "4.08"
    assert peer.status() == (0, 57, 0)


# Bytes of a package of one signed component `app` of a package `lamp` 1.3.
FLIPS = {"format": 4, "flags": 5, "manifest's length": 6, "length": 8, "length's top": 11,
         "type of a field": 12, "length of a field": 13, "name": 15, "component": 29,
         "key id": -143, "digest": -100, "signature": -40, "algorithm": -65}


@pytest.mark.parametrize("what", FLIPS)
def test_a_flipped_bit_of_the_manifest(server, desk, device, trusts, what):
    package = desk.make(parts=("app",))
    manifest = int.from_bytes(package[6:8], "little")
    bad, result, reason = desk.corrupt(package, "--flip", f"{FLIPS[what] % manifest}.1")
    seen = server.run(bad, trusts, ["--no-size1"])
    assert_refused(seen, device, result, reason, at_once=True)


@pytest.mark.parametrize("parts", [LITTLE, ("boot", "app")], ids=["whole", "blocks"])
def test_flipped_bits_of_a_component(server, desk, device, trusts, parts):
    package = desk.make(parts=parts)
    manifest = int.from_bytes(package[6:8], "little")
    for at in (manifest, len(package) - 1):
        bad, result, reason = desk.corrupt(package, "--flip", f"{at}.7")
        seen = server.run(bad, trusts)
        assert_refused(seen, device, result, reason, at_once=False)


def test_another_magic(server, desk, device, trusts):
    """Then it is in no container, and that is refused as soon as it is known."""
    bad, _, _ = desk.corrupt(desk.make(), "--flip", "0.0")
    assert_refused(server.run(bad, trusts), device, 57, "57:unsigned", at_once=True)


def test_cut_off(server, desk, device, trusts):
    package = desk.make()
    for size in (len(package) - 1, 1024, 100, 4):
        bad, result, reason = desk.corrupt(package, "--truncate", size)
        seen = server.run(bad, trusts, ["--no-size1"])
        assert_refused(seen, device, result, reason, at_once=False)
    # Size1 contradicts the manifest; and three bytes are no container yet.
    seen = server.run(package[:-1], trusts)
    assert_refused(seen, device, 53, "53:length", at_once=True)
    seen = server.run(package[:3], trusts)
    assert_refused(seen, device, 57, "57:unsigned", at_once=False)


def test_more_than_there_should_be(server, desk, device, trusts):
    seen = server.run(desk.make() + b"\0", trusts, ["--no-size1"])
    assert (seen.states[-1], seen.results[-1], seen.reason[:3]) == (0, 53, "53:"), seen


def test_every_other_corruption(server, desk, device, trusts):
    """On a device that has the good package: wrong key, device, version and counter."""
    package = desk.make("--counter", 7)
    assert server.run(package, trusts, ["--steps", "push,install"]).exit == 0
    for how in (["--wrong-key"], ["--device", "lamp-0002", "--key", "release.pem"],
                ["--version", "1.2", "--key", "release.pem"],
                ["--counter", 6, "--key", "release.pem"]):
        bad, result, reason = desk.corrupt(package, *how)
        seen = server.update(bad, trusts)
        assert_refused(seen, device, result, reason, at_once=True)
        assert installed_parts(device) == bytes_of("boot", "app")
    newer = desk.make("--counter", 8, "--minimum", "1.3", version="1.10")
    seen = server.update(newer, trusts)
    assert seen.exit == 0 and seen.software == ("lamp", "1.10") and counter(device) == 8, seen


# --- versions and counters -----------------------------------------------------------------

def test_an_older_version(server, desk, device, trusts):
    """Refused in an update only, and only unless it is allowed; never with a lower counter."""
    older = desk.make("--counter", 3, version="1.2")
    assert server.run(desk.make("--counter", 3), trusts, ["--steps", "push,install"]).exit == 0
    seen = server.update(older, trusts + ["--option", "allow_older"])
    assert seen.exit == 0 and seen.software == ("lamp", "1.2"), seen
    assert server.update(desk.make("--counter", 3), trusts).exit == 0
    seen = server.update(older, trusts)
    assert (seen.results[-1], seen.reason) == (57, "57:version")
    assert server.run(None, trusts, ["--no-push", "--uninstall"]).exit == 0
    assert server.run(older, trusts, ["--steps", "push"]).exit == 0


@pytest.mark.parametrize("forgets", ["uninstall", "delete", "records"])
def test_the_counter_stays(server, desk, device, trusts, forgets):
    """Whatever a server does, and even if the records are lost."""
    options = trusts + ["--option", "server_may_delete", "--option", "server_may_create"]
    peer = device.start(*options)
    peer.deliver(desk.make("--counter", 0x80000001))
    assert counter(device) == 0
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)
    assert counter(device) == 0x80000001
    if forgets == "records":
        device.kill()
        for record in (device.directory / "records").iterdir():
            record.unlink()
        peer = device.start(*options)
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_status(0)
    if forgets == "delete":
        assert peer.request(4, "9/0").code == "2.02"
        assert peer.request(2, "9").code == "2.01"
    lower = desk.make("--counter", 0x80000000)
    assert peer.chunk(lower, 0, 6).code == SERVER_ERROR
    assert peer.value("9/0/16") == "57:rollback"
    assert peer.chunk(desk.make(), 0, 6).code == SERVER_ERROR, "none counts as 0"
    peer.deliver(desk.make("--counter", 0x80000001))


def test_a_failed_install_raises_nothing(server, desk, device, trusts):
    package = desk.make("--counter", 7)
    seen = server.run(package, trusts + ["--install-fails", "1"])
    assert (seen.exit, seen.results[-1]) == (FAILED, 58), seen
    assert counter(device) == 0
    seen = server.run(None, trusts, ["--steps", "install"])
    assert seen.exit == 0 and counter(device) == 7


# --- power cuts --------------------------------------------------------------------------

def test_power_cuts(device, desk, trusts):
    """Delivered, in the middle of the install, installed, one component active."""
    package = desk.make("--counter", 7)
    options = trusts + ["--install-pending", int(PATIENCE * 1000)]
    peer = device.start(*options)
    peer.deliver(package)
    peer = device.restart(*options)
    assert peer.status() == (3, 3, 0) and device.package() == package
    assert peer.execute("9/0/4").code == CHANGED
    device.wait_state("INSTALLING")
    assert counter(device) == 0
    peer = device.restart(*trusts)             # begins again, and takes no time
    peer.wait_status(4, 2, 0)
    assert counter(device) == 7
    for active in ("0", "1", "1"):
        assert [peer.value(f"9/0/{n}") for n in (0, 1, 18)] == ["lamp", "1.3", "2"]
        assert [peer.value(f"14/{n}/{r}") for n in (0, 1) for r in (0, 2)] == \
            ["boot", "2.0", "app", "1.3"]
        assert [peer.value(f"14/{n}/5") for n in (0, 1)] == ["0", active]
        assert peer.execute("14/1/3").code == CHANGED
        peer = device.restart(*trusts)
    assert list(running_parts(device)) == ["1"]
    assert peer.execute("9/0/6", "1").code == CHANGED
    peer.wait_status(0, 0)
    peer = device.restart(*trusts)
    lower = desk.make("--counter", 6, version="2.0")
    assert peer.chunk(lower, 0, 6).code == SERVER_ERROR
    assert peer.value("9/0/16") == "57:rollback"
    assert installed_parts(device) == bytes_of("boot", "app"), "the old one is still there"


def test_power_cut_in_a_push(device, desk, trusts):
    package = desk.make("--counter", 7)
    peer = device.start(*trusts)
    peer.push(package, 6, stop=5)
    peer = device.restart(*trusts)
    assert peer.status()[0] == 0 and counter(device) == 0
    peer.deliver(package)
    assert device.package() == package


def test_power_cuts_in_a_download(device, desk, trusts, tmp_path):
    """It goes on where it was, and is judged and verified as if nothing had happened."""
    parts = {"data": random.Random(4).randbytes(3_000_000)}
    desk.write(parts["data"], "data.bin")
    good = desk.make("--counter", 7, "--component", "data.bin")
    bad, result, reason = desk.corrupt(good, "--flip", f"{len(good) - 100}.0")
    options = trusts + ["--fetch-dir", tmp_path]
    for package, wanted in ((bad, (0, result)), (good, (3, 3))):
        (tmp_path / "package").write_bytes(package)
        peer = device.start(*options)
        assert peer.put("9/0/3", "file:package").code == CHANGED
        stored = device.directory / "0" / "package"
        for least in (200_000, 1_500_000):
            wait_for(lambda: device.states()[-1:] in (["INITIAL"], ["DELIVERED"])
                     or stored.exists() and stored.stat().st_size > least)
            peer = device.restart(*options)
        peer.wait_status(*wanted)
        assert peer.value("9/0/16") == (reason if package == bad else "")
        device.kill()
    assert device.package() == good


def test_changed_on_the_disk(device, desk, trusts):
    """A package that was verified is read back: who alters it before that, is seen."""
    package = desk.make()
    peer = device.start(*trusts)
    peer.push(package, 6, stop=7)
    with open(device.directory / "0" / "package", "r+b") as file:
        file.seek(4000)
        file.write(bytes([package[4000] ^ 1]))
    peer.push(package, 6, start=7)
    peer.wait_status(0, 53)
    assert peer.value("9/0/16") == "53:digest"
