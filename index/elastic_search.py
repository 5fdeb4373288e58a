"""One page of a search on Elasticsearch: hits, their number and the facets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from elasticsearch import ApiError, Elasticsearch, NotFoundError

from index.admission import to_millis
from index.cursor import Position, check_query, expired_cursor, query_digest, read_cursor, too_heavy, write_cursor
from index.document import Document
from index.elastic_query import SORTS, Clause, build_facets, build_query
from index.engine import MAX_DEPTH, FacetValue, Page, SearchQuery
from index.ranking import RANKED_FIELDS, WINDOW, Ranked, build_wanted, order_hits

KEEP_RANKING = "5m"
"""How long the next page of a search by relevance may take."""

LONGEST = "20s"
"""How long the server may work on one search."""

_TIMED_OUT = "search_timeout_exception"

_SHAPES: dict[str, tuple[type, ...]] = {
    "urgent": (float, int, str),
    "newest": (int, str),
    "relevance": (float, int, str, int),  # the last one is the server's own tie-breaker within a point in time
}


_After = tuple[float | int | str, ...]
"""The sort values of a hit, after which the server's order goes on."""


class _Ranking(msgspec.Struct, array_like=True):
    """A ranking that later pages go on with: the moment it was made, and the point in time that it reads."""

    ranked_ms: int
    pit: str

    @classmethod
    def read(cls, handle: str) -> _Ranking:
        """Return what a cursor's handle says; its checksum was found right before."""
        ranked_ms, _, pit = handle.partition(":")
        if not ranked_ms.lstrip("-").isdecimal():
            raise expired_cursor()
        return cls(int(ranked_ms), pit)

    def write(self) -> str:
        """Return a cursor's handle."""
        return f"{self.ranked_ms}:{self.pit}"


class _Bucket(msgspec.Struct, frozen=True):
    key: str | int | bool
    doc_count: int
    key_as_string: str | None = None


class _Terms(msgspec.Struct, frozen=True):
    buckets: list[_Bucket]


class _Total(msgspec.Struct, frozen=True):
    value: int


class _Hit(msgspec.Struct, frozen=True, rename={"id": "_id", "source": "_source"}):
    id: str
    sort: _After = ()
    source: dict[str, Any] | None = None


class _Hits(msgspec.Struct, frozen=True):
    total: _Total
    hits: list[_Hit]


class _Answer(msgspec.Struct, frozen=True):
    hits: _Hits
    aggregations: dict[str, _Terms] = {}
    pit_id: str = ""


ReadDocuments = Callable[[Sequence[str]], Mapping[str, Document]]


