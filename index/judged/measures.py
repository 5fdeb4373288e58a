"""nDCG@10 of rankings by judged queries, with intervals over the queries."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from math import fsum, log2

import msgspec

TOP = 10
RESAMPLES = 2_000
_SEED = 6

Grades = Mapping[str, int]
"""The grade of each judged text of one query, by key."""


class JudgedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query, what answers it, and the judgements; `held_out` queries were never looked at while tuning."""

    id: str
    query: str
    need: str
    held_out: bool
    grades: Grades


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A mean with the middle 95 % of its bootstrap over queries."""

    mean: float
    low: float
    high: float


def read_queries() -> tuple[JudgedQuery, ...]:
    """Return the judged queries of this project."""
    folder = files("index") / "judged"
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "judgements.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            query, key, grade = line.split("\t")
            grades.setdefault(query, {})[key] = int(grade)
    queries = tomllib.loads((folder / "queries.toml").read_text(encoding="utf-8"))
    return tuple(
        JudgedQuery(
            id=id,
            query=row["query"],
            need=row["need"],
            held_out=row.get("held_out", bool(at % 2)),
            grades=grades.get(id, {}),
        )
        for at, (id, row) in enumerate(queries.items())
    )


def ndcg(ranking: Sequence[str], grades: Grades) -> float:
    """Return nDCG@10 with gains 2^grade - 1; a text that nobody judged counts as worthless."""
    best = _gain(sorted(grades.values(), reverse=True)[:TOP])
    return _gain([grades.get(key, 0) for key in ranking[:TOP]]) / best if best else 0.0


def bootstrap(values: Sequence[float]) -> Score:
    """Return the mean of values, one a query, with its interval; the same values give the same interval."""
    rng = random.Random(_SEED)  # noqa: S311 - resampling, no secret
    means = sorted(_mean(rng.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Score(mean=_mean(values), low=means[int(0.025 * RESAMPLES)], high=means[int(0.975 * RESAMPLES) - 1])


def _gain(grades: Sequence[int]) -> float:
    return fsum((2.0**grade - 1) / log2(at + 2) for at, grade in enumerate(grades))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
