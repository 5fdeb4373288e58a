"""The analysts' views as people write them: one TOML file in `objects/` for each, its shape checked on reading."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

import msgspec

from sidak.errors import StopError

Id = Annotated[str, msgspec.Meta(pattern=r"^sidak-[a-z0-9-]{1,60}$")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Top = Annotated[int, msgspec.Meta(ge=1, le=100)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_.]{1,100}$")]
"""A value that may stand in a query without quotes."""
Condition = bool | Word | list[Word]
Where = dict[str, Condition]
"""Field and value; a list is one of these values. All of them must hold."""
Lookup = Literal["categories", "kinds", "states", "sources", "lanes", "provinsi", "kabkota", "review"]


class _Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Id
    title: Title
    description: str = ""


class DataView(_Spec, frozen=True, kw_only=True, tag_field="type", tag="data_view"):
    """The index as Kibana sees it: its time, Indonesian names for fields and for their values."""

    time_field: str
    hidden: list[str] = []
    labels: dict[str, Title]
    values: dict[str, Lookup] = {}


class Search(_Spec, frozen=True, kw_only=True, tag_field="type", tag="search"):
    """A table of reports."""

    columns: list[str]
    newest_by: str
    where: Where


class Panel(_Spec, frozen=True, kw_only=True, tag_field="type", tag="panel"):
    """A count of reports: alone (`number`), by day (`over_time`), by the largest values of a field (`by`), or both."""

    chart: Literal["number", "bar", "bar_horizontal", "bar_stacked"]
    over_time: str | None = None
    by: str | None = None
    top: Top = 10
    where: Where


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a view stands on a dashboard, in Kibana's grid of 48 columns."""

    show: Id
    x: Annotated[int, msgspec.Meta(ge=0, le=47)]
    y: Annotated[int, msgspec.Meta(ge=0)]
    w: Annotated[int, msgspec.Meta(ge=1, le=48)]
    h: Annotated[int, msgspec.Meta(ge=1)]


class Dashboard(_Spec, frozen=True, kw_only=True, tag_field="type", tag="dashboard"):
    """Views side by side over one span of time."""

    since: str
    until: str = "now"
    places: list[Place]


Spec = DataView | Search | Panel | Dashboard


def read_specs(folder: Traversable | None = None) -> tuple[Spec, ...]:
    """Return every view, data views first and dashboards last, so that none refers to a later one.

    Raises StopError naming the file and what is wrong in it.
    """
    root = folder if folder is not None else files("dashboards.kibana").joinpath("objects")
    paths = sorted((path for path in root.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    return tuple(sorted(map(_read_spec, paths), key=lambda spec: (_ORDER.index(type(spec)), spec.id)))


_ORDER: tuple[type, ...] = (DataView, Search, Panel, Dashboard)


def _read_spec(path: Traversable) -> Spec:
    try:
        spec: Spec = msgspec.toml.decode(path.read_bytes(), type=Spec)
        return spec
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:  # ValidationError is a kind of the first
        raise StopError(f"dashboards/kibana/objects/{path.name}: {exc}") from exc
