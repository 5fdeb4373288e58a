"""One page of a search on SQLite: hits, their number and the facets, all of one moment."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

import msgspec

from index.admission import to_millis
from index.buckets import largest
from index.cursor import Position, check_query, expired_cursor, query_digest, read_cursor, too_heavy, write_cursor
from index.document import Document
from index.engine import MAX_DEPTH, FacetValue, Page, SearchQuery
from index.ranking import WINDOW, Ranked, build_wanted, order_hits
from index.sqlite_daily import area_totals, bounds_ms, count_areas, whole_days
from index.sqlite_pages import Rankings
from index.sqlite_pool import Pool
from index.sqlite_query import Condition, after_hit, both, build_condition, facet_sql, ranking_text
from index.sqlite_words import scored_words, word_tables

MAX_SECONDS = 20.0
_STEPS_BETWEEN_LOOKS = 10_000

_SHAPES: Mapping[str, tuple[type, ...]] = {"urgent": (float, int, str), "newest": (int, str), "relevance": (int,)}
_ORDERS = {"urgent": "urgency DESC, created_ms DESC, id", "newest": "created_ms DESC, id"}
_INDICES = {"urgent": "documents_by_urgency", "newest": "documents_by_time"}

_Found = tuple[tuple[Document, ...], Position | None]
"""The hits of a page, and where the next one starts if there is one."""


def search_documents(query: SearchQuery, *, pool: Pool, rankings: Rankings, now: datetime) -> Page:
    """Return one page of a search."""
    check_query(query)
    with pool.reading() as connection, _bounded(connection):
        digest = query_digest(query, engine="sqlite")
        position = read_cursor(query.cursor, digest=digest, shape=_SHAPES[query.sort]) if query.cursor else None
        condition = build_condition(query)
        total, facets = _count(connection, query, condition)
        if query.sort == "relevance":
            kept_as = _ranking_digest(connection, query)
            ranking, handle = _ranking(connection, query, condition, position, rankings, digest=kept_as, now=now)
            hits, following = _ranked_page(connection, query, ranking, position, handle=handle)
        else:
            hits, following = _keyset_page(connection, query, condition, position, total=total)
    next_cursor = write_cursor(following, digest=digest) if following else None
    return Page(hits=hits, total=total, as_of=now, facets=facets, next_cursor=next_cursor)


@contextmanager
def _bounded(connection: sqlite3.Connection) -> Iterator[None]:
    """Stop a search that takes too long: it would take the next one's time too."""
    end = monotonic() + MAX_SECONDS
    connection.set_progress_handler(lambda: monotonic() > end, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        raise too_heavy() from exc
    finally:
        connection.set_progress_handler(None, 0)


def _ranking_digest(connection: sqlite3.Connection, query: SearchQuery) -> str:
    """Bind a kept ranking to this very file: its keys mean nothing in another one, which a rebuild makes."""
    generation = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0]
    return query_digest(query, engine=f"sqlite:{generation}")


def _count(
    connection: sqlite3.Connection, query: SearchQuery, condition: Condition
) -> tuple[int, dict[str, tuple[FacetValue, ...]]]:
    """Count hits by all facets at once and add up: one pass, three times as fast as a GROUP BY for each facet."""
    if query.facets == ("area",) and query.area_facet_level in {"provinsi", "kabkota"}:
        since_ms, until_ms = bounds_ms(query.filters)
        days = whole_days(query, since_ms=since_ms, until_ms=until_ms)
        if days is not None:
            counts = count_areas(connection, days)
            return counts.total(), {"area": largest(area_totals(counts, level=query.area_facet_level))}
    sql = facet_sql(query.facets, condition, area_level=query.area_facet_level)
    combinations = Counter(connection.execute(sql, condition.parameters))
    facets: dict[str, tuple[FacetValue, ...]] = {}
    for at, name in enumerate(query.facets, start=1):
        values: Counter[str | int | None] = Counter()
        for combination, count in combinations.items():
            values[combination[at]] += count
        facets[name] = largest(
            {
                ("false", "true")[value] if isinstance(value, int) else value: count
                for value, count in values.items()
                if value is not None
            }
        )
    return combinations.total(), facets


