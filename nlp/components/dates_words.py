"""The words of dates and spans of time, from nlp/data/numbers/dates.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from nlp.components.number_words import HALF, read_words


class DateWords(NamedTuple):
    """Words by what they say; a text without one of `triggers` holds no date."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, int]
    units: Mapping[str, str]
    single: Mapping[str, str]
    since: frozenset[str]
    ago: frozenset[str]
    next: frozenset[str]
    day: frozenset[str]
    age: frozenset[str]
    after_span: frozenset[str]
    not_dates: frozenset[str]
    weekday_names: frozenset[str]
    years: frozenset[str]
    triggers: frozenset[str]


@cache
def read_date_words() -> DateWords:
    """Read the packaged words once."""
    path = files("nlp").joinpath("data/numbers/dates.toml")
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: frozenset(keys) for name, keys in data["words"].items()}
    months, weekdays = (
        {key: int(number) for number, keys in data[name].items() for key in keys} for name in ("months", "weekdays")
    )
    units = {key: unit for unit, keys in data["units"].items() for key in keys}
    numbers = read_words()
    triggers = {
        *months, *weekdays, *units, *data["single"], *words["day"], *words["since"], "malam",
        *(phrase.split()[0] for phrase in data["relative"]), *numbers["ones"], *numbers["whole"], HALF,
        *map(str, range(2101)), *(f"{number:02}" for number in range(10)),
    }  # fmt: skip
    return DateWords(
        months=months, weekdays=weekdays, relative=data["relative"], units=units, single=data["single"], **words,
        weekday_names=frozenset(weekdays), years=frozenset(data["units"]["tahun"]), triggers=frozenset(triggers),
    )  # fmt: skip
