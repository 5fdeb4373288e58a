"""Sums of money: "20rb", "Rp 1.500.000,-", "2,5 juta", "50-100 ribu", "seket ewu", "ceban", in rupiah.

A number is money by its mark (Rp), by its scale (ribu, juta) unless it counts something (20 ribu orang), or by a word
before it that speaks of paying. A text without any of these words is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from spacy.language import Language

from nlp.components.number_words import HALF, Number, read_digits, read_number_words, read_words
from nlp.findings import Findings, Step
from nlp.places.tokens import Tokens, is_mixed_case, split_words
from sidak.models import Amount, Amounts

MODEL = "amounts-2"
LARGEST_RUPIAH = 10**16
"""More than the state's budget is a slip or a joke."""

_DIGITS = frozenset("0123456789")
_METRIC = frozenset({"m", "t"})
"""Also metres and tons: read as money only after Rp or a word of paying."""
_RANGE = frozenset({"sd", "sampai", "sampe", "hingga"})
_RANGE_LETTERS = ["s", "d"]
"""What "s/d" and "s.d." are cut into."""
_RANGE_MARKS = frozenset({"-", "–", " - ", " – "})
_SHORT_SCALE = 3
"""The full stop after a longer word ("ribu.") ends a sentence; that after "rb." may not."""
_CUE_REACH = 4
_SMALLEST_K = 5
_SMALLEST_BARE = 500
_LONGEST_BARE = 9
_YEARS = ((1945, 1999), (2010, 2040))


class _Lists(NamedTuple):
    scales: dict[str, int]
    bound: dict[str, int]
    slang: dict[str, int]
    starts: frozenset[str]
    triggers: frozenset[str]
    marks: frozenset[str]
    names: frozenset[str]
    cues: frozenset[str]
    after: frozenset[str]
    shared: frozenset[str]
    counted: frozenset[str]
    numbered: frozenset[str]
    projects: frozenset[str]


