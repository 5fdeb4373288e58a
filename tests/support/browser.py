"""A real browser (Debian's chromium, driven by Playwright), or a skip that says what is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running browser; `SIDAK_TEST_CHROMIUM` names another one than the system's."""
    path = os.environ.get("SIDAK_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        _give_up("no browser: install the package chromium, or name one in SIDAK_TEST_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _give_up("no Playwright: install the extra `dev`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def _give_up(missing: str) -> None:
    """Skip; fail instead where all real parts are required."""
    if os.environ.get("CI") or os.environ.get("SIDAK_TEST_REQUIRE_REAL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)
