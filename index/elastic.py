"""The search engine for production: Elasticsearch 9, of which only the core is needed (no language analyzers)."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from index.admission import admit_document
from index.buckets import build_series, series_window
from index.derived import derive_fields
from index.document import Document
from index.elastic_bulk import Action, Bulk, Item, Sleep
from index.elastic_errors import server_address, translated_errors
from index.elastic_indices import Indices
from index.elastic_query import build_series_request
from index.elastic_search import Searcher
from index.elastic_words import similar_terms
from index.engine import Page, Rejected, SearchQuery, Series, SeriesQuery, TermCount, WriteOutcome
from index.spelling import is_checkable
from sidak.errors import SidakError, UsageError
from sidak.settings import ElasticsearchSettings

_PAGE = 1_000
_MARKS_PAGE = 10_000
GRACE_SECONDS = 2.0
"""How long the old indices stay after a rebuild, for requests that were on their way to them."""
_NEXT = "-next"


class _Interval(msgspec.Struct, frozen=True):
    key_as_string: date
    doc_count: int


class _Intervals(msgspec.Struct, frozen=True):
    buckets: list[_Interval]


class _Value(msgspec.Struct, frozen=True):
    key: str
    intervals: _Intervals


class _Values(msgspec.Struct, frozen=True):
    buckets: list[_Value]


class _Aggregations(msgspec.Struct, frozen=True):
    values: _Values


class _SeriesAnswer(msgspec.Struct, frozen=True):
    aggregations: _Aggregations


class _KeyHit(msgspec.Struct, frozen=True):
    sort: tuple[str]


class _KeyHits(msgspec.Struct, frozen=True):
    hits: list[_KeyHit]


class _KeyAnswer(msgspec.Struct, frozen=True):
    hits: _KeyHits


class _Found(msgspec.Struct, frozen=True, rename={"source": "_source"}):
    source: Document


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
    ) -> None:
        """Work behind the aliases of a prefix; with a `suffix`, on indices that are still being built."""
        self._client = client
        self._address = address
        self._prefix = prefix
        self._clock = clock
        self._sleep = sleep
        self._suffix = suffix
        self._indices = Indices(client, prefix=prefix, suffix=suffix)
        self._bulk = Bulk(client, address=address, sleep=sleep)
        self._searcher = Searcher(client, index=self._indices.read)

    def setup(self) -> None:
        """Create indices and aliases where they are missing."""
        with self._translated():
            self._indices.ensure()

    def write(self, documents: Sequence[Document]) -> WriteOutcome:
        """Store documents by id, each only if its version is newer than the stored one."""
        rejected: list[Rejected] = []
        actions: list[Action] = []
        for document in documents:
            try:
                actions.append(_index_action(document))
            except ValueError as exc:
                rejected.append(Rejected(id=document.id, reason=str(exc)))
        with self._translated():
            items = self._bulk.send(actions, index=self._indices.write)
        answers = list(zip(actions, items, strict=True))
        rejected += [
            Rejected(id=action.id, reason=_reason(item))
            for action, item in answers
            if item.status not in {200, 201, 409}
        ]
        return WriteOutcome(
            written=sum(item.status in {200, 201} for item in items),
            stale=sum(item.status == 409 for item in items),
            rejected=tuple(rejected),
        )

    def delete(self, ids: Sequence[str]) -> int:
        """Remove documents for good, from search at once."""
        storable = [id for id in ids if _is_storable(id)]
        actions = [Action(id, (msgspec.json.encode({"delete": {"_id": id}}),)) for id in storable]
        with self._translated():
            items = self._bulk.send(actions, index=self._indices.write, refresh=True)
        return sum(item.status == 200 for item in items)

    def get(self, id: str, *, include_restricted: bool) -> Document | None:
        """Return one document, or None."""
        if not _is_storable(id):
            return None
        with self._translated():
            try:
                answer = self._client.get(index=self._indices.read, id=id)
            except NotFoundError as exc:
                if exc.error == "index_not_found_exception":
                    raise
                return None
            document = msgspec.convert(answer.body, _Found).source
        return document if include_restricted or not document.restricted else None

    def search(self, query: SearchQuery) -> Page:
        """Return one page of a search."""
        with self._translated():
            return self._searcher.search(query, now=self._clock())

    def series(self, query: SeriesQuery) -> tuple[Series, ...]:
        """Return the `top` values of a field by count, each as a series over time."""
        start_ms, end_ms = series_window(query, now=self._clock())
        if start_ms >= end_ms:
            return ()
        request = build_series_request(query, start_ms=start_ms, end_ms=end_ms)
        with self._translated():
            answer = self._client.search(index=self._indices.read, allow_partial_search_results=False, **request)
            values = msgspec.convert(answer.body, _SeriesAnswer).aggregations.values.buckets
        counts = {
            value.key: {each.key_as_string: each.doc_count for each in value.intervals.buckets} for value in values
        }
        return build_series(counts, interval=query.interval, top=query.top)

    def similar_terms(self, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
        """Return a few words spelt like this one, itself included, that visible reports hold."""
        if not is_checkable(term):
            return ()
        with self._translated():
            return similar_terms(self._client, term, index=self._indices.read, include_restricted=include_restricted)

    def ids(self) -> Iterator[str]:
        """Yield every id in order, a thousand at a time."""
        yield from self._keys(self._indices.read, field="id", size=_PAGE)

    def count(self) -> int:
        """Return the number of documents, restricted ones too."""
        with self._translated():
            return msgspec.convert(self._client.count(index=self._indices.read).body, _Count).count

    def published_segments(self) -> frozenset[str]:
        """Return the report segments that this index already holds whole."""
        return frozenset(self._keys(self._indices.marks, field="segment", size=_MARKS_PAGE))

    def mark_published(self, segment: str) -> None:
        """Remember a report segment as held."""
        id = hashlib.sha256(segment.encode()).hexdigest()
        with self._translated():
            answer = self._client.index(
                index=self._indices.marks, id=id, document={"segment": segment}, refresh=True, require_alias=True
            )
            msgspec.convert(answer.body, _Marked)

    def refresh(self) -> None:
        """Make everything written visible to search."""
        with self._translated():
            msgspec.convert(self._client.indices.refresh(index=self._indices.read).body, _Refreshed)

    @contextmanager
    def rebuilding(self) -> Iterator[ElasticEngine]:
        """Yield a fresh, empty engine that takes this one's place at the end, whatever mapping this one has."""
        if self._suffix:
            raise TypeError("an index that is being built is not rebuilt itself")
        fresh = ElasticEngine(
            self._client, address=self._address, prefix=self._prefix, clock=self._clock, sleep=self._sleep, suffix=_NEXT
        )
        self.sweep()
        try:
            with self._translated():
                fresh._indices.create(self._indices.next_number())
            yield fresh
            fresh.refresh()
            with self._translated():
                self._indices.take_over(fresh._indices)
        except BaseException:
            with suppress(SidakError):  # what went wrong before matters more; the next rebuild sweeps
                self.sweep()
            raise
        self._sleep(GRACE_SECONDS)
        self.sweep()

    def sweep(self) -> None:
        """Remove what a killed rebuild left behind."""
        with self._translated():
            self._indices.sweep()

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
                    index=index, size=size, sort=[{field: "asc"}], source=False,
                    allow_partial_search_results=False, search_after=after,
                )  # fmt: skip
                found = [hit.sort[0] for hit in msgspec.convert(answer.body, _KeyAnswer).hits.hits]
            yield from found
            if len(found) < size:
                return
            after = [found[-1]]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with translated_errors(self._address):
            yield


