"""The engines that the search benchmark measures, each with what it costs: time and room."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch
from uuid import uuid4

from elasticsearch import Elasticsearch

from benchmarks.synthetic_reports import END
from index.document import Document
from index.elastic import open_elastic
from index.engine import Engine
from index.sqlite import SqliteEngine
from sidak.settings import ElasticsearchSettings
from tests.support.elasticsearch import remove_deployment, run_elasticsearch

JAVA_OPTIONS = "-Xms2g -Xmx2g"
STATISTICS_SECONDS = 1.2
"""The server looks at its own computing time once a second, and tells what it last saw."""


class Measured(Protocol):
    """An engine and its meters."""

    name: str
    engine: Engine

    def served_ms(self) -> float:
        """Return the time that the server spent on answers so far."""

    def server_seconds(self) -> float:
        """Return the computing time of the server so far, its merging included."""

    def beside(self) -> AbstractContextManager[Measured]:
        """Open an empty index of the same kind, on the same server where there is one."""

    def settle(self) -> None:
        """Make what was written visible, and wait until what it sets off is done."""

    def bytes_on_disk(self) -> int:
        """Return the room that the index takes."""


class MeasuredSqlite:
    """SQLite has no server: what it costs is the computing time of this process, whatever else the machine does."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.engine: Engine = SqliteEngine(folder / "index.db", clock=now)

    def served_ms(self) -> float:
        """Return the computing time of this process: its files are in memory after the first questions."""
        return time.process_time() * 1_000

    def server_seconds(self) -> float:
        """Return nothing: all is done in this process."""
        return 0.0

    def beside(self) -> AbstractContextManager[Measured]:
        """Open an empty index in another folder."""
        return open_sqlite()

    def settle(self) -> None:
        """Nothing is left to be done after a commit."""

    def bytes_on_disk(self) -> int:
        """Return the size of all its files."""
        return sum(path.stat().st_size for path in self._folder.iterdir())


class MeasuredElastic:
    """Counts the `took` of every answer, and asks the server for its computing time."""

    name = "Elasticsearch"

    def __init__(self, url: str) -> None:
        self._url = url
        self.prefix = f"sidak-scale-{uuid4().hex[:8]}"
        self.admin = Elasticsearch(url, request_timeout=300)
        self._took = 0
        engine = open_elastic(ElasticsearchSettings(url=url, prefix=self.prefix, timeout_seconds=120), clock=now)
        transport = engine._client.transport  # noqa: SLF001 - the one place that all its requests go through
        send = transport.perform_request

        def perform_request(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - handed on as it comes
            answer = send(*arguments, **options)
            if isinstance(answer.body, dict):
                self._took += answer.body.get("took", 0)
            return answer

        transport.perform_request = perform_request  # type: ignore[method-assign]
        self.engine: Engine = engine

    def served_ms(self) -> float:
        """Return the sum of what the server says each answer took."""
        return self._took

    def server_seconds(self) -> float:
        """Return the computing time of the server so far, its merging included."""
        time.sleep(STATISTICS_SECONDS)
        nodes = self.admin.nodes.stats(metric="process")["nodes"].values()
        return float(sum(node["process"]["cpu"]["total_in_millis"] for node in nodes)) / 1_000

    def beside(self) -> AbstractContextManager[Measured]:
        """Open an empty index on the same server."""
        return open_elasticsearch(self._url)

    def settle(self) -> None:
        """Refresh, and wait until merging has ended."""
        self.engine.refresh()
        while self._merging():
            time.sleep(0.5)

    def bytes_on_disk(self) -> int:
        """Return the size of all indices of the deployment, flushed."""
        self.admin.indices.flush(index=f"{self.prefix}-*", expand_wildcards="all")
        stats = self.admin.indices.stats(index=f"{self.prefix}-*", metric="store", expand_wildcards="all")
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])

    def _merging(self) -> bool:
        stats = self.admin.indices.stats(metric="merge", expand_wildcards="all")
        return bool(stats["_all"]["primaries"]["merges"]["current"])


def computing_seconds(measured: Measured) -> float:
    """Return the computing time of client and server so far."""
    return time.process_time() + measured.server_seconds()


def write_all(measured: Measured, documents: Sequence[Document]) -> None:
    """Write documents that must all be taken."""
    outcome = measured.engine.write(documents)
    if outcome.written != len(documents):
        raise RuntimeError(
            f"{measured.name} took {outcome.written} of {len(documents)} documents: {outcome.rejected[:1]}"
        )


def now() -> datetime:
    """Return the moment that the synthetic reports end at."""
    return END


@contextmanager
def open_sqlite() -> Iterator[MeasuredSqlite]:
    """Open an empty SQLite index in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="sidak-scale-") as folder:
        measured = MeasuredSqlite(Path(folder))
        measured.engine.setup()
        try:
            yield measured
        finally:
            measured.engine.close()


@contextmanager
def open_elasticsearch(url: str | None = None) -> Iterator[MeasuredElastic]:
    """Open an empty index on the server of that address, or on one started for the purpose with 2 GB of heap."""
    if url is None:
        with (
            patch.dict(os.environ, {"SIDAK_TEST_ELASTICSEARCH_JAVA_OPTS": JAVA_OPTIONS}),
            run_elasticsearch() as started,
            open_elasticsearch(started) as measured,
        ):
            yield measured
        return
    measured = MeasuredElastic(url)
    measured.engine.setup()
    try:
        yield measured
    finally:
        remove_deployment(measured.admin, measured.prefix)
        measured.engine.close()
        measured.admin.close()
