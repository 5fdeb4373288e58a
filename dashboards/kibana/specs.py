"""The analysts' views as people write them: one TOML file in `objects/` for each, its shape checked on reading."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from sidak.errors import StopError

# Shapes are checked in __post_init__: with msgspec.Meta on these types Python crashes as it ends (msgspec issue 717).
_ID = re.compile(r"sidak-[a-z0-9-]{1,60}", re.ASCII)
_WORD = re.compile(r"[a-z0-9_.]{1,100}", re.ASCII)
"""A value that may stand in a query without quotes."""
_LONGEST_TITLE = 120
_MOST_GROUPS = 100
_MOST_MEASURES = 6
_GRID = 48
"""Columns of a dashboard."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a number must be, or whether there is a value at all."""

    at_least: float | None = None
    below: float | None = None
    known: bool | None = None


Condition = bool | str | list[str] | Bounds
Where = dict[str, Condition]
"""Field and value; a list is one of these values. All of them must hold."""
Lookup = Literal["categories", "kinds", "states", "sources", "lanes", "provinsi", "kabkota", "review"]


class _Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    description: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError, which msgspec turns into its own, where the names make no sense."""
        _require(_ID.fullmatch(self.id) is not None, f"id: {self.id!r} is not like sidak-name")
        _require(0 < len(self.title) <= _LONGEST_TITLE, "title: must have 1 to 120 characters")
        for field, value in getattr(self, "where", {}).items():
            words = value if isinstance(value, list) else [value] if isinstance(value, str) else []
            for word in words:
                _require(_WORD.fullmatch(word) is not None, f"where: {field}: {word!r} is no plain word")


class DataView(_Spec, frozen=True, kw_only=True, tag_field="type", tag="data_view"):
    """An index as Kibana sees it: its time, Indonesian names for fields and for their values."""

    over: Literal["reports", "areas"] = "reports"
    time_field: str | None = None
    hidden: list[str] = []
    labels: dict[str, str]
    values: dict[str, Lookup] = {}


class Search(_Spec, frozen=True, kw_only=True, tag_field="type", tag="search"):
    """A table of reports, the largest values of a field (of a time: the newest) first."""

    columns: list[str]
    largest_by: str
    where: Where


class EsqlSearch(_Spec, frozen=True, kw_only=True, tag_field="type", tag="esql"):
    """An example in ES|QL, for analysts to go on from; `{index}` stands for what they read."""

    query: str


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is shown of the reports of a group: how many they are, or something of one field."""

    take: Literal["count", "unique", "max", "min", "average"]
    of: str | None = None
    label: str


COUNT = Measure(take="count", label="Jumlah laporan")


class Panel(_Spec, frozen=True, kw_only=True, tag_field="type", tag="panel"):
    """Reports measured: all together (`number`), by the largest values of one or two fields, over time, or both."""

    chart: Literal["number", "bar", "bar_horizontal", "bar_stacked", "line", "donut", "table"]
    over_time: str | None = None
    every: Literal["1d", "1w", "1M"] = "1d"
    by: str | None = None
    then_by: str | None = None
    top: int = 10
    measures: tuple[Measure, ...] = (COUNT,)
    """Groups are ordered by the first one; only a table shows more than that."""
    where: Where

    def __post_init__(self) -> None:
        """Raise ValueError where an amount makes no sense."""
        super().__post_init__()
        _require(0 < self.top <= _MOST_GROUPS, "top: must be 1 to 100")
        _require(0 < len(self.measures) <= _MOST_MEASURES, "measures: must be 1 to 6")


class RegionMap(_Spec, frozen=True, kw_only=True, tag_field="type", tag="map"):
    """Reports counted by the code of a region, shown at the region's point."""

    by: Literal["area_provinsi", "area_kabkota"]
    where: Where


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a view stands on a dashboard, in Kibana's grid of 48 columns."""

    show: str
    x: int
    y: int
    w: int
    h: int

    def __post_init__(self) -> None:
        """Raise ValueError where it stands outside of the grid."""
        inside = self.x >= 0 and self.y >= 0 and self.w > 0 and self.h > 0 and self.x + self.w <= _GRID
        _require(inside, f"{self.show}: stands outside of the grid of 48 columns")


class Dashboard(_Spec, frozen=True, kw_only=True, tag_field="type", tag="dashboard"):
    """Views side by side over one span of time, below a text that says how to read them."""

    since: str
    until: str = "now"
    text: str
    controls: list[str] = []
    """Fields to choose values of, in a row above."""
    places: list[Place]


Spec = DataView | Search | EsqlSearch | Panel | RegionMap | Dashboard


def _require(holds: bool, words: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not holds:
        raise ValueError(words)


def read_specs(folder: Traversable | None = None) -> tuple[Spec, ...]:
    """Return every view, data views first and dashboards last, so that none refers to a later one.

    Raises StopError naming the file and what is wrong in it.
    """
    root = folder if folder is not None else files("dashboards.kibana").joinpath("objects")
    paths = sorted((path for path in root.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return tuple(sorted(map(_read_spec, paths), key=lambda spec: (_ORDER.index(type(spec)), spec.id)))


_ORDER: tuple[type, ...] = (DataView, Search, EsqlSearch, Panel, RegionMap, Dashboard)


def _read_spec(path: Traversable) -> Spec:
    try:
        spec: Spec = msgspec.toml.decode(path.read_bytes(), type=Spec)
        return spec
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:  # ValidationError is a kind of the first
        raise StopError(f"dashboards/kibana/objects/{path.name}: {exc}") from exc
