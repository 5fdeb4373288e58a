"""What holds for every test: no network beyond this machine, no settings from outside, servers started on demand."""

from __future__ import annotations

import os

import pytest
import pytest_socket

pytest_plugins = ["tests.support.browser", "tests.support.elasticsearch", "tests.support.postgres"]

_LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_configure() -> None:
    """Forget SIDAK_* of the person who runs the tests; SIDAK_TEST_* name servers to test with."""
    for name in [name for name in os.environ if name.startswith("SIDAK_") and not name.startswith("SIDAK_TEST_")]:
        del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Let tests reach this machine only."""
    pytest_socket.socket_allow_hosts(_LOOPBACK, allow_unix_socket=True)
