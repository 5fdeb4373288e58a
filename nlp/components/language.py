"""The post's main language, by its most telling function words (data/languages.toml)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from spacy.language import Language as SpacyLanguage

from nlp.findings import Findings, Step
from sidak.models import Language

MODEL = "language-1"
_WORDS_READ = 200
_DIGITS = 6
_PRIOR = {"id": 1.0}
"""Words that two languages share speak for Indonesian, unless others decide."""


def detect_language(words: Iterable[str]) -> Language:
    """Return the language of lower-cased words; `und` where no word tells."""
    scores: dict[str, float] = {}
    for weights in filter(None, map(language_words().get, words)):
        for code, weight in weights:
            scores[code] = scores.get(code, 0.0) + weight
    return judge_language(scores)


def judge_language(scores: Mapping[str, float]) -> Language:
    """Return the language with the highest sum of weights, of equal ones the first listed; `und` where none has any."""
    if not scores:
        return Language(code="und", probability=0.0, model=MODEL)
    known = {**scores, **{code: scores.get(code, 0.0) + weight for code, weight in _PRIOR.items()}}
    # thirds and halves add up to equal sums that differ in the last digits
    best = max((code for code in codes() if code in known), key=lambda code: round(known[code], _DIGITS))
    total = sum(math.exp(value - known[best]) for value in known.values())
    return Language(code=best, probability=round(1 / total, 4), model=MODEL)


@cache
def codes() -> tuple[str, ...]:
    """Return the languages that can be told apart."""
    return tuple(_lists())


@cache
def _lists() -> dict[str, str]:
    return tomllib.loads(files("nlp").joinpath("data/languages.toml").read_text(encoding="utf-8"))


@cache
def language_words() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return the languages that each lower-cased word speaks for, with its weight; a shared word tells less."""
    owners: dict[str, list[str]] = {}
    for code, words in _lists().items():
        for word in words.split():
            owners.setdefault(word, []).append(code)
    return {word: tuple((code, 1.0 / len(codes)) for code in codes) for word, codes in owners.items()}


class LanguageComponent(Step):
    """Writes the language, unless the gate's glance told it."""

    def read(self, found: Findings) -> None:
        """Tell the language by the first words."""
        if not found.language.model:
            found.language = detect_language(found.reading.lowers[:_WORDS_READ])


@SpacyLanguage.factory("sidak_language")
def make_language(nlp: SpacyLanguage, name: str) -> LanguageComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return LanguageComponent()
