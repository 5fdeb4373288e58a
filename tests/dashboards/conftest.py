"""The console that these tests look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import House, build_house, serving


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A console over a new index and ledger."""
    built = build_house(tmp_path)
    with serving(built):
        yield built
    built.ledger.close()
    built.engine.close()