class Searcher:
    """Answers searches from read aliases; `read` fetches documents by id as they are now."""

    def __init__(self, client: Elasticsearch, *, index: str, read: ReadDocuments) -> None:
        self._client = client
        self._index = index
        self._read = read

    def search(self, query: SearchQuery, *, now: datetime) -> Page:
        """Return one page of a search."""
        check_query(query)
        digest = query_digest(query, engine=f"elasticsearch:{self._index}")
        position = read_cursor(query.cursor, digest=digest, shape=_SHAPES[query.sort]) if query.cursor else None
        page = self._ranked_page if query.sort == "relevance" else self._sorted_page
        hits, following, answer = page(query, position, now)
        return Page(
            hits=tuple(hits),
            total=answer.hits.total.value,
            as_of=now,
            facets=_read_facets(query, answer),
            next_cursor=write_cursor(following, digest=digest) if following else None,
        )

    def _sorted_page(
        self, query: SearchQuery, position: Position | None, _now: datetime
    ) -> tuple[list[Document], Position | None, _Answer]:
        seen = position.seen if position else 0
        limit = min(query.limit, MAX_DEPTH - seen)
        request = _request(query, size=limit + 1, after=position.after if position else ())
        answer = self._ask({**request, "aggs": build_facets(query)}, index=self._index)
        hits = answer.hits.hits[:limit]
        more = len(answer.hits.hits) > limit and seen + limit < MAX_DEPTH
        following = Position(seen + limit, hits[-1].sort) if more else None
        return [msgspec.convert(hit.source, Document) for hit in hits], following, answer

    def _ranked_page(
        self, query: SearchQuery, position: Position | None, now: datetime
    ) -> tuple[list[Document], Position | None, _Answer]:
        """Rank within a point in time, but show documents as they are now: one forgotten since then is passed over."""
        counted = self._ask({"size": 0, "track_total_hits": True, "query": build_query(query),
                             "aggs": build_facets(query)}, index=self._index)  # fmt: skip
        ranking = _Ranking.read(position.handle) if position else _Ranking(to_millis(now), self._open_ranking())
        seen, after = (position.seen, position.after) if position else (0, ())
        found: list[Document] = []
        more = True
        while more and len(found) < query.limit and seen < MAX_DEPTH:
            wanted = min(query.limit - len(found), MAX_DEPTH - seen)
            ids, after, more = self._ranked_ids(query, ranking, seen=seen, after=after, wanted=wanted)
            seen += len(ids)
            found += self._read_current(ids, include_restricted=query.include_restricted)
        if not more or seen >= MAX_DEPTH:
            if position is None:  # else an earlier page may be asked for again
                self._client.close_point_in_time(id=ranking.pit)
            return found, None, counted
        return found, Position(seen, after, ranking.write()), counted

    def _ranked_ids(
        self, query: SearchQuery, ranking: _Ranking, *, seen: int, after: _After, wanted: int
    ) -> tuple[list[str], _After, bool]:
        """Return the next ids, where the server's own order goes on, and whether there are more.

        The first WINDOW hits by BM25 come in the order of the formula, which the same point in time and the same
        moment give again for each page; behind them the server's order goes on.
        """
        if seen < WINDOW:
            request = _request(query, size=WINDOW + 1, after=()) | {"_source": list(RANKED_FIELDS)}
            hits, more = self._ranked_hits(request, ranking, wanted=WINDOW)
            ids = _order_best(query, hits, ranked_ms=ranking.ranked_ms)
            last = hits[-1].sort if hits else after
            return ids[seen : seen + wanted], last, more or seen + wanted < len(ids)
        request = _request(query, size=wanted + 1, after=after) | {"_source": False}
        hits, more = self._ranked_hits(request, ranking, wanted=wanted)
        return [hit.id for hit in hits], hits[-1].sort if hits else after, more

    def _ranked_hits(self, request: Clause, ranking: _Ranking, *, wanted: int) -> tuple[list[_Hit], bool]:
        request = {**request, "search_type": "dfs_query_then_fetch"}  # a word weighs the same in every part and lane
        answer = self._ask({**request, "pit": {"id": ranking.pit, "keep_alive": KEEP_RANKING}})
        ranking.pit = answer.pit_id or ranking.pit
        return answer.hits.hits[:wanted], len(answer.hits.hits) > wanted

    def _open_ranking(self) -> str:
        answer = self._client.open_point_in_time(index=self._index, keep_alive=KEEP_RANKING)
        return msgspec.convert(answer.body, _PointInTime).id

    def _read_current(self, ids: Sequence[str], *, include_restricted: bool) -> list[Document]:
        documents = self._read(ids)
        return [documents[id] for id in ids if id in documents and (include_restricted or not documents[id].restricted)]

    def _ask(self, request: Clause, *, index: str | None = None) -> _Answer:
        try:
            return msgspec.convert(ask(self._client, request, index=index), _Answer)
        except NotFoundError as exc:
            if index is None:
                raise expired_cursor() from exc
            raise


class _PointInTime(msgspec.Struct, frozen=True):
    id: str


def ask(client: Elasticsearch, request: Clause, *, index: str | None) -> object:
    """Return the server's whole answer to a search; raises QueryError where it takes too long."""
    try:
        return client.search(index=index, allow_partial_search_results=False, timeout=LONGEST, **request).body
    except ApiError as exc:
        if _TIMED_OUT in str(exc.body):
            raise too_heavy() from exc
        raise


def _order_best(query: SearchQuery, hits: Sequence[_Hit], *, ranked_ms: int) -> list[str]:
    wanted = build_wanted(query, at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ranked_ms))
    if wanted is None:
        return [hit.id for hit in hits]
    ranked = order_hits([msgspec.convert(hit.source, Ranked) for hit in hits], wanted)
    return list(dict.fromkeys(hit.id for hit in ranked))


def _request(query: SearchQuery, *, size: int, after: tuple[float | int | str, ...]) -> Clause:
    request: Clause = {
        "size": size,
        "query": build_query(query),
        "sort": SORTS[query.sort],
        "track_total_hits": True,
    }
    return {**request, "search_after": list(after)} if after else request


def _read_facets(query: SearchQuery, answer: _Answer) -> dict[str, tuple[FacetValue, ...]]:
    return {
        name: tuple(
            FacetValue(value=bucket.key_as_string or str(bucket.key), count=bucket.doc_count)
            for bucket in answer.aggregations[name].buckets
        )
        for name in query.facets
    }
