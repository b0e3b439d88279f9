# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The device under test, and packages to give it."""

import hashlib
import os
import pathlib
import random
import subprocess
import zlib

import pytest

from desk import COMMAND, Desk, Server
from device import Device


def pytest_collection_modifyitems(items):
    if "SWMGMT_DEVICE" not in os.environ:
        skip = pytest.mark.skip(reason="SWMGMT_DEVICE does not name the device executable")
        for item in items:
            item.add_marker(skip)


@pytest.fixture
def device(tmp_path):
    """A device that has not been started; it is killed when the test ends."""
    it = Device(pathlib.Path(os.environ["SWMGMT_DEVICE"]).resolve(), tmp_path / "dir")
    yield it
    crashed = it.process is not None and it.process.poll() not in (None, 0)
    code = it.process.returncode if crashed else None
    it.kill()
    print(it.report())           # pytest shows it with a failed test only
    assert not crashed, f"the device ended by itself, status {code}"


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    if not COMMAND:
        pytest.skip("SWMGMT_COMMAND does not name the command swmgmt")
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def server(desk, device):
    return Server(desk, device)


@pytest.fixture
def p256(device):
    """Signatures on P-256 are only checked by a device that was built with Mbed TLS."""
    told = subprocess.run([device.executable, "--help"], capture_output=True, text=True)
    return "P-256" in told.stdout


def make_package(size, seed=1):
    """Bytes that look like no container and differ from seed to seed."""
    return b"\x01pkg" + random.Random(seed * 1000003 + size).randbytes(size - 4)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def expect(*packages, length=True):
    """--expect arguments: package i is what instance i must be."""
    arguments = []
    for instance, data in enumerate(packages):
        suffix = f",{len(data)}" if length else ""
        arguments += ["--expect", f"{instance}:{sha256(data)}{suffix}"]
    return arguments


def crc32(data):
    return f"{zlib.crc32(data):08x}"