@cache
def _lists() -> _Lists:
    words = read_words()
    money = {name: frozenset(keys) for name, keys in words["money"].items()}
    scales = {scale + ending: factor for scale, factor in words["scales"].items() for ending in ("", "an")}
    # "20ma" or "5tan" are no scales, nor is "kan"
    scales = {scale: factor for scale, factor in scales.items() if scale not in {"kan", "man", "tan"}}
    starts = frozenset([*words["ones"], *words["whole"], *words["bound"], *words["slang"], HALF])
    triggers = frozenset([*scales, *words["bound"], *words["slang"]]) | money["marks"] | money["names"] | money["cues"]
    return _Lists(scales, words["bound"], words["slang"], starts, triggers | money["after"] | money["shared"], **money)


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Return the sums of a text in its order; of a range each end is one sum."""
    tokens = split_words(text)
    return () if _lists().triggers.isdisjoint(tokens.keys) else tuple(_amounts(tokens))


def _amounts(tokens: Tokens) -> Iterator[Amount]:
    starts = _lists().starts
    done = 0
    for at, key in enumerate(tokens.keys):
        if at >= done and (key[0] in _DIGITS or key in starts):
            found, done = _sums_at(tokens, at, key)
            yield from (amount for amount in found if 0 < amount.rupiah <= LARGEST_RUPIAH)


def _sums_at(tokens: Tokens, at: int, key: str) -> tuple[list[Amount], int]:
    """Return the sums that begin at word `at`, and the word after what was read."""
    lists = _lists()
    if key[0] in _DIGITS:
        return _digits_at(tokens, at)
    if key in lists.slang:
        return [_amount(tokens, at, at + 1, Decimal(lists.slang[key]))], at + 1
    if key not in lists.bound:
        return _words_at(tokens, at)
    if _has_cue(tokens, at) or _key_near(tokens, at + 1) in lists.names:
        return _summed(tokens, at, at + 1, Decimal(lists.bound[key]), lists.bound[key])
    return [], at + 1


def _digits_at(tokens: Tokens, at: int) -> tuple[list[Amount], int]:
    number = read_digits(tokens, at)
    marked = _is_marked(tokens, at)
    if number is None or (_is_glued(tokens, at) and not marked):
        return [], at + 1
    number = _rounded(tokens, number)
    high = _range_end(tokens, number.last)
    end = high if high is not None else number
    scale = _scale_at(tokens, end.last)
    if scale is None or not _is_scale(tokens, at, end, scale, marked=marked):
        if scale is None and _is_sum(tokens, at, end, marked=marked):
            return _unscaled(tokens, at, number, high)
        return [], number.last
    if high is not None:
        return [
            _amount(tokens, at, number.last, _scaled(number, scale), bare=True),
            _amount(tokens, number.last if high.last - number.last == 1 else high.last - 1, high.last + 1,
                    _scaled(high, scale)),
        ], high.last + 1  # fmt: skip
    return _summed(tokens, at, end.last + 1, _scaled(number, scale), scale)


def _rounded(tokens: Tokens, number: Number) -> Number:
    """Take "an" and "ratus" along: "20an ribu", "20-an ribu", "2 ratus ribu"."""
    at = number.last
    if not tokens.key(at) or not tokens.tied(at - 1):
        return number
    if tokens.keys[at] == "an":
        return number._replace(last=at + 1)
    hundreds = read_words()["hundreds"].get(tokens.keys[at])
    if hundreds and number.value < 10 and _scale_at(tokens, at + 1):
        return number._replace(value=number.value * hundreds, last=at + 1, grouped=False)
    return number


def _words_at(tokens: Tokens, at: int) -> tuple[list[Amount], int]:
    number = read_number_words(tokens, at)
    if number is None:
        return [], at + 1
    scale = _scale_at(tokens, number.last)
    key = tokens.key(number.last)
    if scale is None or len(key) < 2 or not tokens.tied(number.last - 1) or _counts(tokens, number.last + 1):
        return [], number.last
    return _summed(tokens, at, number.last + 1, number.value * scale, scale)


def _summed(tokens: Tokens, at: int, last: int, value: Decimal, scale: int) -> tuple[list[Amount], int]:
    """Add what follows in a smaller scale: "2 juta 500 ribu", "1jt500rb", "seribu lima ratus"."""
    while last < len(tokens) and tokens.tied(last - 1):
        key = tokens.keys[last]
        number = (
            read_digits(tokens, last) if key.isascii() and key.isdigit() else read_number_words(tokens, last)
        )  # fmt: skip
        if number is None or number.value >= 1000:
            break
        smaller = _scale_at(tokens, number.last)
        if smaller is not None and smaller < scale:
            value, scale, last = value + number.value * smaller, smaller, number.last + 1
        elif smaller is None and scale == 1000 and not number.written and number.value >= 100:
            value, last = value + number.value, number.last
            break
        else:
            break
    return [_amount(tokens, at, last, value)], last


def _unscaled(tokens: Tokens, at: int, number: Number, high: Number | None) -> tuple[list[Amount], int]:
    if high is None:
        return [_amount(tokens, at, number.last, number.value)], number.last
    first = high.last - (high.written.count(".") + high.written.count(",") + 1)
    return [
        _amount(tokens, at, number.last, number.value, bare=True),
        _amount(tokens, first, high.last, high.value),
    ], high.last


def _scaled(number: Number, scale: int) -> Decimal:
    """Before a scale word a comma or a short group is a decimal part: "1,250 juta", "1.5 juta"."""
    if number.grouped and "," in number.written and number.written.count(",") == 1 and "." not in number.written:
        return Decimal(number.written.replace(",", ".")) * scale
    return number.value * scale


def _is_scale(tokens: Tokens, at: int, end: Number, scale: int, *, marked: bool) -> bool:
    key = tokens.keys[end.last].removesuffix("an") if len(tokens.keys[end.last]) > 2 else tokens.keys[end.last]
    glued = tokens.starts[end.last] == tokens.ends[end.last - 1]
    if marked:
        return True
    if key in _METRIC:
        told = _has_cue(tokens, at) or _is_worth_of_project(tokens, at, end.last)
        return scale >= 10**9 and told and not _counts(tokens, end.last + 1)
    if key == "k":
        allowed = glued and (end.value >= _SMALLEST_K or _has_cue(tokens, at))
        return allowed and tokens.key(at - 1) not in _lists().numbered and not _counts(tokens, end.last + 1)
    return not _counts(tokens, end.last + 1)


def _is_sum(tokens: Tokens, at: int, number: Number, *, marked: bool) -> bool:
    """Whether a number without a scale is money: after Rp, before ",-" or "rupiah", or by a word of paying."""
    end = tokens.ends[number.last - 1]
    if marked or tokens.text.startswith(",-", end) or _key_near(tokens, number.last) in _lists().names:
        return True
    if not number.grouped and (number.written.startswith("0") or len(number.written) > _LONGEST_BARE):
        return False
    if not number.grouped and any(low <= number.value <= high for low, high in _YEARS):
        return False
    if number.value < _SMALLEST_BARE or tokens.key(at - 1) in _lists().numbered or _counts(tokens, number.last):
        return False
    per = _key_near(tokens, number.last) in _lists().after or tokens.text.startswith("/", end)
    return (per and number.grouped) or _has_cue(tokens, at)


def _range_end(tokens: Tokens, at: int) -> Number | None:
    """Read the upper end of a range whose lower end stands before word `at`."""
    if at >= len(tokens):
        return None
    if tokens.keys[at] in _RANGE and at + 1 < len(tokens) and tokens.near(at - 1) and tokens.near(at):
        at += 1
    elif (
        tokens.keys[at : at + 2] == _RANGE_LETTERS
        and at + 2 < len(tokens)
        and all(map(tokens.near, (at - 1, at, at + 1)))
    ):
        at += 2
    elif tokens.text[tokens.ends[at - 1] : min(tokens.starts[at], tokens.ends[at - 1] + 6)] not in _RANGE_MARKS:
        return None
    if tokens.keys[at] in _lists().marks and at + 1 < len(tokens):
        at += 1
    key = tokens.keys[at]
    return read_digits(tokens, at) if key.isascii() and key.isdigit() else None


def _scale_at(tokens: Tokens, at: int) -> int | None:
    if at >= len(tokens) or not tokens.tied(at - 1):
        return None
    return _lists().scales.get(tokens.keys[at])


def _counts(tokens: Tokens, at: int) -> bool:
    """Whether a word after a number says what it counts; the first word of a new sentence says nothing of it."""
    if at >= len(tokens) or tokens.keys[at] not in _lists().counted or not tokens.tied(at - 1):
        return False
    return not _sentence_starts(tokens, at)


def _sentence_starts(tokens: Tokens, at: int) -> bool:
    """Whether a full stop before a word ends a sentence: "20 ribu. Warga", not "20 rb. warga"."""
    if "." not in tokens.gap(at - 1):
        return False
    before = tokens.keys[at - 1]
    return tokens.capital(at) or (before.isalpha() and len(before) > _SHORT_SCALE)


def _is_worth_of_project(tokens: Tokens, at: int, scale: int) -> bool:
    """Whether a capital M or T right after a project's word is billions: "proyek 2.5 M"."""
    said = tokens.key(at - 1) in _lists().projects and tokens.near(at - 1)
    return said and tokens.capital(scale) and is_mixed_case(tokens.text)


