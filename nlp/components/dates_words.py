"""The words of dates and spans of time, from nlp/data/numbers/dates.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from nlp.components.number_words import HALF, read_words


class DateWords(NamedTuple):
    """Words by what they say; `ways` names for each the ways of reading a date that may begin with it."""

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
    ways: Mapping[str, Sequence[str]]


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
    ways: dict[str, list[str]] = {}
    for way, keys in (
        ("named_day", words["day"]),
        ("relative", [*(phrase.split()[0] for phrase in data["relative"]), *units]),
        ("weekday", [*weekdays, "hari", "malam"]),
        ("named", months),
        ("span", [*data["single"], *numbers["ones"], *numbers["whole"], HALF]),
    ):
        for key in dict.fromkeys(keys):
            ways.setdefault(key, []).append(way)
    return DateWords(
        months=months, weekdays=weekdays, relative=data["relative"], units=units, single=data["single"], **words,
        weekday_names=frozenset(weekdays), years=frozenset(data["units"]["tahun"]), ways=ways,
    )  # fmt: skip
