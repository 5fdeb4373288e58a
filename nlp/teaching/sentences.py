"""Our own sentences: they widen what the models know of reports, and never measure anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.resources import files

import msgspec

from nlp.lexicon import kind_of
from nlp.taxonomy import categories
from nlp.teaching.devdata import Example, label_key

INVENTED, POSTS, LATER_POSTS, PAIRS, LETTERS = "invented", "posts", "later_posts", "pairs", "letters"
FURTHER_PAIRS, UNSEEN_PAIRS, HARD_POSTS = "further_pairs", "unseen_pairs", "hard_posts"
"""The origins of what is our own: sentences, and posts and letters as people write them."""
ALL_POSTS = (POSTS, LATER_POSTS, PAIRS, FURTHER_PAIRS, HARD_POSTS)
"""The posts that the encoder learns."""
OURS = (INVENTED, *ALL_POSTS, LETTERS, UNSEEN_PAIRS)
FILES = (("reports", 2), ("misconduct", 3), *((name, 2) for name in (*ALL_POSTS, LETTERS, UNSEEN_PAIRS)))
"""The files, and the column that names the category."""
_LINE_BREAK = "\\n"
"""How a line break within a text is written."""


class Sentence(msgspec.Struct, frozen=True):
    """An invented text, and the kind of what it tells or nearly tells."""

    example: Example
    kind: str


def read_sentences(origins: Collection[str] = OURS) -> Iterator[Sentence]:
    """Yield the sentences of `data/training` of these origins, reports and near misses."""
    for name, category_column in FILES:
        origin = name if name in OURS else INVENTED
        for cells in read_rows(name) if origin in origins else ():
            key = label_key(cells[0]) if origin == LETTERS else ""
            example = Example(origin=origin, text=cells[0], is_report=cells[1] == "1", key=key)
            yield Sentence(example, _kind(cells[category_column], near_miss_of=name))


def read_ours(*origins: str) -> Iterator[Example]:
    """Yield what we invented of some origins, reports and near misses."""
    return (each.example for each in read_sentences(origins))


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
