"""A stream of synthetic reports: as many as wanted, the same for the same seed, through the build path of production.

No text is read by the language pipeline: sentences of our own (synthetic_reports.toml) are put together with places of
the Kemendagri list, kinds, times and urgencies, and everything that the pipeline would have found is known beforehand.
Each report says that it is synthetic: in its source, its model and its warnings.
"""

from __future__ import annotations

import itertools
import random
import tomllib
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from index.build_document import build_document
from index.document import Document
from nlp.areas import all_areas, area_name, level_of
from sidak.models import (
    Amounts,
    Area,
    Classification,
    Entities,
    Evidence,
    Gate,
    Language,
    Location,
    Normalized,
    Place,
    Post,
    Redaction,
    Relevance,
    Report,
    Routing,
    TriageState,
    Urgency,
)

SEED = 20260101
MODEL = "synthetic"
END = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 730
HOME = "33"
"""The region that most reports are from."""

BLOCK = 1_000
"""Reports that one seed makes: any stretch of the stream can be had without what comes before."""
_HOME_SHARE = 0.7
_BURST_SHARE = 0.1
_BURSTS = 60
_SOURCES = ("synthetic-microblog", "synthetic-forum", "synthetic-video", "synthetic-files", "synthetic-chat")
_SOURCE_WEIGHTS = (50, 8, 12, 20, 10)
_HOUR_WEIGHTS = (1, 1, 1, 1, 2, 4, 8, 10, 10, 9, 8, 8, 9, 8, 7, 7, 8, 9, 10, 11, 10, 7, 4, 2)
_LEVELS = ("kelurahan", "kecamatan", "kabkota", "provinsi", None)
_LEVEL_WEIGHTS = (40, 30, 20, 2, 8)
_STATES: tuple[TriageState, ...] = (
    "diterima",
    "verifikasi",
    "telaah",
    "disposisi",
    "tindak_lanjut",
    "selesai",
    "arsip",
)
_STATE_WEIGHTS = (60, 8, 5, 5, 6, 12, 4)


class Burst(NamedTuple):
    """A week in which one place speaks of one thing."""

    day: int
    days: int
    category: str
    area: str


class Section(NamedTuple):
    """What all reports share."""

    gate: Gate
    language: Language
    entities: Entities
    amounts: Amounts


_SHARED = Section(
    gate=Gate(passed=True, score=1.0, reason="synthetic", model=MODEL),
    language=Language(code="id", probability=1.0, model=MODEL),
    entities=Entities(model=MODEL),
    amounts=Amounts(model=MODEL),
)


