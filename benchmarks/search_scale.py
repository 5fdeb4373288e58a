"""Prints how indexing and search grow with the number of reports, on the real Elasticsearch and on SQLite.

python -m benchmarks.search_scale --documents 300000 --engine both
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from benchmarks.search_engines import Measured, computing_seconds, open_elasticsearch, open_sqlite, write_all
from benchmarks.search_questions import Question, make_questions
from benchmarks.search_race import race
from benchmarks.search_results import (
    KINDS,
    SLOW_MS,
    Cost,
    Page,
    Row,
    percentile,
    render_costs,
    render_race,
    render_rows,
    say,
    size_to_move_at,
)
from benchmarks.synthetic_reports import make_documents

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CHUNK = 5_000
PUBLISHED = 500
NEW_REPORTS = 5_000
ROUNDS = 8
"""So many times new reports are written into the largest index and, in turn, into a fresh one of the smallest size."""


def measure(measured: Measured, *, sizes: Sequence[int], questions: int) -> Iterator[Row]:
    """Fill an engine to each size in turn; measure what a report costs on the way, and how long the pages take."""
    filled = 0
    for size in sizes:
        spent = _fill(measured, range(filled, size), total=sizes[-1])
        added, filled = size - filled, size
        yield Row(
            engine=measured.name,
            documents=size,
            indexed_a_second=added / spent.seconds,
            bytes_on_disk=measured.bytes_on_disk(),
            report_ms=spent.computing / added * 1_000,
            pages=_ask_all(measured, questions, end=_last_moment(size, total=sizes[-1])),
            load=os.getloadavg()[0],
        )


def compare_costs(measured: Measured, *, sizes: Sequence[int]) -> Cost:
    """Write new reports into the largest index and into fresh ones of the smallest size, in turns.

    Both times they come in batches as a publish writes them, and the merging that they set off is counted.
    """
    total = sizes[-1] + ROUNDS * NEW_REPORTS
    found: list[tuple[float, float, float]] = []
    for turn in range(ROUNDS):
        new = range(sizes[-1] + turn * NEW_REPORTS, sizes[-1] + (turn + 1) * NEW_REPORTS)
        with measured.beside() as small:
            whole = _fill(small, range(sizes[0]), total=total).computing / sizes[0]
            spent = {"small": 0.0, "large": 0.0}
            for name in ("small", "large") if turn % 2 else ("large", "small"):
                target = small if name == "small" else measured
                spent[name] = _fill(target, new, total=total, batch=PUBLISHED).computing / NEW_REPORTS
        found.append((whole * 1_000, spent["small"] * 1_000, spent["large"] * 1_000))
        say(f"{measured.name}: a new report, ms: " + ", ".join(f"{each:.3f}" for each in found[-1]))
    return Cost(*zip(*found, strict=True))


class _Spent(NamedTuple):
    seconds: float
    computing: float


def _fill(measured: Measured, numbers: range, *, total: int, batch: int = CHUNK) -> _Spent:
    """Write this stretch of the stream, and wait for what it sets off; making the reports is not counted."""
    server = measured.server_seconds()
    seconds = client = 0.0
    for start in range(numbers.start, numbers.stop, CHUNK):
        chunk = list(make_documents(min(CHUNK, numbers.stop - start), start=start, total=total))
        began, computed = time.perf_counter(), time.process_time()
        for at in range(0, len(chunk), batch):
            write_all(measured, chunk[at : at + batch])
        seconds += time.perf_counter() - began
        client += time.process_time() - computed
        if start % (10 * CHUNK) == 0:
            say(f"{measured.name}: {start:,} of {total:,}")
    measured.settle()
    return _Spent(seconds, client + measured.server_seconds() - server)


def _last_moment(size: int, *, total: int) -> datetime:
    return max(document.created_at for document in make_documents(1_000, start=size - 1_000, total=total))


def _ask_all(measured: Measured, count: int, *, end: datetime) -> dict[str, Page]:
    for question in make_questions(count, end=end, seed=1):  # others than those that count, to be warm
        question.ask(measured.engine)
    pages = {}
    for kind, questions in groupby(make_questions(count, end=end), key=lambda question: question.kind):
        computing = computing_seconds(measured)
        served = [_served_ms(measured, question) for question in questions]
        computing_ms = (computing_seconds(measured) - computing) / len(served) * 1_000
        pages[kind] = Page(computing_ms, percentile(served, 0.5), percentile(served, 0.95))
    return pages


def _served_ms(measured: Measured, question: Question) -> float:
    began = measured.served_ms()
    question.ask(measured.engine)
    return measured.served_ms() - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=100_000, help="the largest index")
    options.add_argument("--engine", choices=("sqlite", "elasticsearch", "both"), default="both")
    options.add_argument("--race", type=int, default=100_000, help="documents to index in turns with parallel_bulk")
    options.add_argument("--questions", type=int, default=120, help="searches at each size; half as many other pages")
    options.add_argument("--url", help="an Elasticsearch to measure instead of one started here")
    given = options.parse_args()
    sizes = [*(size for size in SIZES if size < given.documents), given.documents]
    rows: list[Row] = []
    notes: list[str] = []
    began = os.getloadavg()[0]
    if given.engine != "sqlite":
        with open_elasticsearch(given.url) as elastic:
            if given.race:
                notes.append(render_race(race(elastic, documents=given.race)))
                say(notes[-1])
            rows += _measured(elastic, sizes=sizes, questions=given.questions)
            notes += render_costs(compare_costs(elastic, sizes=sizes), rows)
    if given.engine != "elasticsearch":
        with open_sqlite() as sqlite:
            found = _measured(sqlite, sizes=sizes, questions=given.questions)
            notes += render_costs(compare_costs(sqlite, sizes=sizes), found)
        notes += [
            f"SQLite: the p95 of {kind} passes {SLOW_MS:.0f} ms {size_to_move_at(found, kind=kind)}" for kind in KINDS
        ]
        rows += found
    print(render_rows(rows))
    print()
    print("\n".join(f"- {note}" for note in notes))
    print(f"- load {began:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores")


def _measured(measured: Measured, *, sizes: Sequence[int], questions: int) -> list[Row]:
    rows = []
    for row in measure(measured, sizes=sizes, questions=questions):
        rows.append(row)
        say(render_rows([row]).splitlines()[-1])
    return rows


if __name__ == "__main__":
    main()
