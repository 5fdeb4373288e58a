"""One page of a search on Elasticsearch: hits, their number and the facets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from index.cursor import Position, check_query, expired_cursor, query_digest, read_cursor, write_cursor
from index.document import Document
from index.elastic_query import SORTS, Clause, build_facets, build_query
from index.engine import MAX_DEPTH, FacetValue, Page, SearchQuery

KEEP_RANKING = "5m"
"""How long the next page of a search by relevance may take."""

_SHAPES: dict[str, tuple[type, ...]] = {
    "urgent": (float, int, str),
    "newest": (int, str),
    "relevance": (float, int, str, int),  # the last one is the server's own tie-breaker within a point in time
}


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
    sort: tuple[float | int | str, ...] = ()
    source: Document | None = None


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
        hits, following, answer = page(query, position)
        return Page(
            hits=tuple(hits),
            total=answer.hits.total.value,
            as_of=now,
            facets=_read_facets(query, answer),
            next_cursor=write_cursor(following, digest=digest) if following else None,
        )

    def _sorted_page(
        self, query: SearchQuery, position: Position | None
    ) -> tuple[list[Document], Position | None, _Answer]:
        seen = position.seen if position else 0
        limit = min(query.limit, MAX_DEPTH - seen)
        request = _request(query, size=limit + 1, after=position.after if position else ())
        answer = self._ask({**request, "aggs": build_facets(query)}, index=self._index)
        hits = answer.hits.hits[:limit]
        more = len(answer.hits.hits) > limit and seen + limit < MAX_DEPTH
        following = Position(seen + limit, hits[-1].sort) if more else None
        return [hit.source for hit in hits if hit.source is not None], following, answer

    def _ranked_page(
        self, query: SearchQuery, position: Position | None
    ) -> tuple[list[Document], Position | None, _Answer]:
        """Rank within a point in time, but show documents as they are now: one forgotten since then is passed over."""
        counted = self._ask({"size": 0, "track_total_hits": True, "query": build_query(query),
                             "aggs": build_facets(query)}, index=self._index)  # fmt: skip
        pit = position.handle if position else self._open_ranking()
        seen, after = (position.seen, position.after) if position else (0, ())
        found: list[Document] = []
        more = True
        while more and len(found) < query.limit and seen < MAX_DEPTH:
            wanted = min(query.limit - len(found), MAX_DEPTH - seen)
            request = _request(query, size=wanted + 1, after=after) | {"_source": False}
            request["search_type"] = "dfs_query_then_fetch"  # a word weighs the same in every part and lane
            answer = self._ask({**request, "pit": {"id": pit, "keep_alive": KEEP_RANKING}})
            pit = answer.pit_id or pit
            hits = answer.hits.hits[:wanted]
            more = len(answer.hits.hits) > wanted
            seen += len(hits)
            after = hits[-1].sort if hits else after
            found += self._read_current([hit.id for hit in hits], include_restricted=query.include_restricted)
        if not more or seen >= MAX_DEPTH:
            if position is None:  # else an earlier page may be asked for again
                self._client.close_point_in_time(id=pit)
            return found, None, counted
        return found, Position(seen, after, pit), counted

    def _open_ranking(self) -> str:
        answer = self._client.open_point_in_time(index=self._index, keep_alive=KEEP_RANKING)
        return msgspec.convert(answer.body, _PointInTime).id

    def _read_current(self, ids: Sequence[str], *, include_restricted: bool) -> list[Document]:
        documents = self._read(ids)
        return [documents[id] for id in ids if id in documents and (include_restricted or not documents[id].restricted)]

    def _ask(self, request: Clause, *, index: str | None = None) -> _Answer:
        try:
            answer = self._client.search(index=index, allow_partial_search_results=False, **request)
        except NotFoundError as exc:
            if index is None:
                raise expired_cursor() from exc
            raise
        return msgspec.convert(answer.body, _Answer)


class _PointInTime(msgspec.Struct, frozen=True):
    id: str


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
