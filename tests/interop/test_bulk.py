# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Large packages and very many blocks."""

from conftest import expect, make_package


def test_16_mib_by_1024(device):
    data = make_package(16 * 1024 * 1024 + 5)
    peer = device.start(*expect(data))
    peer.push_fast(data, 6)
    peer.wait_status(3, 3, 0, timeout=120)
    assert device.package() == data


def test_70000_blocks_of_16(device):
    """Block numbers beyond 65,535: their Block1 option needs three bytes."""
    data = make_package(70000 * 16 - 3)
    peer = device.start(*expect(data))
    peer.push_fast(data, 0)
    peer.wait_status(3, 3, 0, timeout=120)
    assert device.package() == data
