"""How many posts of a source may leave the house in a day: counted post by post before any row is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from collectors.budget import Budget
from collectors.enforce import EXPORT, spend_export
from collectors.registry import find_source, find_sources
from collectors.terms import BudgetTerms, Terms
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

    def foresee(self, counts: Mapping[str, int]) -> RetryError | None:
        """Return why so many posts by source could not all go out today; nothing is counted."""
        for source, limit in caps_per_day().items():
            budget = Budget(self._file, source, {EXPORT: BudgetTerms(limit=limit, zone="UTC")}, clock=self._clock)
            left = budget.left(EXPORT)
            if counts.get(source, 0) > left:
                message = f"{source}: {limit} unggahan sehari, sisa hari ini {left}, pencarian ini {counts[source]}"
                return RetryError(message, until=budget.resets_at(EXPORT), reason="quota")
        return None

    def admit(self, rows: Sequence[ExportRow]) -> Admitted:
        """Count rows against the caps, and stop at the first that is too many.

        Where two sources have caps, what is counted of one behind the place where the other stopped is wasted: a cap is
        rather kept too well.
        """
        cut, refusal = len(rows), None
        for source, terms in self._terms.items():
            places = [at for at, row in enumerate(rows[:cut]) if row.source == source]
            taken, refused = self._take(source, terms, len(places))
            if refused is not None:
                cut, refusal = places[taken], refused
        return Admitted(tuple(rows[:cut]), refusal)

    def _take(self, source: str, terms: Terms, wanted: int) -> tuple[int, RetryError | None]:
        """Count as many as there are left, in steps that get smaller; return how many, and why not more."""
        taken, step, refused = 0, wanted, None
        while step:
            try:
                spend_export(self._file, source, terms, step, clock=self._clock)
            except RetryError as exc:
                step, refused = step // 2, exc
            else:
                taken += step
                step = min(step, wanted - taken)
        return taken, refused if taken < wanted else None
