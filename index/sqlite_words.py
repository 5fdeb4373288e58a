"""The embedded index's own words: those spelt like a given one, with the reports that a caller may see."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from index.engine import MOST_COUNTED, TermCount
from index.spelling import allowed_edits, nearest

_SCANNED = 60_000
"""Words of one initial letter that are looked at; a million reports have some twenty thousand."""


def word_tables(*, include_restricted: bool) -> tuple[str, ...]:
    """Return the tables that hold the words of the reports that a caller may see."""
    return ("terms", "restricted_terms") if include_restricted else ("terms",)


def scored_words(table: str) -> str:
    """Return a statement that gives the reports with some words of a table, and their BM25 (smaller is better)."""
    sql = ("SELECT rowid AS key, bm25(", table, ") AS score FROM", table, "WHERE", table, "MATCH ?")
    return " ".join(sql)


def similar_terms(connection: sqlite3.Connection, term: str, *, include_restricted: bool) -> tuple[TermCount, ...]:
    """Return words spelt like this one that visible reports hold, nearest first."""
    tables = word_tables(include_restricted=include_restricted)
    words = {word for table in tables for word in _near_words(connection, term, table=table)}
    counted = ((word, _count(connection, word, tables)) for word in nearest(term, sorted(words)))
    return tuple(TermCount(term=word, count=count) for word, count in counted if count)


def merge_words(connection: sqlite3.Connection) -> None:
    """Merge the segments of all words: until then, FTS5 keeps those of removed documents."""
    for table in word_tables(include_restricted=True):
        sql = ("INSERT INTO", table, "(", table, ") VALUES ('optimize')")
        connection.execute(" ".join(sql))


def _near_words(connection: sqlite3.Connection, term: str, *, table: str) -> Iterator[str]:
    most = allowed_edits(term)
    vocabulary = f"{table}_vocabulary"
    connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{vocabulary} USING fts5vocab (main, {table}, row)")
    sql = (
        "SELECT term FROM (SELECT term FROM temp.",
        vocabulary,
        " WHERE term >= ? AND term < ? LIMIT ?) WHERE length(term) BETWEEN ? AND ?",
    )
    bounds = (term[0], term[0] + "\U0010ffff", _SCANNED, len(term) - most, len(term) + most)
    for row in connection.execute("".join(sql), bounds):
        yield row[0]


def _count(connection: sqlite3.Connection, word: str, tables: tuple[str, ...]) -> int:
    found = 0
    for table in tables:
        sql = ("SELECT count(*) FROM (SELECT 1 FROM", table, "WHERE", table, "MATCH ? LIMIT ?)")
        found += connection.execute(" ".join(sql), (f'"{word}"', MOST_COUNTED)).fetchone()[0]
    return min(found, MOST_COUNTED)
