"""The embedded index's own words: those spelt like a given one, with the reports that a caller may see."""

from __future__ import annotations

import sqlite3

from index.engine import MOST_COUNTED, TermCount
from index.spelling import allowed_edits, nearest

_SCANNED = 60_000
"""Words of one initial letter that are looked at; a million reports have some twenty thousand."""


def similar_terms(connection: sqlite3.Connection, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
    """Return words spelt like this one that visible reports hold, nearest first."""
    most = allowed_edits(term)
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, terms, row)")
    rows = connection.execute(
        "SELECT term FROM (SELECT term FROM temp.vocabulary WHERE term >= ? AND term < ? LIMIT ?)"
        " WHERE length(term) BETWEEN ? AND ?",
        (term[0], term[0] + "\U0010ffff", _SCANNED, len(term) - most, len(term) + most),
    )
    counted = ((each, _count(connection, each, include_restricted=include_restricted)) for each in _near(term, rows))
    return tuple(TermCount(term=each, count=count) for each, count in counted if count)


def _near(term: str, rows: sqlite3.Cursor) -> list[str]:
    return nearest(term, (row[0] for row in rows))


def _count(connection: sqlite3.Connection, term: str, *, include_restricted: bool) -> int:
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM terms JOIN documents ON key = terms.rowid"
        " WHERE terms MATCH ? AND restricted <= ? LIMIT ?)"
    )
    found = connection.execute(sql, (f'"{term}"', int(include_restricted), MOST_COUNTED)).fetchone()
    return int(found[0])
