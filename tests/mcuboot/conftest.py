# SPDX-License-Identifier: Apache-2.0 OR MIT
import collections

import pytest

from desk import Desk

COUNTS = collections.Counter()


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def counts():
    return COUNTS


def pytest_terminal_summary(terminalreporter):
    for what, count in sorted(COUNTS.items()):
        terminalreporter.write_line(f"{count:7} {what}")
