"""Texts with categories that the category model learns from: labels by reading, official topics, invented sentences."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from nlp.category_model import NONE
from nlp.lexicon import kind_of
from nlp.teaching.devdata import (
    COMPLAINTS,
    LABELS_DIR,
    SPLIT_DAY,
    STREAM,
    is_within,
    label_key,
    open_text,
    plain,
    read_keyed,
)
from nlp.teaching.province import PROVINCE, is_held_out, read_stems
from nlp.teaching.sentences import INVENTED, LETTERS, POSTS, read_rows

KEYWORD_SAMPLE = "misconduct_surabaya_labelled.csv"
"""Complaints that keywords chose and another reader labelled: for evaluation only, never learnt from."""
LABELS = LABELS_DIR / "categories.tsv"
SENTENCES = ("misconduct", "told", "damage")
"""Files of sentences that name categories."""
NEAR_MISSES = "near_misses"
"""The origin of invented letters that report nothing."""


class CategorisedText(msgspec.Struct, frozen=True, kw_only=True):
    """One text and the categories it may have, the first the likeliest; `read` where a person judged the text.

    What is `tested` may never be learnt from.
    """

    origin: str
    text: str
    categories: tuple[str, ...]
    read: bool = True
    late: bool = False
    key: str = ""
    """Of a complaint, what its label is kept under; of all letters, what its odds of no category are."""
    tested: bool = False
    topic: str = ""

    @property
    def wording(self) -> str:
        """What copies of a text share."""
        return plain(self.text)


def accuses(category: str) -> bool:
    """Tell whether a label is one of misconduct; raises KeyError for a name that is no category."""
    return category != NONE and kind_of(category) == "misconduct"


def read_examples(data: Path, *, labels: Path = LABELS, until: str = "") -> list[CategorisedText]:
    """Return everything that can be learnt from, and what is for evaluation only.

    Of complaints those from before `until`, and then every second of the province.
    """
    known = _read_labels(labels)
    sample = list(_read_keyword_sample(data))
    return [
        *_read_complaints(data, known, tested={each.wording for each in sample}, until=until),
        *sample,
        *_read_tokens(data, known, until=until),
        *_read_tweets(data, known),
        *read_invented(),
    ]


def read_invented() -> Iterator[CategorisedText]:
    """Yield what was written for this project: sentences, letters, and such posts as report something.

    What reports nothing names no category, and may be about one all the same: posts more often than letters.
    """
    for name in SENTENCES:
        for text, _, _, category in read_rows(name):
            yield CategorisedText(origin=INVENTED, text=text, categories=(category,))
    for name in (LETTERS, POSTS):
        for text, is_report, category in read_rows(name):
            key = label_key(text) if name == LETTERS else ""
            if is_report == "1":
                yield CategorisedText(origin=name, text=text, categories=(category,), key=key)
            elif name == LETTERS:
                yield CategorisedText(origin=NEAR_MISSES, text=text, categories=(NONE,), key=key)


def _read_labels(path: Path) -> dict[str, tuple[str, ...]]:
    """Read lines of `key TAB category[/category]`."""
    return {key: tuple(names.split("/")) for key, names in read_keyed(path).items()}


def _read_complaints(
    data: Path, known: dict[str, tuple[str, ...]], *, tested: Collection[str], until: str
) -> Iterator[CategorisedText]:
    topics = _official_topics()
    with open_text(data / COMPLAINTS) as file:
        for line in file:
            row = msgspec.json.decode(line)
            key = label_key(row["id"])
            read = known.get(key)
            categories = read or topics.get(row["source_label"], ())
            if (categories or row["proposed"]) and is_within(row["created_at"], until=until):
                yield CategorisedText(
                    origin="complaints",
                    text=row["text"],
                    categories=categories,
                    read=read is not None,
                    late=row["created_at"] >= SPLIT_DAY,
                    key=key,
                    tested=plain(row["text"]) in tested,
                    topic=row["proposed"],
                )


def _read_keyword_sample(data: Path) -> Iterator[CategorisedText]:
    """Yield the keyword sample; its topic is the reader's label, which is none of our categories."""
    with open_text(data / KEYWORD_SAMPLE) as file:
        for row in csv.DictReader(file):
            yield CategorisedText(
                origin="keywords",
                text=row["text_redacted"],
                categories=(),
                read=False,
                late=True,
                tested=True,
                topic=row["label"],
            )


def _read_tokens(data: Path, known: dict[str, tuple[str, ...]], *, until: str) -> Iterator[CategorisedText]:
    """Yield another province's complaints, of which only stems are at hand; half of them where others measure."""
    for key, text in read_stems(data):
        if key in known and not (until and is_held_out(text)):
            yield CategorisedText(origin=PROVINCE, text=text, categories=known[key], key=key)


def _read_tweets(data: Path, known: dict[str, tuple[str, ...]]) -> Iterator[CategorisedText]:
    seen: set[str] = set()
    with open_text(data / STREAM) as file:
        for line in file:
            row = msgspec.json.decode(line)
            categories = known.get(label_key(row["id"]))
            if categories and plain(row["text"]) not in seen:
                seen.add(plain(row["text"]))
                yield CategorisedText(origin="tweets", text=row["text"], categories=categories)


def _official_topics() -> dict[str, tuple[str, ...]]:
    """Return what the official topics of the complaints usually mean in our categories."""
    text = files("nlp").joinpath("data/training/topics.toml").read_text(encoding="utf-8")
    return {
        topic: tuple(names.split("/")) for names, topics in tomllib.loads(text)["topics"].items() for topic in topics
    }


__all__ = ["LABELS", "NEAR_MISSES", "NONE", "CategorisedText", "accuses", "read_examples", "read_invented"]
