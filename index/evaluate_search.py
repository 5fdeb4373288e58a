"""Measures search on judged queries: `python -m index.evaluate_search --data DIR [--elasticsearch URL]`.

The data folder is /dev of the shared development data; its texts are read, analysed as the pipeline does and forgotten
again. Prints nDCG@10 of our search and of plain BM25 over the raw texts, with intervals over the queries.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from index.engine import Engine, SearchQuery
from index.judged.corpus import Entry, read_corpus
from index.judged.measures import TOP, JudgedQuery, Score, bootstrap, ndcg, read_queries
from index.judged.plain import Search, open_plain_sqlite
from index.open_engine import open_engine
from index.parse_query import parse_query
from index.search import search_leniently
from sidak.errors import SidakError
from sidak.settings import ElasticsearchSettings, Settings

_BATCH = 500


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.evaluate_search", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the development texts")
    parser.add_argument("--elasticsearch", metavar="URL", help="a server to measure as well, beside SQLite")
    arguments = parser.parse_args()
    try:
        _measure(arguments.data, arguments.elasticsearch)
    except SidakError as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def _measure(data: Path, url: str | None) -> None:
    entries = list(read_corpus(data))
    queries = read_queries()
    now = max(entry.document.created_at for entry in entries)
    with ExitStack() as stack:
        pairs = [("SQLite", *stack.enter_context(_on_sqlite(entries, now)))]
        if url is not None:
            pairs.append(("Elasticsearch", *stack.enter_context(_on_elastic(entries, now, url))))
        _say(f"{len(entries)} texts, {len(queries)} queries, as of {now:%Y-%m-%d}; nDCG@{TOP} [95 % of resamples]")
        for name, ours, plain in pairs:
            for label, held_out in (("tuned on", False), ("held out", True)):
                chosen = [query for query in queries if query.held_out is held_out]
                _report(f"{name:<14} {label} ({len(chosen)})", chosen, ours, plain)


def _report(label: str, queries: Sequence[JudgedQuery], ours: Search, plain: Search) -> None:
    found = [(query, ours(query.query), plain(query.query)) for query in queries]
    own = [ndcg(ranking, query.grades) for query, ranking, _ in found]
    other = [ndcg(ranking, query.grades) for query, _, ranking in found]
    unjudged = sum(key not in query.grades for query, *rankings in found for ranking in rankings for key in ranking)
    gain = bootstrap([mine - theirs for mine, theirs in zip(own, other, strict=True)])
    _say(
        f"{label}: ours {_show(bootstrap(own))}, plain BM25 {_show(bootstrap(other))}, gain {_show(gain)};"
        f" better {sum(m > t for m, t in zip(own, other, strict=True))}, worse"
        f" {sum(m < t for m, t in zip(own, other, strict=True))}; unjudged {unjudged}"
    )


@contextmanager
def _on_sqlite(entries: Sequence[Entry], now: datetime) -> Iterator[tuple[Search, Search]]:
    with tempfile.TemporaryDirectory() as home:
        engine = open_engine(Settings(home=Path(home)), clock=lambda: now)
        try:
            yield _fill(engine, entries), open_plain_sqlite(entries)
        finally:
            engine.close()


@contextmanager
def _on_elastic(entries: Sequence[Entry], now: datetime, url: str) -> Iterator[tuple[Search, Search]]:
    from index.elastic_plain import open_plain_elastic, remove_indices

    server = ElasticsearchSettings(url=url, prefix=f"sidak-judged-{uuid4().hex[:12]}")
    engine = open_engine(Settings(index="elasticsearch", elasticsearch=server), clock=lambda: now)
    try:
        ours = _fill(engine, entries)
        with open_plain_elastic(server, entries) as plain:
            yield ours, plain
    finally:
        engine.close()
        remove_indices(server)


def _fill(engine: Engine, entries: Sequence[Entry]) -> Search:
    engine.setup()
    for start in range(0, len(entries), _BATCH):
        engine.write([entry.document for entry in entries[start : start + _BATCH]])
    engine.refresh()
    return _searcher(engine)


def _searcher(engine: Engine) -> Callable[[str], list[str]]:
    def search(text: str) -> list[str]:
        query = SearchQuery(include_restricted=True, expression=parse_query(text), sort="relevance", limit=TOP)
        return [hit.id.partition(":")[2] for hit in search_leniently(engine.search, query).page.hits]

    return search


def _show(score: Score) -> str:
    return f"{score.mean:.3f} [{score.low:.3f}, {score.high:.3f}]"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
