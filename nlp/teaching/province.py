"""Another province's complaints, of which only the stems of words are at hand, in their order."""

from __future__ import annotations

import ast
import csv
import zlib
from collections.abc import Iterator
from pathlib import Path

from nlp.teaching.devdata import LABELS_DIR, Example, label_key, open_text, plain, read_keyed, truth_of

PROVINCE, TOKENS = "laporgub", "laporgub_tokens.csv"
READ_PROVINCE = LABELS_DIR / "province.tsv"
"""What readers made of them: lines of key and `1|0|?`, without texts or ids."""


def read_stems(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the key of each complaint and its stems as one text; raises UsageError where the file is missing."""
    with open_text(data / TOKENS) as file:
        for row in csv.DictReader(file, delimiter=";"):
            yield label_key(f"{PROVINCE}:{row['id']}"), " ".join(ast.literal_eval(row["complaints"]))


def is_held_out(text: str) -> bool:
    """Tell whether a complaint measures what models make of it that are taught `until` a day: every second does."""
    return zlib.crc32(plain(text).encode("utf-8")) % 2 == 1


def read_province(data: Path, *, labels: Path = READ_PROVINCE, held_out: bool | None = None) -> Iterator[Example]:
    """Yield those that were read, reports or not; only those held out, or only the others, where that is asked for."""
    known = read_keyed(labels)
    for key, text in read_stems(data):
        if key in known and held_out in {None, is_held_out(text)}:
            yield Example(origin=PROVINCE, text=text, key=key, is_report=truth_of(known[key]))
