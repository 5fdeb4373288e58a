"""Prints how fast posts are read, as posts a second and as ratios against a peer pipeline in the same run."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.invented import REPORT_SHARE, make_posts, make_reports
from benchmarks.peer import peer_chunk, peer_one_by_one
from nlp.analyze import READ_CHARACTERS
from nlp.lines import CHUNK_LINES, Context, analyze_chunk

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGION = "33"
JOBS = (1, 2)
_OVERHEARD = Context(region=REGION, lane="overheard", now=NOW)
_ADDRESSED = Context(region=REGION, lane="addressed", now=NOW)
_LETTERS = 1_000_000

Chunk = list[bytes]
Worker = Callable[[Chunk], object]


def read_gated(lines: Chunk) -> bytes:
    """Read posts as `sidak analyze` does: through the gate, and in full what passes it."""
    return analyze_chunk(lines, _OVERHEARD)[0]


def read_full(lines: Chunk) -> bytes:
    """Read every post in full."""
    return analyze_chunk(lines, _ADDRESSED)[0]


def to_lines(texts: Sequence[str]) -> Chunk:
    """Return JSON lines as `sidak analyze` takes them."""
    return [orjson.dumps({"id": f"bench:{number}", "text": text}) for number, text in enumerate(texts)]


class Measured(NamedTuple):
    """What one run of a worker gave."""

    by_clock: float
    """Posts a second of the wall clock, all processes together."""
    by_core: float
    """Posts a second of computing time: what one core does that nobody else uses. Ratios compare these."""
    megabytes: float
    """The memory of the largest process."""

    def __str__(self) -> str:
        return f"{self.by_clock:,.0f}/s, {self.by_core:,.0f}/s a core"


def measure(worker: Worker, lines: Chunk, *, jobs: int, known: bool = False) -> Measured:
    """Run a worker over the lines in so many processes that have begun.

    Both sides get the same processes and chunks. Processes know their models but no word of the posts, unless `known`:
    then they have read all of them once.
    """
    chunks = [lines[at : at + CHUNK_LINES] for at in range(0, len(lines), CHUNK_LINES)]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_begin, repeat(worker, jobs), repeat(chunks if known else [lines[:1]])))
        start = time.perf_counter()
        computed = sum(pool.map(_computing_time, repeat(worker), chunks))
        seconds = time.perf_counter() - start
        megabytes = max(pool.map(_megabytes, range(2 * jobs)))
    return Measured(len(lines) / seconds, len(lines) / computed, megabytes)


def _begin(worker: Worker, chunks: Sequence[Chunk]) -> None:
    for chunk in chunks:
        worker(chunk)
    time.sleep(1.0)  # so that each process of a pool gets one such task


def _computing_time(worker: Worker, lines: Chunk) -> float:
    start = time.process_time()
    worker(lines)
    return time.process_time() - start


def _megabytes(_: int) -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show_rates(lines: Chunk, full: Chunk, *, few: Chunk) -> None:
    """Print rates and ratios for one process and two."""
    for jobs in JOBS:
        print("in one process" if jobs == 1 else f"in {jobs} processes")
        ours = measure(read_gated, lines, jobs=jobs)
        _say("overheard, gate and full reading to JSON lines", f"{ours}, {ours.megabytes:,.0f} MB")
        known = measure(read_gated, lines, jobs=jobs, known=True)
        _say("overheard, all words met before", str(known))
        whole = measure(read_full, full, jobs=jobs)
        _say("every post read in full", f"{whole}, {whole.megabytes:,.0f} MB")
        peer = measure(peer_chunk, lines, jobs=jobs)
        _say(f"peer, in batches of {CHUNK_LINES}", f"{peer}, ratio {ours.by_core / peer.by_core:.1f}")
        settled = measure(peer_chunk, lines, jobs=jobs, known=True)
        _say("peer, all stems known", f"{settled}, ratio {known.by_core / settled.by_core:.1f}")
        singly = measure(peer_one_by_one, few, jobs=jobs)
        _say("peer, one post at a time", f"{singly}, ratio {ours.by_core / singly.by_core:.1f}")


def show_start() -> None:
    """Print how long `sidak analyze` takes for one post."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    post = to_lines(["jalan rusak di Subah"])[0]
    subprocess.run([sys.executable, "-m", "sidak.app", "analyze"], input=post, capture_output=True, check=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    _say(
        "`sidak analyze` of one post, from its start to its end",
        f"{seconds:.1f} s ({computed:.1f} s of computing), {after.ru_maxrss / 1024:,.0f} MB",
    )


def show_growth(texts: Sequence[str]) -> None:
    """Print what long texts take, against the same characters in posts: 1 means no more than their share."""
    posts = list(_take(texts, _LETTERS))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(_computing_time, read_full, to_lines(posts)).result()
        for worker, name in ((read_gated, "through the gate"), (read_full, "in full")):
            share = pool.submit(_computing_time, worker, to_lines(posts)).result() / sum(map(len, posts))
            for letters in (READ_CHARACTERS // 10, READ_CHARACTERS, _LETTERS):
                seconds = pool.submit(_computing_time, worker, to_lines([" ".join(posts)[:letters]])).result()
                _say(f"a text of {letters:,} letters {name}", f"{seconds / (share * letters):.2f} of its share")


def _take(texts: Sequence[str], letters: int) -> Sequence[str]:
    total = 0
    for number, text in enumerate(texts):
        total += len(text)
        if total >= letters:
            return texts[: number + 1]
    return list(texts) * (letters // max(total, 1) + 1)


def _say(what: str, figure: str) -> None:
    print(f"{what:<66}{figure}", flush=True)


def read_texts(file: Path, *, count: int) -> list[str]:
    """Return the first texts of a file of JSON lines with a field `text`."""
    with file.open("rb") as lines:
        return [orjson.loads(line)["text"] for _, line in zip(range(count), lines, strict=False)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, help="JSON lines with a field `text`, in place of invented posts")
    arguments.add_argument("--full-data", type=Path, help="the same for what is read in full; else the first of --data")
    arguments.add_argument("--count", type=int, default=20_000, help="how many posts")
    given = arguments.parse_args()
    read = partial(read_texts, count=given.count)
    texts = read(given.data) if given.data else make_posts(given.count)
    few = max(len(texts) // 10, 1)
    full = read(given.full_data)[:few] if given.full_data else texts[:few] if given.data else make_reports(few)
    kind = f"texts of {given.data.name}" if given.data else f"invented posts, {REPORT_SHARE:.0%} reports"
    print(f"{len(texts):,} {kind}; {len(full):,} of them or like them read in full")
    show_start()
    lines = to_lines(texts)
    show_rates(lines, to_lines(full), few=lines[:few])
    show_growth(texts)


if __name__ == "__main__":
    main()
