"""The yardstick: any of the query's words in the raw text, by plain BM25, as either engine does it unaided."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence

from index.judged.corpus import Entry

Search = Callable[[str], list[str]]
"""Returns the keys of the ten best texts for a query, best first."""

TOP = 10
_WORD = re.compile(r"\w+")


def open_plain_sqlite(entries: Sequence[Entry]) -> Search:
    """Return plain BM25 by FTS5 with its own tokenizer over the raw texts."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5 (key UNINDEXED, text)")
    connection.executemany("INSERT INTO plain VALUES (?, ?)", ((entry.key, entry.text) for entry in entries))

    def search(query: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        sql = "SELECT key FROM plain WHERE plain MATCH ? ORDER BY bm25(plain), key LIMIT ?"
        return [row[0] for row in connection.execute(sql, (words, TOP))]

    return search
