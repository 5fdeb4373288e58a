"""How many posts of a source may leave the house in a day: counted post by post before any row is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from collectors.enforce import spend_export
from collectors.registry import find_source, find_sources
from index.export_rows import ExportRow
from sidak.clock import Clock
from sidak.errors import RetryError


class Admitted(NamedTuple):
    """The rows that may go out now, in their order, and why the one after them may not."""

    rows: tuple[ExportRow, ...]
    refusal: RetryError | None


def caps_per_day() -> dict[str, int]:
    """Return source and posts a day, for sources that have a cap."""
    limits = {name: source.terms.export_posts_per_day for name, source in find_sources().items()}
    return {name: limit for name, limit in limits.items() if limit is not None}


class Caps:
    """The export caps of all sources, counted in the budget file of the home, which all exports share."""

    def __init__(self, budget_file: Path, *, clock: Clock) -> None:
        self._file = budget_file
        self._clock = clock
        self._terms = {name: find_source(name).terms for name in caps_per_day()}

    def admit(self, rows: Sequence[ExportRow]) -> Admitted:
        """Count rows against the caps, one by one, and stop at the first that is too many."""
        for at, row in enumerate(rows):
            terms = self._terms.get(row.source)
            if terms is None:
                continue
            try:
                spend_export(self._file, row.source, terms, 1, clock=self._clock)
            except RetryError as exc:
                return Admitted(tuple(rows[:at]), exc)
        return Admitted(tuple(rows), None)
