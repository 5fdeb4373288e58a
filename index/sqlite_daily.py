"""Counts by day that triggers keep beside the documents (`templates/sqlite.sql`), for questions without words.

A map of a year then reads some thousand short rows for each regency instead of hundreds of thousands of documents. The
days at the ends of a period that are not whole are counted in the documents themselves.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from index.admission import to_millis
from index.derived import DAY_MS, WIB_OFFSET_MS
from index.engine import Filters, SearchQuery, TrendsQuery
from index.sqlite_query import Condition, both, build_condition

_EVERYWHERE = ""
_AREA = "coalesce(area_kabkota, area_provinsi, '')"
_EVER_MS = 10**15
"""Thirty thousand years: no document lies outside."""

Topic = tuple[int, str | None, str | None]
"""Local day, kind, category."""


class Days(msgspec.Struct, frozen=True):
    """What a question counts: whole local days, the documents around them, and the areas it is limited to."""

    first: int
    end: int
    rest: Condition
    """Holds for documents of the days that are not whole."""
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    restricted: bool

    def has(self, area: str) -> bool:
        """Whether an area lies in one of those that the question is limited to."""
        return not self.areas or any(area == code or area.startswith(f"{code}.") for code in self.areas)


def whole_days(query: SearchQuery | TrendsQuery, *, since_ms: int | None, until_ms: int | None) -> Days | None:
    """Return what can be read off the counts, None where a question asks for more than they hold."""
    filters = query.filters
    asked = msgspec.structs.replace(filters, since=None, until=None)
    if query.expression is not None or (isinstance(query, SearchQuery) and query.similar is not None):
        return None
    if asked != Filters(kinds=filters.kinds, areas=filters.areas) or any(code.count(".") > 1 for code in filters.areas):
        return None
    since, until = (-_EVER_MS if since_ms is None else since_ms), (_EVER_MS if until_ms is None else until_ms)
    first, end = -(-(since + WIB_OFFSET_MS) // DAY_MS), (until + WIB_OFFSET_MS) // DAY_MS
    if first >= end:
        return None
    ends = (since, first * DAY_MS - WIB_OFFSET_MS, end * DAY_MS - WIB_OFFSET_MS, until)
    outside = Condition("created_ms >= ? AND created_ms < ? OR created_ms >= ? AND created_ms < ?", ends)
    rest = both(build_condition(msgspec.structs.replace(query, filters=asked)), outside)
    return Days(first, end, rest, filters.kinds, tuple(dict.fromkeys(filters.areas)), query.include_restricted)


def count_topics(connection: sqlite3.Connection, days: Days) -> Counter[Topic]:
    """Return the documents by day, kind and category; the question must not be limited to regencies."""
    found: Counter[Topic] = Counter()
    sql = _select("day, nullif(kind, ''), nullif(category, ''),", "daily_topics", days, group="day, kind, category")
    for area in days.areas or (_EVERYWHERE,):
        _add(found, connection.execute(sql, _parameters(days, area)))
    _add(found, _rest(connection, "day, kind, category", days))
    return found


def count_areas(connection: sqlite3.Connection, days: Days) -> Counter[str]:
    """Return the documents by regency, by province where they have no regency, and by "" where they have neither."""
    found: Counter[str] = Counter()
    sql = _select("", "daily_areas", days)
    for area in filter(days.has, _areas(connection)):
        found[area] += connection.execute(sql, _parameters(days, area)).fetchone()[0] or 0
    for area, count in _rest(connection, _AREA, days):
        found[area] += count
    return +found


def count_area_days(connection: sqlite3.Connection, days: Days, areas: Sequence[str]) -> dict[str, Counter[int]]:
    """Return the documents of these regencies by day; of provinces, with all that is inside."""
    found = {area: Counter[int]() for area in areas}
    sql = _select("day,", "daily_areas", days, group="day")
    rows = [
        (area, day, count)
        for area in filter(days.has, _areas(connection))
        if area in found or _province(area) in found
        for day, count in connection.execute(sql, _parameters(days, area))
    ]
    for area, day, count in (*rows, *_rest(connection, f"{_AREA}, day", days)):
        owner = area if area in found else _province(area)
        if owner in found:
            found[owner][day] += count
    return found


def has_regencies(filters: Filters) -> bool:
    """Whether a question is limited to areas that the topics are not counted by."""
    return any("." in code for code in filters.areas)


def area_totals(counts: Counter[str], *, level: str) -> Counter[str]:
    """Return counts by area at a level, from those by regency."""
    if level == "kabkota":
        return Counter({area: count for area, count in counts.items() if "." in area})
    totals: Counter[str] = Counter()
    for area, count in counts.items():
        if area:
            totals[_province(area)] += count
    return totals


def bounds_ms(filters: Filters) -> tuple[int | None, int | None]:
    """Return a period as milliseconds."""
    return (
        None if filters.since is None else to_millis(filters.since),
        None if filters.until is None else to_millis(filters.until),
    )


def _province(area: str) -> str:
    return area.split(".", maxsplit=1)[0]


def _areas(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield every area that has counts, in order, each by one step into the table."""
    row = connection.execute("SELECT min(area) FROM daily_areas").fetchone()
    while row[0] is not None:
        yield row[0]
        row = connection.execute("SELECT min(area) FROM daily_areas WHERE area > ?", row).fetchone()


def _rest(connection: sqlite3.Connection, columns: str, days: Days) -> sqlite3.Cursor:
    """Return a row for each document of the days that are not whole."""
    sql = ("SELECT", columns, ", 1 FROM documents WHERE", days.rest.sql)
    return connection.execute(" ".join(sql), days.rest.parameters)


def _select(columns: str, table: str, days: Days, *, group: str = "") -> str:
    kinds = f"AND kind IN ({', '.join('?' * len(days.kinds))})" if days.kinds else ""
    where = f"WHERE area = ? AND day >= ? AND day < ? AND restricted <= ? {kinds}"
    grouped = f"GROUP BY {group}" if group else ""
    sql = ("SELECT", columns, "sum(reports) FROM", table, where, grouped)
    return " ".join(sql)


def _parameters(days: Days, area: str) -> tuple[str | int, ...]:
    return (area, days.first, days.end, int(days.restricted), *days.kinds)


def _add(found: Counter[Topic], rows: sqlite3.Cursor) -> None:
    for day, kind, category, count in rows:
        found[day, kind, category] += count
