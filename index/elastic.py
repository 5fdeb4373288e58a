"""The search engine for production: Elasticsearch 9, of which only the core is needed (no language analyzers)."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Literal

import msgspec
from elasticsearch import Elasticsearch, JsonSerializer

from index.document import Document
from index.elastic_bulk import Bulk, Sleep
from index.elastic_errors import server_address, translated_errors
from index.elastic_features import Features
from index.elastic_indices import Growth, Indices
from index.elastic_search import Searcher
from index.elastic_trends import count_trends
from index.elastic_words import similar_terms
from index.elastic_writer import Writer
from index.engine import Page, SearchQuery, TermCount, Trends, TrendsQuery, WriteOutcome
from index.export_scan import scan_elastic
from index.spelling import is_checkable
from sidak.errors import SidakError, UsageError
from sidak.settings import ElasticsearchSettings

_PAGE = 1_000
_MARKS_PAGE = 10_000
GRACE_SECONDS = 2.0
"""How long the old indices stay after a rebuild, for requests that were on their way to them."""
_NEXT = "-next"
GROWTH_CHECK = 50_000
"""After so many documents a long run looks whether a part is full."""


class _KeyHit(msgspec.Struct, frozen=True):
    sort: tuple[str]


class _KeyHits(msgspec.Struct, frozen=True):
    hits: list[_KeyHit]


class _KeyAnswer(msgspec.Struct, frozen=True):
    hits: _KeyHits


class _Count(msgspec.Struct, frozen=True):
    count: int


class _Marked(msgspec.Struct, frozen=True):
    result: Literal["created", "updated"]


class _Shards(msgspec.Struct, frozen=True):
    failed: Literal[0]


class _Refreshed(msgspec.Struct, frozen=True, rename={"shards": "_shards"}):
    shards: _Shards


class ElasticEngine:
    """Implements `index.engine.Engine` on an Elasticsearch cluster."""

    name = "elasticsearch"

    def __init__(
        self,
        client: Elasticsearch,
        *,
        address: str,
        prefix: str,
        clock: Callable[[], datetime],
        sleep: Sleep = time.sleep,
        suffix: str = "",
        growth: Growth | None = None,
    ) -> None:
        """Work behind the aliases of a prefix; with a `suffix`, on indices that are still being built."""
        self._client = client
        self._address = address
        self._prefix = prefix
        self._clock = clock
        self._sleep = sleep
        self._suffix = suffix
        self._growth = growth
        self.indices = Indices(client, prefix=prefix, suffix=suffix, growth=growth)
        self._bulk = Bulk(client, address=address, sleep=sleep)
        self._writer = Writer(client, self.indices, address=address, bulk=self._bulk)
        self._features = Features(client, prefix=prefix)
        self._searchers = {
            allowed: Searcher(client, index=self.indices.scope(include_restricted=allowed), read=self._writer.read)
            for allowed in (False, True)
        }
        self._since_growth = 0

    def setup(self) -> None:
        """Create indices and aliases where they are missing, begin new parts, finish what a killed process began."""
        with self._translated():
            if self.indices.ensure():
                self._features.schedule_snapshots()
            self._grow()
            self._writer.finish_moves()

    def write(self, documents: Sequence[Document]) -> WriteOutcome:
        """Store documents by id, each only if its version is newer than the stored one."""
        with self._translated():
            outcome = self._writer.write(documents)
            self._since_growth += outcome.written
            if self._since_growth >= GROWTH_CHECK:
                self._grow()
        return outcome

    def delete(self, ids: Sequence[str]) -> int:
        """Remove documents for good, from search at once; from an index that is being rebuilt as well."""
        storable = [id for id in ids if _is_storable(id)]
        with self._translated():
            removed = self._writer.delete(storable, layout=self.indices.layout())
            being_built = None if self._suffix else self._fresh().indices.layout_or_none()
            if being_built is not None:
                self._writer.delete(storable, layout=being_built)
        return removed

    def get(self, id: str, *, include_restricted: bool) -> Document | None:
        """Return one document, or None."""
        if not _is_storable(id):
            return None
        with self._translated():
            document = self._writer.read([id]).get(id)
        return document if document is None or include_restricted or not document.restricted else None

    def search(self, query: SearchQuery) -> Page:
        """Return one page of a search."""
        with self._translated():
            return self._searchers[query.include_restricted].search(query, now=self._clock())

    def trends(self, query: TrendsQuery) -> Trends:
        """Return all that a page of trends shows."""
        scope = self.indices.scope(include_restricted=query.include_restricted)
        with self._translated():
            return count_trends(self._client, query, index=scope, now=self._clock())

    def scan(self, query: SearchQuery, *, after: str, limit: int) -> tuple[Document, ...]:
        """Return hits in the order of their ids, beginning after an id."""
        scope = self.indices.scope(include_restricted=query.include_restricted)
        with self._translated():
            return scan_elastic(self._client, query, index=scope, after=after, limit=limit)

    def similar_terms(self, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
        """Return a few words spelt like this one, itself included, that visible reports hold."""
        if not is_checkable(term):
            return ()
        scope = self.indices.scope(include_restricted=include_restricted)
        with self._translated():
            return similar_terms(self._client, term, index=scope, include_restricted=include_restricted)

    def ids(self) -> Iterator[str]:
        """Yield every id in order, a thousand at a time; one that is just moving between the lanes only once."""
        last = None
        for id in self._keys(self._everything, field="id", size=_PAGE):
            if id != last:
                yield id
            last = id

    def count(self) -> int:
        """Return the number of documents, restricted ones too."""
        with self._translated():
            return msgspec.convert(self._client.count(index=self._everything).body, _Count).count

    def published_segments(self) -> frozenset[str]:
        """Return the report segments that this index already holds whole."""
        return frozenset(self._keys(self.indices.homes, field="segment", size=_MARKS_PAGE))

    def mark_published(self, segment: str) -> None:
        """Remember a report segment as held."""
        id = hashlib.sha256(segment.encode()).hexdigest()
        with self._translated():
            answer = self._client.index(
                index=self.indices.homes, id=id, document={"segment": segment}, refresh=True, require_alias=True
            )
            msgspec.convert(answer.body, _Marked)

    def refresh(self) -> None:
        """Make everything written visible to search."""
        with self._translated():
            msgspec.convert(self._client.indices.refresh(index=self._everything).body, _Refreshed)

    @contextmanager
    def rebuilding(self, *, resume: bool = False) -> Iterator[ElasticEngine]:
        """Yield a fresh engine that takes this one's place at the end, whatever mapping this one has."""
        if self._suffix:
            raise TypeError("an index that is being built is not rebuilt itself")
        fresh = self._fresh()
        try:
            with self._translated():
                if not (resume and fresh.indices.is_current()):
                    self.indices.sweep()
                    fresh.indices.create(self.indices.next_generation())
            yield fresh
            fresh.refresh()
            with self._translated():
                self.indices.take_over(fresh.indices)
                self._features.schedule_snapshots()
        except BaseException:  # an interrupt, too, must not leave half an index behind; it goes on from here
            if not resume:
                with suppress(SidakError):  # what went wrong before matters more; the next rebuild sweeps
                    self.sweep()
            raise
        self._sleep(GRACE_SECONDS)
        self.sweep()

    def sweep(self) -> None:
        """Remove what a killed rebuild left behind."""
        with self._translated():
            self.indices.sweep()

    def clear(self) -> None:
        """Remove every document and mark, whatever mapping they had."""
        with self.rebuilding():
            pass

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _keys(self, index: str, *, field: str, size: int) -> Iterator[str]:
        after: list[str] | None = None
        while True:
            with self._translated():
                answer = self._client.search(
                    index=index, size=size, query={"exists": {"field": field}}, sort=[{field: "asc"}], source=False,
                    allow_partial_search_results=False, search_after=after,
                )  # fmt: skip
                found = [hit.sort[0] for hit in msgspec.convert(answer.body, _KeyAnswer).hits.hits]
            yield from found
            if len(found) < size:
                return
            after = [found[-1]]

    @property
    def _everything(self) -> str:
        return self.indices.scope(include_restricted=True)

    def _fresh(self) -> ElasticEngine:
        """Return an engine for the indices that are being built, or would be."""
        return ElasticEngine(
            self._client, address=self._address, prefix=self._prefix, clock=self._clock, sleep=self._sleep,
            suffix=_NEXT, growth=self._growth,
        )  # fmt: skip

    def _grow(self) -> None:
        self._since_growth = 0
        for part in self.indices.grow():
            self._features.rest(part)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with translated_errors(self._address):
            yield