def make_documents(count: int, *, start: int = 0, total: int | None = None, seed: int = SEED) -> Iterator[Document]:
    """Yield the documents `start` to `start + count` of a stream of `total`, in the order of their posting times."""
    last = start + count
    total = max(total or last, last)
    for block in range(start // BLOCK, -(-last // BLOCK)):
        chance = random.Random(f"{seed}:{block}")  # noqa: S311 - a fixed mix, no secret
        for number in range(block * BLOCK, min((block + 1) * BLOCK, last)):
            document = _make_document(number, total=total, chance=chance, seed=seed)
            if number >= start:
                yield document


def _make_document(number: int, *, total: int, chance: random.Random, seed: int) -> Document:
    day = _day(number / total)
    burst = _burst_of(day, chance, seed=seed)
    category = burst.category if burst else chance.choices(*_category_weights())[0]
    code = burst.area if burst else _place(chance)
    report = _make_report(number, day=day, category=category, code=code, chance=chance)
    state = chance.choices(_STATES, _STATE_WEIGHTS)[0]
    decided = state != "diterima"
    grouped = burst is not None and chance.random() < 0.8
    return build_document(
        report,
        revision=1,
        state=state,
        state_at=report.analyzed_at + timedelta(days=2) if decided else None,
        decisions=int(decided),
        incident_id=f"synthetic:{burst.day}-{burst.area}" if burst and grouped else f"synthetic:{number}",
        incident_link="suggested" if grouped else "new",
    )


def _make_report(number: int, *, day: int, category: str, code: str | None, chance: random.Random) -> Report:
    kind = _data()["categories"][category]["kind"]
    text, complaint = _write_text(category, code, chance)
    created_at = END + timedelta(
        days=day - DAYS, hours=chance.choices(range(24), _HOUR_WEIGHTS)[0], seconds=chance.randrange(3_600)
    )
    probability = round(chance.uniform(0.5, 1.0), 3)
    urgency = round(min(1.0, chance.expovariate(4)), 3)
    evidence = (Evidence(start=0, end=complaint, why="category"),)
    office = chance.choice(_data()["offices"])
    post = Post(
        source=chance.choices(_SOURCES, _SOURCE_WEIGHTS)[0],
        native_id=str(number),
        kind="post",
        lane="addressed" if chance.random() < 0.4 else "overheard",
        text=text,
        created_at=created_at,
        collected_at=created_at + timedelta(minutes=15),
        url=f"https://contoh.example/{number}",
        author_key=f"{chance.getrandbits(128):032x}",
        warnings=("synthetic",),
    )
    return Report(
        post=post,
        ordinal=number,
        model=MODEL,
        analyzed_at=created_at + timedelta(minutes=20),
        gate=_SHARED.gate,
        language=_SHARED.language,
        normalized=Normalized(text=text, stems=text, model=MODEL),
        relevance=Relevance(
            is_report=True if probability > 0.6 else None, probability=probability, model=MODEL, evidence=evidence
        ),
        classification=Classification(
            kind=kind, category=category, probability=probability, model=MODEL, evidence=evidence
        ),
        location=_locate(code, text, probability),
        entities=_SHARED.entities,
        amounts=_SHARED.amounts,
        redaction=Redaction(model=MODEL, text=text, evidence=evidence),
        urgency=Urgency(model=MODEL, score=urgency, reasons=(chance.choice(_data()["urgency_reasons"]),)),
        restricted=kind == "misconduct",
        routing=Routing(model=MODEL, name=office, reason=f"{category}: {office}"),
    )


def _locate(code: str | None, text: str, probability: float) -> Location:
    if code is None:
        return Location(model=MODEL)
    level, name = level_of(code), _bare(code)
    start = text.find(name)
    place = Place(
        text=name, start=start, end=start + len(name), type="area", code=code, level=level, probability=probability
    )
    return Location(
        model=MODEL, placed=True, places=(place,), area=Area(code=code, level=level, probability=probability)
    )


def _write_text(category: str, code: str | None, chance: random.Random) -> tuple[str, int]:
    """Return the text, and where the sentence that tells the matter ends."""
    data = _data()
    slots = {
        "place": _bare(code) if code else "sini",
        "spot": chance.choice(data["spots"]),
        "name": _name(chance),
        "number": chance.randrange(2, 90),
    }
    complaint = f"{chance.choice(data['openings'])} {chance.choice(data['categories'][category]['sentences'])}".strip()
    complaint = complaint.format(**slots)
    details = [chance.choice(data["details"]).format(**slots | {"name": _name(chance)}) for _ in range(_few(chance))]
    text = " ".join(filter(None, (f"{complaint}.", *details, chance.choice(data["endings"]))))
    return text, len(complaint)


def _few(chance: random.Random) -> int:
    """Most people write briefly, some do not."""
    return min(1 + int(chance.expovariate(0.8)), 12)


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_data()["syllables"], k=chance.choice((2, 3, 3, 4)))).title()


def _day(share: float) -> int:
    """Return the day of a share of the stream: at its end three times as many a day come as at its beginning."""
    # The number up to day x (0 to 1) grows as (x + x²) / 2; this is its inverse.
    return min(DAYS - 1, int(DAYS * ((1 + 8 * share) ** 0.5 - 1) / 2))


def _burst_of(day: int, chance: random.Random, *, seed: int) -> Burst | None:
    going_on = _bursts_by_day(seed)[day]
    return chance.choice(going_on) if going_on and chance.random() < _BURST_SHARE * len(going_on) else None


@cache
def _bursts_by_day(seed: int) -> Sequence[tuple[Burst, ...]]:
    chance = random.Random(f"{seed}:bursts")  # noqa: S311 - a fixed mix, no secret
    kabkota = _areas_by_level()["kabkota"]
    bursts = [
        Burst(chance.randrange(DAYS), chance.randrange(3, 15), chance.choices(*_category_weights())[0], area)
        for area in chance.choices(kabkota, k=_BURSTS)
    ]
    return [tuple(each for each in bursts if each.day <= day < each.day + each.days) for day in range(DAYS)]


@cache
def _category_weights() -> tuple[tuple[str, ...], tuple[int, ...]]:
    categories = _data()["categories"]
    return tuple(categories), tuple(each["weight"] for each in categories.values())


def _place(chance: random.Random) -> str | None:
    level = chance.choices(_LEVELS, _LEVEL_WEIGHTS)[0]
    if level is None:
        return None
    codes, home, weights = _weighted_areas(level)
    if chance.random() < _HOME_SHARE:
        return home[bisect(weights, chance.random(), hi=len(home) - 1)]
    return chance.choice(codes)


@cache
def _weighted_areas(level: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]:
    """Return all areas of a level, those of the home region, and how often each of these is spoken of, summed up."""
    codes = _areas_by_level()[level]
    home = tuple(code for code in codes if code.split(".")[0] == HOME)
    weights = [1 / (10 + rank) for rank in range(len(home))]  # few places are spoken of much, many hardly ever
    whole = sum(weights)
    return codes, home, tuple(itertools.accumulate(weight / whole for weight in weights))


@cache
def _areas_by_level() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, _ in all_areas():
        found.setdefault(level_of(code), []).append(code)
    return {level: tuple(codes) for level, codes in found.items()}


@cache
def _bare(code: str) -> str:
    return area_name(code).split(",")[0]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
