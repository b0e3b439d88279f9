# SPDX-License-Identifier: Apache-2.0 OR MIT
import pytest

from device import Device


@pytest.fixture(scope="session")
def process():
    device = Device()
    yield device
    device.close()


@pytest.fixture
def device(process):
    process.reset()
    return process
