"""How a text is worded: a linear model over words as they are written, pairs of them, and parts of words.

Slang, particles and spelling tell the witness from the headline, so nothing is normalised here. Names of areas,
people's accounts, links and digits are all one to it. What a word adds depends on the word alone and is summed up once;
each half (words and pairs; parts) is divided by the length of its vector, as TF-IDF does (Salton 1988).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

from nlp.areas import find_by_name, is_large
from nlp.memory import Memory
from nlp.normalize import is_known
from nlp.wording_sums import Term, WordingSums, frame
from nlp.words import is_plain

READ_TOKENS = 200
"""What kind of text it is shows in its beginning."""
PART_LENGTHS = (2, 3, 4, 5)
LONGEST_TOKEN = 24
BIAS = "(bias)"
ACCOUNT, LINK, NUMBER, AREA = "@user", "[url]", "0", "AREA"

_KEPT_TOKENS = 1 << 15
_DIGIT = re.compile(r"\d")
_LINK_STARTS = ("http", "url")


class WordingModel:
    """A model of wording; `terms` are keyed `u:word`, `b:word word` and `c:part`."""

    def __init__(self, bias: float, terms: Mapping[str, Term]) -> None:
        self.bias = bias
        self.terms = dict(terms)


def score_wording(models: Sequence[WordingModel]) -> Callable[[Sequence[str]], list[float]]:
    """Return what tells a text's log odds by each model, given the text's tokens (`nlp.reading.Reading.words`)."""
    sums = WordingSums([(model.bias, model.terms) for model in models])
    return lambda words: sums.scores(mask_tokens(words))


def mask_tokens(words: Sequence[str]) -> list[str]:
    """Return the tokens in small letters, with what names a person, a place or a number made alike."""
    return [*filter(None, map(MASKS.__getitem__, words[:READ_TOKENS]))]


def _mask(word: str) -> str:
    token = word.lower()[:LONGEST_TOKEN]
    if not is_plain(token):
        token = "".join(token.split())
    if is_plain(token) and not token.startswith(_LINK_STARTS):
        return AREA if _names_an_area(token) else token
    return _mask_mixed(token) if token else ""


def _mask_mixed(token: str) -> str:
    if token[0] == "@":
        return ACCOUNT
    if token.startswith(_LINK_STARTS):
        return LINK
    if token[0].isdecimal():
        return NUMBER
    bare = token.lstrip("#")
    if bare.isalpha() and _names_an_area(bare):
        return AREA
    return _DIGIT.sub("0", token)


MASKS = Memory(_mask, most=_KEPT_TOKENS)
"""What stands for a word among the tokens, "" for nothing."""


def _names_an_area(word: str) -> bool:
    """Tell names of provinces and regencies, and of smaller areas where they are no everyday words."""
    codes = find_by_name(word)
    return bool(codes) and (not is_known(word) or any(map(is_large, codes)))


def token_parts(token: str) -> list[str]:
    """Return the keys of a token's distinct parts of two to five letters, its edges marked."""
    framed = frame(token)
    parts = {framed[at : at + size] for size in PART_LENGTHS for at in range(len(framed) - size + 1)}
    return [f"c:{part}" for part in sorted(parts)]


def wording_keys(words: Sequence[str]) -> Iterator[str]:
    """Yield every feature of a text, parts as often as tokens hold them: what training sees."""
    tokens = mask_tokens(words)
    for token in set(tokens):
        yield f"u:{token}"
        yield from token_parts(token)
    for left, right in set(pairwise(tokens)):
        yield f"b:{left} {right}"


def read_wording(text: str) -> WordingModel:
    """Read a model as `write_wording` wrote it: name, rarity and weight a line."""
    rows = [line.split("\t") for line in text.splitlines() if line and line[0] != "!"]
    terms = {name: Term(float(rarity), float(weight)) for name, rarity, weight in rows}
    return WordingModel(terms.pop(BIAS, Term(0.0, 0.0)).weight, terms)


def write_wording(bias: float, terms: Mapping[str, Term], *, comments: Iterable[str] = ()) -> str:
    """Return the model as text, sorted by name; comments begin with `!`, since `#` may begin a name's word."""
    lines = [f"! {comment}" for comment in comments]
    lines.append(f"{BIAS}\t1\t{bias:.4f}")
    lines += [f"{name}\t{term.rarity:.3f}\t{term.weight:.3f}" for name, term in sorted(terms.items())]
    return "\n".join(lines) + "\n"


class Scaled(msgspec.Struct, frozen=True):
    """A model's bias and terms, before they are written."""

    bias: float
    terms: dict[str, Term]

    def times(self, factor: float, *, plus: float = 0.0) -> Scaled:
        """Return the model whose score is `factor` times this one's, and `plus`."""
        terms = {name: Term(term.rarity, term.weight * factor) for name, term in self.terms.items()}
        return Scaled(self.bias * factor + plus, terms)
