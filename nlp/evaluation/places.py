"""Scores places on the development data: `evaluate_places(data)` returns figures, never texts.

The complaints carry the kelurahan that the city's office wrote down. Its name may be spelt otherwise than in the
official list, so it is looked up by likeness within its kecamatan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import msgspec

from nlp.areas import ancestors, area_label, bare_name, children, find_by_name, is_within, name_key
from nlp.components.places import locate
from nlp.teaching.devdata import COMPLAINTS, STREAMS
from sidak.errors import UsageError
from sidak.models import Area, Location

Scores = Mapping[str, float | int]
_BINS = 10
_LIKE = 0.72


class Reader(Protocol):
    """What is scored: a text and the home region's code in, places out."""

    def __call__(self, text: str, *, region: str | None = None) -> Location:
        """Find the places of a text."""
        ...


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint and the kelurahan it is officially about.

    `placed` where the data say that the text names the official place, `named` where the kelurahan's name stands in it.
    """

    text: str
    code: str
    placed: bool
    named: bool


def evaluate_places(data: Path, *, read: Reader = locate) -> dict[str, Scores]:
    """Return scores for the told city, the told province and no hint, and how often texts without a place get one."""
    complaints = list(read_official(data))
    told = {
        "told_city": [(each, read(each.text, region=each.code[:5]).area) for each in complaints],
        "told_province": [(each, read(each.text, region=each.code[:2]).area) for each in complaints],
        "told_nothing": [(each, read(each.text).area) for each in complaints],
    }
    streams = {name: _rows(data / f"background/tweets_{name}.jsonl") for name in STREAMS}
    return {
        **{name: _score(answers) for name, answers in told.items()},
        "other_streams": {
            f"{name}_small_area": _share(_is_small(read(str(row["text"])).area) for row in rows)
            for name, rows in streams.items()
        },
    }


def read_official(data: Path) -> Iterator[Complaint]:
    """Yield the complaints with an official place, as far as its code can be told."""
    for row in _rows(data / COMPLAINTS):
        code = _official(str(row["kabkota"]), str(row["kecamatan"] or ""), str(row["kelurahan"] or ""))
        if code:
            text = str(row["text"])
            named = _together(bare_name(code)) in _together(text)
            yield Complaint(text=text, code=code, placed=bool(row["place_in_text"]), named=named)


@lru_cache(maxsize=4096)
def _official(kabkota: str, kecamatan: str, kelurahan: str) -> str | None:
    """Return the code of an area by the names of its form; None where no name of the official list is like it."""
    code = _regency(kabkota)
    for name in (kecamatan, kelurahan):
        names = {_together(bare_name(each)): each for each in children(code)} if code and name else {}
        like = get_close_matches(_together(name), names, n=1, cutoff=_LIKE)
        code = names[like[0]] if like else None
    return code


@lru_cache(maxsize=1024)
def _regency(name: str) -> str | None:
    """Return the code of a regency or city by its name with its kind ("Kota Surabaya")."""
    kind, _, bare = name.partition(" ")
    codes = find_by_name(bare, level="kabkota")
    return next((code for code in codes if area_label(code).startswith(kind[:3])), None)


def _score(answers: Sequence[tuple[Complaint, Area | None]]) -> Scores:
    """Score the areas; precision and recall where the text names the official place, the rest over all complaints."""
    given = [(each, area) for each, area in answers if area is not None]
    placed = [(each, area) for each, area in answers if each.placed]
    deep = [(each, area) for each, area in placed if area is not None and area.level == "kelurahan"]
    right = sum(area is not None and area.code == each.code for each, area in deep)
    named = [(each, area) for each, area in placed if each.named]
    return {
        "texts": len(answers),
        "placed": len(placed),
        "kelurahan_precision": _ratio(right, len(deep)),
        "kelurahan_recall": _ratio(right, len(placed)),
        "kelurahan_recall_where_named": _share(area is not None and area.code == each.code for each, area in named),
        "kabkota_right": _share(area is not None and is_within(area.code, each.code[:5]) for each, area in placed),
        "elsewhere": _ratio(sum(not _agree(area.code, each.code) for each, area in given), len(answers)),
        "calibration_error": _calibration_error(
            [(area.probability, is_within(e.code, area.code)) for e, area in given]
        ),
    }


def _calibration_error(answers: Sequence[tuple[float, bool]]) -> float:
    """Return the expected gap between probability and share of right answers, in ten bins."""
    gap = 0.0
    for number in range(_BINS):
        inside = [(p, right) for p, right in answers if number <= p * _BINS < number + 1]
        gap += abs(sum(p for p, _ in inside) - sum(right for _, right in inside))
    return _ratio(gap, len(answers))


def _agree(one: str, other: str) -> bool:
    """Whether two areas lie in one regency or city, or one holds the other."""
    return one[:5] == other[:5] or one in ancestors(other)


def _is_small(area: Area | None) -> bool:
    return area is not None and area.level in ("kecamatan", "kelurahan")


def _together(name: str) -> str:
    return name_key(name).replace(" ", "")


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return _ratio(sum(values), len(values))


def _ratio(part: float, whole: int) -> float:
    return round(part / max(whole, 1), 4)


def _rows(path: Path) -> list[dict[str, object]]:
    if not path.exists():
        raise UsageError(f"{path}: no such file; --data names the folder that holds it")
    return [msgspec.json.decode(line, type=dict[str, object]) for line in path.read_bytes().splitlines() if line]
