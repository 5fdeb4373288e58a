"""All hits of a search in the order of their ids: what an export reads, on both engines.

An id is a place to go on from that outlives cursors, points in time and rebuilds, so a broken export can be resumed
days later. Ids compare as bytes on both engines, which is the order of Python's strings too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from index.document import Document
from index.elastic_query import build_query
from index.engine import SearchQuery
from index.sqlite_pool import Pool
from index.sqlite_query import Condition, both, build_condition

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


class _Hit(msgspec.Struct, frozen=True, rename={"source": "_source"}):
    source: Document


class _Hits(msgspec.Struct, frozen=True):
    hits: list[_Hit]


class _Answer(msgspec.Struct, frozen=True):
    hits: _Hits


def scan_sqlite(pool: Pool, query: SearchQuery, *, after: str, limit: int) -> tuple[Document, ...]:
    """Return up to `limit` hits after an id; each call is a read of its own, so that none stays open for long."""
    condition = both(build_condition(query), Condition("id > ?", (after,)))
    sql = ("SELECT body FROM documents JOIN bodies USING (key) WHERE", condition.sql, "ORDER BY id LIMIT ?")
    with pool.reading() as connection:
        rows = connection.execute(" ".join(sql), (*condition.parameters, limit)).fetchall()
    return tuple(msgspec.json.decode(row[0], type=Document) for row in rows)


def scan_elastic(
    client: Elasticsearch, query: SearchQuery, *, index: str, after: str, limit: int
) -> tuple[Document, ...]:
    """Return up to `limit` hits after an id."""
    request: dict[str, Any] = {"size": limit, "query": build_query(query), "sort": [{"id": "asc"}]}
    if after:
        request["search_after"] = [after]
    answer = client.search(index=index, allow_partial_search_results=False, track_total_hits=False, **request)
    return tuple(hit.source for hit in msgspec.convert(answer.body, _Answer).hits.hits)
