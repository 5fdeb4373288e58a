"""Prints how indexing and search grow with the number of reports, on the real Elasticsearch and on SQLite.

python -m benchmarks.search_scale --documents 300000 --engine both
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from statistics import mean, median
from typing import NamedTuple

import msgspec
from elasticsearch.helpers import parallel_bulk

from benchmarks.search_engines import Measured, MeasuredElastic, open_elasticsearch, open_sqlite
from benchmarks.search_questions import Question, make_questions
from benchmarks.synthetic_reports import make_documents
from index.admission import admit_document
from index.derived import derive_fields
from index.document import Document

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
CHUNK = 5_000
PUBLISHED = 500
TURN = 25_000
NEW_REPORTS = 5_000
ROUNDS = 8
"""So many times new reports are written into the largest index and, in turn, into a fresh one of the smallest size."""
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
        _say(f"{measured.name}: a new report, ms: " + ", ".join(f"{each:.3f}" for each in found[-1]))
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
            _write(measured, chunk[at : at + batch])
        seconds += time.perf_counter() - began
        client += time.process_time() - computed
        if start % (10 * CHUNK) == 0:
            _say(f"{measured.name}: {start:,} of {total:,}")
    measured.settle()
    return _Spent(seconds, client + measured.server_seconds() - server)


def _last_moment(size: int, *, total: int) -> datetime:
    return max(document.created_at for document in make_documents(1_000, start=size - 1_000, total=total))


def _ask_all(measured: Measured, count: int, *, end: datetime) -> dict[str, Page]:
    for question in make_questions(count // 4, end=end, seed=1):  # others than those that count, to be warm
        question.ask(measured.engine)
    pages = {}
    for kind, questions in groupby(make_questions(count, end=end), key=lambda question: question.kind):
        computing = _computing_seconds(measured)
        served = [_served_ms(measured, question) for question in questions]
        computing_ms = (_computing_seconds(measured) - computing) / len(served) * 1_000
        pages[kind] = Page(computing_ms, percentile(served, 0.5), percentile(served, 0.95))
    return pages


def _computing_seconds(measured: Measured) -> float:
    return time.process_time() + measured.server_seconds()


def _served_ms(measured: Measured, question: Question) -> float:
    began = measured.served_ms()
    question.ask(measured.engine)
    return measured.served_ms() - began


def race(measured: MeasuredElastic, *, documents: int) -> Race:
    """Index the same documents through the engine and through the client's own helper, in turns, each into its own."""
    _say("Elasticsearch: warming up")
    other = _make_rival(measured)
    spent = {"ours": [0.0, 0.0], "theirs": [0.0, 0.0]}
    warm_up = 2 * TURN
    for turn, start in enumerate(range(0, warm_up + documents, TURN)):
        chunk = list(make_documents(TURN, start=start, total=warm_up + documents))
        prepared = [_prepare(document) for document in chunk]
        gc.collect()
        gc.freeze()  # or whoever comes second pays for looking through all documents of the turn again and again
        for name in ("ours", "theirs") if turn % 2 else ("theirs", "ours"):
            computing, began = _computing_seconds(measured), time.perf_counter()
            if name == "ours":
                _write(measured, chunk)
            else:
                _write_with_helper(measured, prepared, index=other)
            if start >= warm_up:
                spent[name][0] += time.perf_counter() - began
                spent[name][1] += _computing_seconds(measured) - computing
        gc.unfreeze()
        _say(f"Elasticsearch: {start + TURN:,} of {warm_up + documents:,} by both ways")
    measured.admin.indices.delete(index=other)
    measured.engine.clear()
    return Race(documents, (spent["ours"][0], spent["ours"][1]), (spent["theirs"][0], spent["theirs"][1]))


def _make_rival(measured: MeasuredElastic) -> str:
    """Make an index with the mapping and settings of ours."""
    [ours] = measured.admin.indices.get(index=f"{measured.prefix}-reports").body.values()
    given = {"uuid", "creation_date", "provided_name", "version", "history"}
    settings = {name: value for name, value in ours["settings"]["index"].items() if name not in given}
    name = f"{measured.prefix}-rival"
    measured.admin.indices.create(index=name, mappings=ours["mappings"], settings={"index": settings})
    return name


def _prepare(document: Document) -> dict[str, object]:
    admitted, body = admit_document(document)
    source = msgspec.json.decode(body, type=dict[str, object]) | derive_fields(admitted)
    return {"_id": admitted.id, "version": admitted.version, "version_type": "external", "_source": source}


def _write_with_helper(measured: MeasuredElastic, prepared: Sequence[dict[str, object]], *, index: str) -> None:
    actions = ({"_index": index, **each} for each in prepared)
    deque(parallel_bulk(measured.admin, actions, thread_count=4, chunk_size=500), maxlen=0)


def _write(measured: Measured, documents: Sequence[Document]) -> None:
    outcome = measured.engine.write(documents)
    if outcome.written != len(documents):
        raise RuntimeError(
            f"{measured.name} took {outcome.written} of {len(documents)} documents: {outcome.rejected[:1]}"
        )


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


def _render_race(found: Race) -> str:
    (ours, ours_computing), (theirs, theirs_computing) = found.ours, found.theirs
    count = found.documents
    return (
        f"Indexing {count:,} reports in turns: the engine {count / ours:,.0f}/s, parallel_bulk {count / theirs:,.0f}/s,"
        f" that is {theirs / ours:.0%} of its speed; computing time of client and server a report:"
        f" {ours_computing / count * 1_000:.2f} ms against {theirs_computing / count * 1_000:.2f} ms"
    )


def _say(message: str) -> None:
    sys.stderr.write(f"{message}  (load {os.getloadavg()[0]:.1f})\n")


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
                notes.append(_render_race(race(elastic, documents=given.race)))
                _say(notes[-1])
            rows += _measured(elastic, sizes=sizes, questions=given.questions)
            notes += _render_costs(compare_costs(elastic, sizes=sizes), rows)
    if given.engine != "elasticsearch":
        with open_sqlite() as sqlite:
            found = _measured(sqlite, sizes=sizes, questions=given.questions)
            notes += _render_costs(compare_costs(sqlite, sizes=sizes), found)
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
        _say(render_rows([row]).splitlines()[-1])
    return rows


def _render_costs(cost: Cost, rows: Sequence[Row]) -> Iterator[str]:
    small, large = rows[0].documents, rows[-1].documents
    whole = sum(row.report_ms * added for row, added in zip(rows, _steps(rows), strict=True)) / large
    fresh = median(cost.whole_small_ms)
    yield (
        f"{rows[0].engine}: all {large:,} took {whole:.3f} ms of computing time a report, merging included; fresh"
        f" indices of {small:,} on the warm server {fresh:.3f} ms (median of {ROUNDS}):"
        f" {whole / fresh:.2f} times as much"
    )
    for name, middle in (("median", median), ("mean", mean)):
        ours, theirs = middle(cost.new_large_ms), middle(cost.new_small_ms)
        yield (
            f"{rows[0].engine}: a new report at {large:,} {ours:.3f} ms, at {small:,} {theirs:.3f} ms:"
            f" {ours / theirs:.2f} times as much ({name} of {ROUNDS} rounds of {NEW_REPORTS:,} in turns)"
        )


def _steps(rows: Sequence[Row]) -> Iterator[int]:
    before = 0
    for row in rows:
        yield row.documents - before
        before = row.documents


if __name__ == "__main__":
    main()
