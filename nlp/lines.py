"""Analyses a stream of JSON lines with its own worker processes: bytes go out to them, bytes come back.

spaCy's own `n_process` sends whole Docs between processes, which costs more than the reading. Chunks keep their
order, and only a few are under way at a time, so that memory stays flat however long the input is.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import BinaryIO, NamedTuple

import msgspec

from nlp.analyze import READ_CHARACTERS, Analyzer
from nlp.gate import judge
from nlp.glance import Glance, glance
from nlp.line_codec import (
    LINE_SOURCE,
    EmptyLine,
    LineTask,
    empty_line,
    parse_line,
    write_brief,
    write_error,
    write_line,
)
from nlp.memory import forget_texts, uncollected
from nlp.personal_data.find import find_personal_data
from nlp.raw_lines import LONGEST_LINE, read_lines
from nlp.redaction import redact
from sidak.errors import QuarantineError, StopError
from sidak.models import Gate, Lane, Post

CHUNK_LINES = 1000
CHUNK_BYTES = 1 << 20
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
CHUNKS_UNDER_WAY = 3
"""For each worker: one at work, one waiting, one being written."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What all lines of a stream have in common."""

    region: str | None
    lane: Lane
    now: datetime


def analyze_stream(
    infile: BinaryIO,
    outfile: BinaryIO,
    *,
    region: str | None,
    lane: Lane,
    jobs: int,
    now: datetime | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> int:
    """Write one line for each line read, in the same order, and return their number.

    `now` stands for posts without a time of their own. Raises StopError where a worker process dies.
    """
    context = Context(region=region, lane=lane, now=now or datetime.now(UTC))
    lines = 0
    for written, read in _analyzed(_chunks(infile), context, jobs=jobs):
        outfile.write(written)
        lines += read
        if on_progress is not None:
            on_progress(lines)
    outfile.flush()
    return lines


def _analyzed(chunks: Iterator[list[bytes]], context: Context, *, jobs: int) -> Iterator[tuple[bytes, int]]:
    head = list(islice(chunks, 2))
    if jobs <= 1 or len(head) < 2:  # a pool costs seconds to start
        yield from (analyze_chunk(chunk, context) for source in (head, chunks) for chunk in source)
        return
    yield from _analyzed_in_pool(head, chunks, context, jobs)


def _analyzed_in_pool(
    head: list[list[bytes]], rest: Iterable[list[bytes]], context: Context, jobs: int
) -> Iterator[tuple[bytes, int]]:
    under_way: deque[Future[tuple[bytes, int]]] = deque()
    # Workers start afresh rather than fork: the caller may run threads (progress bars, servers).
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for source in (head, rest):
                for chunk in source:
                    under_way.append(pool.submit(analyze_chunk, chunk, context))
                    if len(under_way) >= jobs * CHUNKS_UNDER_WAY:
                        yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as exc:
            raise StopError("a worker process died, perhaps for want of memory; try again with fewer --jobs") from exc


class _Judged(NamedTuple):
    """A line that could be read, where it stands in its chunk, and what a glance and the gate say of it."""

    at: int
    task: LineTask
    seen: Glance
    gate: Gate


@uncollected(for_good=True)
def analyze_chunk(lines: list[bytes], context: Context) -> tuple[bytes, int]:
    """Return the lines' analyses as bytes, and their number.

    All lines take one step before any takes the next, so that what a step looks things up in stays at hand.
    """
    analyzer, empty = _analyzer(context.region)
    parsed = [_parse(line, context) for line in lines]
    written = [each if isinstance(each, bytes) else b"" for each in parsed]
    judged = _judge(parsed)
    for each in judged:
        if not each.gate.passed:
            written[each.at] = _brief(each, empty=empty)
    forget_texts()
    passed = [each for each in judged if each.gate.passed]
    posts = ((each.task.post(collected_at=context.now), each.gate, each.seen) for each in passed)
    for each, report in zip(passed, analyzer.read_passed(posts, context.now), strict=True):
        written[each.at] = write_line(
            report, id=each.task.id, created_at=each.task.created_at, warnings=each.task.warnings
        )
    return b"\n".join(written) + b"\n", len(lines)


def _parse(line: bytes, context: Context) -> LineTask | bytes:
    """Read a line; of one that cannot be read, return the line that stands for it."""
    if len(line) > LONGEST_LINE:
        return write_error(f"line is longer than {LONGEST_LINE} bytes", id=None)
    try:
        return parse_line(line, lane=context.lane, now=context.now, region=context.region)
    except QuarantineError as exc:
        return write_error(str(exc), id=exc.payload or None)


def _judge(parsed: Sequence[LineTask | bytes]) -> list[_Judged]:
    tasks = [(at, task) for at, task in enumerate(parsed) if not isinstance(task, bytes)]
    seen = [glance(task.text[:READ_CHARACTERS]) for _, task in tasks]
    gates = [judge(each, lane=task.lane) for each, (_, task) in zip(seen, tasks, strict=True)]
    return [_Judged(*task, glanced, gate) for task, glanced, gate in zip(tasks, seen, gates, strict=True)]


def _brief(judged: _Judged, *, empty: EmptyLine) -> bytes:
    """Return the line of a post that the gate turned away."""
    seen = judged.seen
    personal_data = find_personal_data(seen.text) if seen.may_be_personal else ()
    return write_brief(
        judged.task,
        language=seen.language.code,
        probability=judged.gate.score,
        personal_data=personal_data,
        redacted=redact(seen.text, personal_data)[0] if personal_data else seen.text,
        empty=empty,
    )


@cache
def _analyzer(region: str | None) -> tuple[Analyzer, EmptyLine]:
    """Return this process's analyzer, built once, and what the lines of posts turned away have in common.

    What it loads stays until the process ends.
    """
    with uncollected(for_good=True):
        analyzer = Analyzer(region=region)
        posts = [_make_post("", lane="overheard"), _make_post("Jalan rusak di Subah, Pak Budi 0812", lane="addressed")]
        brief, _ = analyzer.analyze(posts, now=_NEVER)
    return analyzer, empty_line(brief)


def _make_post(text: str, *, lane: Lane) -> Post:
    return Post(
        source=LINE_SOURCE, native_id="", kind="post", lane=lane, text=text, created_at=_NEVER, collected_at=_NEVER
    )


def _chunks(infile: BinaryIO) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for line in read_lines(infile):
        chunk.append(line)
        size += len(line)
        if len(chunk) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