def open_elastic(settings: ElasticsearchSettings, *, clock: Callable[[], datetime]) -> ElasticEngine:
    """Return the engine for the server that the settings name; nothing is asked of it yet.

    Raises UsageError where address or certificate file make no sense.
    """
    client = open_client(settings)
    return ElasticEngine(client, address=server_address(settings.url), prefix=settings.prefix, clock=clock)


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
        return Elasticsearch(
            settings.url,
            request_timeout=settings.timeout_seconds,
            max_retries=0,
            **options,
        )
    except (ValueError, OSError, ssl.SSLError) as exc:
        raise UsageError(f"SIDAK_ELASTICSEARCH__URL or __CA_CERTS: {exc}") from exc


def _index_action(document: Document) -> Action:
    admitted, body = admit_document(document)
    header = {"index": {"_id": admitted.id, "version": admitted.version, "version_type": "external"}}
    derived = msgspec.json.encode(derive_fields(admitted))
    # Both are JSON objects: the derived fields go before the closing brace.
    return Action(admitted.id, (msgspec.json.encode(header), body[:-1] + b"," + derived[1:]))


def _reason(item: Item) -> str:
    if item.error is None:
        return f"status {item.status}"
    return f"{item.error.type}: {item.error.reason or 'no reason given'}"[:500]


def _is_storable(id: str) -> bool:
    """Whether an id can be asked for at all; one with lone surrogates is nobody's."""
    return bool(id) and id.encode("utf-8", "replace").decode() == id
