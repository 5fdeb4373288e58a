"""The consoles that these tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.console import House, build_house, serving


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A console over a new index and ledger."""
    with _house(tmp_path) as built:
        yield built


@pytest.fixture(scope="module")
def read_only_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console for all tests of a module that leave it as they found it."""
    with _house(tmp_path_factory.mktemp("house")) as built:
        yield built


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    built = build_house(folder)
    with serving(built):
        yield built
    built.ledger.close()
    built.engine.close()