def open_elastic(
    settings: ElasticsearchSettings, *, clock: Callable[[], datetime], growth: Growth | None = None
) -> ElasticEngine:
    """Return the engine for the server that the settings name; nothing is asked of it yet.

    Raises UsageError where address or certificate file make no sense.
    """
    client = open_client(settings)
    address = server_address(settings.url)
    return ElasticEngine(client, address=address, prefix=settings.prefix, clock=clock, growth=growth)


def open_client(settings: ElasticsearchSettings) -> Elasticsearch:
    """Return a client of the server that the settings name; raises UsageError like `open_elastic`."""
    if settings.ca_certs is not None and not settings.ca_certs.is_file():
        raise UsageError(f"SIDAK_ELASTICSEARCH__CA_CERTS: {settings.ca_certs} is no file")
    options: dict[str, Any] = {"ca_certs": str(settings.ca_certs)} if settings.ca_certs else {}
    if settings.username and settings.password:
        options["basic_auth"] = (settings.username, settings.password.get_secret_value())
    if settings.api_key:
        options["api_key"] = settings.api_key.get_secret_value()
    try:
        addresses = [address.strip() for address in settings.url.split(",")]
        return Elasticsearch(
            addresses,
            request_timeout=settings.timeout_seconds,
            max_retries=len(addresses) - 1,  # another node is asked where one is gone; every request may be repeated
            retry_on_status=(),
            serializers={"application/json": _Json()},
            **options,
        )
    except (ValueError, OSError, ssl.SSLError) as exc:
        raise UsageError(f"SIDAK_ELASTICSEARCH__URL or __CA_CERTS: {exc}") from exc


class _Json(JsonSerializer):
    """Reads answers five times as fast as Python's own decoder; a bulk answer has an entry for each document."""

    def json_loads(self, data: bytes) -> Any:  # noqa: ANN401 - whatever the server says
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError as exc:
            raise ValueError(str(exc)) from exc


def _is_storable(id: str) -> bool:
    """Whether an id can be asked for at all; one with lone surrogates is nobody's."""
    return bool(id) and id.encode("utf-8", "replace").decode() == id
