"""What the console asks for when somebody downloads a search; carried out by whoever composes the console."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from index.engine import Filters


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A search to be taken away, by whom, and with which right."""

    query: str
    filters: Filters
    username: str
    role: str
    include_restricted: bool


Exporter = Callable[[Wanted], Path]
"""Writes a file to hand out and returns where it is; raises ExportRefusedError where it may not go out."""
MOST_ROWS = 20_000
"""More than that is a matter for `sidak export`, which can be resumed."""
