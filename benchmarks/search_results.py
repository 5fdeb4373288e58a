"""What the search benchmark found, and its tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import mean, median
from typing import NamedTuple

SLOW_MS = 300.0
"""Where people begin to wait: the size at which SQLite's searches pass this is the size to move at."""
KINDS = ("search", "map", "trends")


class Page(NamedTuple):
    """What a kind of page takes: computing time of client and server on average, and the server's own clock."""

    computing_ms: float
    p50_ms: float
    p95_ms: float


class Row(NamedTuple):
    """What one engine does at one size; `report_ms` is the computing time a report since the size before took."""

    engine: str
    documents: int
    indexed_a_second: float
    bytes_on_disk: int
    report_ms: float
    pages: dict[str, Page]
    load: float


class Cost(NamedTuple):
    """Computing milliseconds: of a report of the whole small index, and of a new one, in each round."""

    whole_small_ms: tuple[float, ...]
    new_small_ms: tuple[float, ...]
    new_large_ms: tuple[float, ...]


class Race(NamedTuple):
    """Our indexing against parallel_bulk, over the same documents in turns: seconds and computing seconds of each."""

    documents: int
    ours: tuple[float, float]
    theirs: tuple[float, float]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all does not pass."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1_000) // 1_000) - 1)]


def render_rows(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    heads = ["Engine", "Reports", "Indexed/s", "Disk MB", "Bytes a report", "A report, CPU ms"]
    heads += [f"{kind}: CPU, p50, p95 ms" for kind in ("Search", "Map", "Trend page")]
    heads.append("Load")
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in rows:
        pages = (row.pages[kind] for kind in KINDS)
        cells = [
            row.engine,
            f"{row.documents:,}",
            f"{row.indexed_a_second:,.0f}",
            f"{row.bytes_on_disk / 1e6:,.0f}",
            f"{row.bytes_on_disk / row.documents:,.0f}",
            f"{row.report_ms:.3f}",
            *(f"{page.computing_ms:.0f}, {page.p50_ms:.0f}, {page.p95_ms:.0f}" for page in pages),
            f"{row.load:.0f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def size_to_move_at(rows: Sequence[Row], *, kind: str) -> str:
    """Return at how many reports SQLite's p95 passes what people wait for gladly, between the sizes measured."""
    for before, after in pairwise(rows):
        low, high = before.pages[kind].p95_ms, after.pages[kind].p95_ms
        if low <= SLOW_MS < high:
            share = (SLOW_MS - low) / (high - low)
            return f"at about {before.documents + share * (after.documents - before.documents):,.0f} reports"
    below = rows[0].pages[kind].p95_ms > SLOW_MS
    return f"below {rows[0].documents:,} reports" if below else f"beyond {rows[-1].documents:,} reports"


def render_race(found: Race) -> str:
    """Return how fast either way was, as a sentence."""
    (ours, ours_computing), (theirs, theirs_computing) = found.ours, found.theirs
    count = found.documents
    return (
        f"Indexing {count:,} reports in turns: the engine {count / ours:,.0f}/s, parallel_bulk {count / theirs:,.0f}/s,"
        f" that is {theirs / ours:.0%} of its speed; computing time of client and server a report:"
        f" {ours_computing / count * 1_000:.2f} ms against {theirs_computing / count * 1_000:.2f} ms"
    )


def render_costs(cost: Cost, rows: Sequence[Row]) -> Iterator[str]:
    """Yield what a report costs at the largest and at the smallest size, as sentences."""
    small, large = rows[0].documents, rows[-1].documents
    whole = sum(row.report_ms * added for row, added in zip(rows, _steps(rows), strict=True)) / large
    fresh = median(cost.whole_small_ms)
    yield (
        f"{rows[0].engine}: all {large:,} took {whole:.3f} ms of computing time a report, merging included; fresh"
        f" indices of {small:,} on the warm server {fresh:.3f} ms (median of {len(cost.new_large_ms)}):"
        f" {whole / fresh:.2f} times as much"
    )
    for name, middle in (("median", median), ("mean", mean)):
        ours, theirs = middle(cost.new_large_ms), middle(cost.new_small_ms)
        yield (
            f"{rows[0].engine}: a new report at {large:,} {ours:.3f} ms, at {small:,} {theirs:.3f} ms:"
            f" {ours / theirs:.2f} times as much ({name} of {len(cost.new_large_ms)} rounds in turns)"
        )


def _steps(rows: Sequence[Row]) -> Iterator[int]:
    before = 0
    for row in rows:
        yield row.documents - before
        before = row.documents


def say(message: str) -> None:
    """Tell how far the benchmark is, and what else the machine does."""
    sys.stderr.write(f"{message}  (load {os.getloadavg()[0]:.1f})\n")