def _key_near(tokens: Tokens, at: int) -> str:
    return tokens.key(at) if 0 < at < len(tokens) and tokens.near(at - 1) else ""


def _is_marked(tokens: Tokens, at: int) -> bool:
    return at > 0 and tokens.keys[at - 1] in _lists().marks and tokens.starts[at] - tokens.ends[at - 1] <= 3


def _is_glued(tokens: Tokens, at: int) -> bool:
    start = tokens.starts[at]
    return start > 0 and (tokens.text[start - 1].isalnum() or tokens.text[start - 1] in "+_#")


def _has_cue(tokens: Tokens, at: int) -> bool:
    return not _lists().cues.isdisjoint(tokens.keys[max(0, at - _CUE_REACH) : at])


def _amount(tokens: Tokens, at: int, last: int, value: Decimal, *, bare: bool = False) -> Amount:
    """Build the sum of words `at` to before `last`, with the "Rp" before and the ",-" or "rupiah" after it."""
    start = tokens.starts[at - 1] if _is_marked(tokens, at) else tokens.starts[at]
    end = tokens.ends[last - 1]
    if not bare and tokens.text.startswith(",-", end):
        end += 2
    elif not bare and _key_near(tokens, last) in _lists().names:
        end = tokens.ends[last]
    rupiah = int(value) if value < LARGEST_RUPIAH * 10 else 0
    return Amount(text=tokens.text[start:end], rupiah=rupiah, start=start, end=end)


class AmountsComponent(Step):
    """Writes the amounts."""

    def read(self, found: Findings) -> None:
        """Find the sums of money."""
        found.amounts = Amounts(model=MODEL, items=find_amounts(found.text))


@Language.factory("sidak_amounts")
def make_amounts(nlp: Language, name: str) -> AmountsComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return AmountsComponent()
