"""Prints how fast posts are read, as posts a second and as ratios against a peer pipeline in the same run."""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import orjson

from collectors.standins.scenario import load_scenario
from nlp.analyze import Analyzer
from nlp.lines import CHUNK_LINES, analyze_stream
from sidak.models import Lane, Post

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGION = "33"
REPORT_SHARE = 0.02
SEED = 20260101

_NOISE = re.compile(r"https?://\S+|[@#]\w+|[^a-z\s]")


def read_invented() -> tuple[list[str], list[str]]:
    """Return the reports and the noise of the stand-ins' scenario: every post of it is invented."""
    items = load_scenario("jawa_tengah", end=NOW)
    texts = [(item.truth.is_report, item.versions[0].text) for item in items]
    return [text for is_report, text in texts if is_report], [text for is_report, text in texts if not is_report]


def mix_texts(reports: Sequence[str], noise: Sequence[str], *, count: int) -> list[str]:
    """Return `count` texts, 2 % of them reports; each gets a word of another so that hardly any two are equal."""
    chance = random.Random(SEED)  # noqa: S311 - a fixed mix, no secret
    words = sorted({word for text in noise for word in text.split() if word.isalpha()})
    return [
        f"{chance.choice(reports if chance.random() < REPORT_SHARE else noise)} {chance.choice(words)}"
        for _ in range(count)
    ]


def read_texts(file: Path, *, count: int) -> list[str]:
    """Return the first texts of a file of JSON lines with a field `text`."""
    with file.open("rb") as lines:
        return [orjson.loads(line)["text"] for _, line in zip(range(count), lines, strict=False)]


def read_slang() -> dict[str, str]:
    """Return the packaged slang list, so that both pipelines know the same words."""
    lines = files("nlp").joinpath("data/slang.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {spelling: standard for standard, spellings in rows for spelling in spellings.split()}


def run_stream(texts: Sequence[str], *, jobs: int, lane: Lane = "overheard") -> None:
    """Read texts from JSON lines to JSON lines, as `sidak analyze` does."""
    lines = b"".join(orjson.dumps({"id": f"bench:{n}", "text": text}) + b"\n" for n, text in enumerate(texts))
    analyze_stream(BytesIO(lines), BytesIO(), region=REGION, lane=lane, jobs=jobs, now=NOW)


class Peer:
    """What most pipelines for Indonesian do: clean, slang dictionary, PySastrawi, TF-IDF, linear SVM."""

    def __init__(self, reports: Sequence[str], noise: Sequence[str]) -> None:
        text_features = import_module("sklearn.feature_extraction.text")  # worker processes do without these
        self._vectorizer = text_features.TfidfVectorizer(ngram_range=(1, 2))
        self._svm = import_module("sklearn.svm").LinearSVC()
        self._slang = read_slang()
        self.forget()
        known = [self._clean(text) for text in (*reports, *noise)]
        self._svm.fit(self._vectorizer.fit_transform(known), [1] * len(reports) + [0] * len(noise))

    def forget(self) -> None:
        """Start with a stemmer that knows no word yet; it keeps the stem of each word it meets."""
        self._stemmer = import_module("Sastrawi.Stemmer.StemmerFactory").StemmerFactory().create_stemmer()

    def run(self, texts: Sequence[str]) -> None:
        """Decide for each text whether it is a report, all in one batch."""
        self._svm.predict(self._vectorizer.transform([self._clean(text) for text in texts]))

    def _clean(self, text: str) -> str:
        words = _NOISE.sub(" ", text.lower()).split()
        return str(self._stemmer.stem(" ".join(self._slang.get(word, word) for word in words)))


def measure(name: str, run: Callable[[], None], *, count: int) -> float:
    """Run once, print and return items a second of the wall clock."""
    start = time.perf_counter()
    run()
    rate = count / (time.perf_counter() - start)
    print(f"{name:<58}{rate:>9,.0f}/s")
    return rate


def measure_two_processes(texts: Sequence[str]) -> None:
    """Print the rate of two workers through `analyze_stream`, with their start and without it."""
    start = time.perf_counter()
    run_stream(texts[: 2 * CHUNK_LINES], jobs=2)  # a chunk for each
    between = time.perf_counter()
    run_stream(texts, jobs=2)
    whole, started = time.perf_counter() - between, between - start
    print(f"{'overheard, two processes, their start included':<58}{len(texts) / whole:>9,.0f}/s")
    if whole > started and len(texts) > 2 * CHUNK_LINES:
        rate = (len(texts) - 2 * CHUNK_LINES) / (whole - started)
        print(f"{'overheard, two processes, once both have begun':<58}{rate:>9,.0f}/s")


def start_process() -> float:
    """Build an analyzer, read one post, and return the process's largest memory in MB."""
    post = Post(
        source="bench", native_id="1", kind="post", lane="addressed", text="jalan rusak di Subah", created_at=NOW,
        collected_at=NOW,
    )  # fmt: skip
    list(Analyzer(region=REGION).analyze([post], now=NOW))
    return _largest_megabytes(resource.RUSAGE_SELF)


def measure_start() -> None:
    """Print how long a fresh process takes until its first post is read."""
    start = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        megabytes = pool.submit(start_process).result()
    print(f"{'start of a process to its first reading':<58}{time.perf_counter() - start:>9.1f} s, {megabytes:,.0f} MB")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, help="JSON lines with a field `text`, in place of invented sentences")
    arguments.add_argument("--count", type=int, default=20_000, help="how many posts")
    given = arguments.parse_args()
    reports, noise = read_invented()
    if given.data:
        texts = read_texts(given.data, count=given.count)
        print(f"{len(texts):,} texts of {given.data.name}")
    else:
        texts = mix_texts(reports, noise, count=given.count)
        print(f"{len(texts):,} invented sentences, {REPORT_SHARE:.0%} reports")
    measure_start()
    few = texts[: max(len(texts) // 10, 1)]
    run_stream(few, jobs=1)  # load the models and learn the words before the clock runs
    ours = measure("overheard, gate to JSON lines, one process", lambda: run_stream(texts, jobs=1), count=len(texts))
    measure_two_processes(texts)
    full = texts[: len(few)] if given.data else [reports[n % len(reports)] for n in range(len(few))]
    measure("full analyses", lambda: run_stream(full, jobs=1, lane="addressed"), count=len(full))
    peer = Peer(reports, noise)
    peer.forget()
    fresh = measure("peer, as it meets the words", lambda: peer.run(few), count=len(few))
    known = measure("peer, all stems known", lambda: peer.run(few), count=len(few))
    print(f"ratio against the peer, one process each: {ours / fresh:.1f} (all stems known: {ours / known:.1f})")
    own, workers = _largest_megabytes(resource.RUSAGE_SELF), _largest_megabytes(resource.RUSAGE_CHILDREN)
    print(f"largest memory: {own:,.0f} MB here (with the peer), {workers:,.0f} MB in a worker")


def _largest_megabytes(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    main()
