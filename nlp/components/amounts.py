"""Sums of money: "20rb", "Rp 1.500.000", "2,5 juta", "50-100 ribu", in rupiah."""

from __future__ import annotations

import re
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from sidak.models import Amount, Amounts

MODEL = "amounts-1"
LARGEST_RUPIAH = 10**16
"""More than the state's budget is a slip or a joke."""

_SCALES = {
    "rb": 10**3, "ribu": 10**3, "rbu": 10**3, "rebu": 10**3, "ewu": 10**3, "k": 10**3,
    "rts": 10**2, "ratus": 10**2,
    "jt": 10**6, "juta": 10**6, "jeti": 10**6, "jut": 10**6,
    # M and T are also metres and tons: read as money only after Rp; k only without a blank
    "m": 10**9, "miliar": 10**9, "milyar": 10**9, "milliar": 10**9, "mlr": 10**9,
    "t": 10**12, "triliun": 10**12, "trilyun": 10**12, "trilliun": 10**12,
}  # fmt: skip
_NUMBER = r"\d{1,15}(?:[.,]\d{1,3}){0,5}"
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_PATTERN = re.compile(
    rf"(?<![\w.,])(?P<rp>rp\.? ?|idr ?)?(?P<low>{_NUMBER})(?:(?: ?(?:-|–|s/d|sd|sampai|sampe) ?)(?P<high>{_NUMBER}))?"
    rf"(?P<gap> ?)(?P<scale>(?:{_SCALE})(?:an)?)?(?P<tail>,-)?(?!\w)",
    re.IGNORECASE,
)
_WORDS = {"seribu": 1000, "sepuluh ribu": 10_000, "dua puluh ribu": 20_000, "lima puluh ribu": 50_000,
          "seratus ribu": 100_000, "dua ratus ribu": 200_000, "lima ratus ribu": 500_000, "lima ribu": 5000,
          "dua ribu": 2000, "sejuta": 10**6, "satu juta": 10**6, "dua juta": 2 * 10**6, "lima juta": 5 * 10**6,
          "sepuluh juta": 10**7, "goceng": 5000, "ceban": 10_000, "gocap": 50_000, "cepek": 100_000,
          "gopek": 500, "noban": 20_000}  # fmt: skip
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b", re.IGNORECASE)


def find_amounts(text: str) -> tuple[Amount, ...]:
    """Return the sums of a text in its order; of a range each end is one sum."""
    found = [amount for match in _PATTERN.finditer(text) for amount in _read(match)]
    found += [
        _amount(match.group(), _WORDS[match.group().lower()], match.start(), match.end())
        for match in _IN_WORDS.finditer(text)
    ]
    return tuple(sorted(found, key=lambda amount: amount.start))


def _read(match: re.Match[str]) -> list[Amount]:
    written = (match["scale"] or "").lower()
    scale = written if written in _SCALES else written.removesuffix("an")
    marked = match["rp"] is not None or match["tail"] is not None
    if not marked and (not scale or scale in {"m", "t"} or (scale == "k" and match["gap"])):
        return []
    factor = _SCALES.get(scale, 1)
    sums = []
    for part in ("low", "high"):
        if match[part] is None:
            continue
        rupiah = int(_number(match[part], scaled=bool(scale)) * factor)
        start = match.start() if part == "low" else match.start("high")
        end = match.end() if part == "high" or match["high"] is None else match.end("low")
        if 0 < rupiah <= LARGEST_RUPIAH:
            sums.append(_amount(match.string[start:end], rupiah, start, end))
    return sums


def _number(written: str, *, scaled: bool) -> Decimal:
    """Read "1.500.000" and "2,5"; before a scale word a single short group is a decimal part ("1.5 juta")."""
    groups = re.split(r"[.,]", written)
    if len(groups) == 2 and (len(groups[1]) != 3 or (scaled and "," in written)):
        return Decimal(f"{groups[0]}.{groups[1]}")
    if len(groups) > 2 and len(groups[-1]) != 3:
        return Decimal(f"{''.join(groups[:-1])}.{groups[-1]}")
    return Decimal("".join(groups))


def _amount(text: str, rupiah: int, start: int, end: int) -> Amount:
    return Amount(text=text, rupiah=rupiah, start=start, end=end)


class AmountsComponent:
    """Writes `doc._.sidak_amounts`."""

    def __init__(self) -> None:
        if not Doc.has_extension("sidak_amounts"):
            Doc.set_extension("sidak_amounts", default=None)

    def __call__(self, doc: Doc) -> Doc:
        doc._.sidak_amounts = Amounts(model=MODEL, items=find_amounts(doc.user_data.get("text") or doc.text))
        return doc


@Language.factory("sidak_amounts")
def make_amounts(nlp: Language, name: str) -> AmountsComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return AmountsComponent()
