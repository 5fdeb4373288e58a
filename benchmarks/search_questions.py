"""The questions of the search benchmark: as people's pages ask them, each different, the same for each engine."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from benchmarks.synthetic_reports import HOME
from index.engine import FACETS, Engine, Filters, SearchQuery, Sort, Split, TrendsQuery
from index.parse_query import parse_query
from nlp.areas import children
from sidak.models import Kind

SEED = 7
_WORDS = (
    "jalan", "jalan rusak", "lampu jalan mati", "sampah menumpuk", "banjir", '"saluran air"', "pungutan OR kuitansi",
    "jembatan retak", "sekolah ambruk", "talud", "bansos dipotong", "parkir liar -truk", "bantuan sosial", "berlubang*",
    "air ledeng", "longsor tebing", "pohon tumbang", "antrean petugas", '"jalan kampung"', "puskesmas", "mampet lumpur",
    "gorong*", "halte", "trotoar truk", "proyek berhenti", "perangkat desa", "genangan surut", "pasar", "lansia", "",
)  # fmt: skip
_TREND_DAYS = (7, 30, 90, 365)


class Question(NamedTuple):
    """One page: what is asked of an engine to show it."""

    kind: str
    ask: Callable[[Engine], object]


def make_questions(count: int, *, end: datetime, seed: int = SEED) -> list[Question]:
    """Return so many searches with all facets, then half as many maps, then half as many trend pages."""
    chance = random.Random(seed)  # noqa: S311 - a fixed mix, no secret
    questions = [_search(number, chance, end=end) for number in range(count)]
    questions += [_map(chance, end=end) for _ in range(count // 2)]
    return [*questions, *(_trends(number, chance, end=end) for number in range(count // 2))]


def _search(number: int, chance: random.Random, *, end: datetime) -> Question:
    sorts: Sequence[Sort] = get_args(Sort)
    query = SearchQuery(
        include_restricted=chance.random() < 0.5,
        expression=parse_query(_WORDS[number % len(_WORDS)]),
        filters=_filters(chance, share=0.5, end=end),
        sort=sorts[number // len(_WORDS) % len(sorts)],
        facets=FACETS,
    )
    return Question("search", lambda engine: engine.search(query))


def _map(chance: random.Random, *, end: datetime) -> Question:
    """How many reports each regency has, or each district of one: what a map of a period is coloured by."""
    regency = chance.choice(children(HOME)) if chance.random() < 0.5 else None
    query = SearchQuery(
        include_restricted=chance.random() < 0.5,
        filters=_period(chance, end=end, days=chance.choice((30, 90, 365, 730)), areas=(regency,) if regency else ()),
        facets=("area",),
        area_facet_level="kecamatan" if regency else "kabkota",
        limit=1,
    )
    return Question("map", lambda engine: engine.search(query))


def _trends(number: int, chance: random.Random, *, end: datetime) -> Question:
    """The console's trend page."""
    days = _TREND_DAYS[number % len(_TREND_DAYS)]
    area = chance.choice((None, None, HOME, *children(HOME)[:4]))
    restricted = chance.random() < 0.5
    filters = _period(chance, end=end, days=days, areas=(area,) if area else ())
    query = TrendsQuery(
        include_restricted=restricted,
        splits=(Split(by="kind", top=3), Split(by="category"), Split(by="area")),
        interval="week" if days > 90 else "day",
        filters=filters,
        area_level="kecamatan" if area and "." in area else "kabkota",
    )
    return Question("trends", lambda engine: engine.trends(query))


def _filters(chance: random.Random, *, share: float, end: datetime) -> Filters:
    if chance.random() >= share:
        return Filters()
    kinds: tuple[Kind, ...] = get_args(Kind)
    return _period(
        chance,
        end=end,
        days=chance.choice((7, 30, 90, 365)),
        areas=(chance.choice(children(HOME)),) if chance.random() < 0.5 else (),
        kinds=(chance.choice(kinds),) if chance.random() < 0.5 else (),
    )


def _period(
    chance: random.Random, *, end: datetime, days: int, areas: tuple[str, ...] = (), kinds: tuple[str, ...] = ()
) -> Filters:
    """Return a period whose ends no other question has, so that no kept answer is counted as a fast one."""
    until = end - timedelta(seconds=chance.randrange(86_400))
    return Filters(since=until - timedelta(days=days), until=until, areas=areas, kinds=kinds)
