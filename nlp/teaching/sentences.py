"""Our own sentences: they widen what the models know of reports, and never measure anything."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import msgspec

from nlp.lexicon import kind_of
from nlp.taxonomy import categories
from nlp.teaching.devdata import Example

INVENTED, POSTS, LETTERS = "invented", "posts", "letters"
"""The origins of what is our own: sentences, and posts and letters as people write them."""
OURS = (INVENTED, POSTS, LETTERS)
FILES = (("reports", 2), ("misconduct", 3), (POSTS, 2), (LETTERS, 2))
"""The files, and the column that names the category."""
_LINE_BREAK = "\\n"
"""How a line break within a text is written."""


class Sentence(msgspec.Struct, frozen=True):
    """An invented text, and the kind of what it tells or nearly tells."""

    example: Example
    kind: str


def read_sentences() -> Iterator[Sentence]:
    """Yield the sentences of `data/training`, reports and near misses."""
    for name, category_column in FILES:
        for cells in read_rows(name):
            origin = name if name in OURS else INVENTED
            example = Example(origin=origin, text=cells[0], is_report=cells[1] == "1")
            yield Sentence(example, _kind(cells[category_column], near_miss_of=name))


def read_ours(origin: str) -> Iterator[Example]:
    """Yield what we invented of one origin, reports and near misses."""
    return (each.example for each in read_sentences() if each.example.origin == origin)


def read_rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each sentence of one file: the text, report or not (1 or 0), and more."""
    text = files("nlp").joinpath(f"data/training/{name}.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        cells = line.split("\t")
        if not line.startswith("# ") and len(cells) > 1 and cells[1] in {"0", "1"}:
            yield [cells[0].replace(_LINE_BREAK, "\n"), *cells[1:]]


def _kind(category: str, *, near_miss_of: str) -> str:
    """Return the kind of a category; a text that names none counts with the file that it stands in."""
    if category in categories():
        return kind_of(category)
    return "misconduct" if near_miss_of == "misconduct" else "damage"