def _keyset_page(
    connection: sqlite3.Connection, query: SearchQuery, condition: Condition, position: Position | None, *, total: int
) -> _Found:
    seen = position.seen if position else 0
    limit = min(query.limit, MAX_DEPTH - seen)
    if position is not None:
        condition = both(condition, after_hit(query.sort, position.after))
    # Bodies are read for the page alone: where SQLite sorts, it would carry those of all hits along.
    sql = (
        "SELECT body FROM (SELECT key, urgency, created_ms, id FROM documents",
        _path(connection, query, total=total),
        "WHERE",
        condition.sql,
        "ORDER BY",
        _ORDERS[query.sort],
        "LIMIT ?) JOIN bodies USING (key) ORDER BY",
        _ORDERS[query.sort],
    )
    rows = connection.execute(" ".join(sql), (*condition.parameters, limit + 1)).fetchall()
    hits = tuple(msgspec.json.decode(row[0], type=Document) for row in rows[:limit])
    if len(rows) <= limit or seen + limit >= MAX_DEPTH:
        return hits, None
    last = hits[-1]
    place = (to_millis(last.created_at), last.id)
    return hits, Position(seen + limit, (last.urgency, *place) if query.sort == "urgent" else place)


def _path(connection: sqlite3.Connection, query: SearchQuery, *, total: int) -> str:
    """Return the index to walk along where a page's hits are met sooner than all hits are sorted."""
    last = connection.execute("SELECT max(key) FROM documents").fetchone()[0] or 0
    return f"INDEXED BY {_INDICES[query.sort]}" if total * total > last * (query.limit + 1) else ""


def _ranking(
    connection: sqlite3.Connection,
    query: SearchQuery,
    condition: Condition,
    position: Position | None,
    rankings: Rankings,
    *,
    digest: str,
    now: datetime,
) -> tuple[Sequence[int], str]:
    """Return the keys of all hits, best first, and the handle they are kept under; later pages read what was kept."""
    if position is not None:
        kept = rankings.read(position.handle, digest=digest, now=now)
        if kept is None:
            raise expired_cursor()
        return kept, position.handle
    ranking = _order_best(connection, query, _rank(connection, query, condition), now=now)
    handle = rankings.keep(ranking, digest=digest, now=now) if len(ranking) > query.limit else ""
    return ranking, handle


def _rank(connection: sqlite3.Connection, query: SearchQuery, condition: Condition) -> list[int]:
    words = ranking_text(query.expression)
    if words is None:
        sql: tuple[str, ...] = (
            "SELECT key FROM documents WHERE",
            condition.sql,
            "ORDER BY created_ms DESC, id LIMIT ?",
        )
        parameters = (*condition.parameters, MAX_DEPTH)
    else:
        # bm25 is smaller for better hits; hits without any of the words (through NOT) come last.
        tables = word_tables(include_restricted=query.include_restricted)
        sql = (
            "SELECT key FROM documents LEFT JOIN (",
            " UNION ALL ".join(map(scored_words, tables)),
            ") USING (key) WHERE",
            condition.sql,
            "ORDER BY coalesce(score, 0), created_ms DESC, id LIMIT ?",
        )
        parameters = (*(words for _ in tables), *condition.parameters, MAX_DEPTH)
    return [row[0] for row in connection.execute(" ".join(sql), parameters)]


def _order_best(connection: sqlite3.Connection, query: SearchQuery, keys: list[int], *, now: datetime) -> list[int]:
    """Put the best by BM25 into the order of the formula; the others stay behind them."""
    wanted = build_wanted(query, at=now)
    if wanted is None:
        return keys
    best = keys[:WINDOW]
    sql = f"SELECT body, key FROM bodies WHERE key IN ({', '.join('?' * len(best))})"  # noqa: S608 - question marks only
    found = {msgspec.json.decode(body, type=Ranked): key for body, key in connection.execute(sql, best)}
    return [found[hit] for hit in order_hits(list(found), wanted)] + keys[WINDOW:]


def _ranked_page(
    connection: sqlite3.Connection,
    query: SearchQuery,
    ranking: Sequence[int],
    position: Position | None,
    *,
    handle: str,
) -> _Found:
    """Read a page's documents as they are now: what was deleted or restricted since the ranking is passed over."""
    offset = int(position.after[0]) if position else 0
    hits: list[Document] = []
    while len(hits) < query.limit and 0 <= offset < len(ranking):
        body = connection.execute(
            "SELECT body FROM documents JOIN bodies USING (key) WHERE key = ? AND restricted <= ?",
            (ranking[offset], int(query.include_restricted)),
        ).fetchone()
        offset += 1
        if body is not None:
            hits.append(msgspec.json.decode(body[0], type=Document))
    following = Position(offset, (offset,), handle) if offset < len(ranking) else None
    return tuple(hits), following
