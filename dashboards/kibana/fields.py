"""Which fields a view uses, what for, and whether the index can do that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dashboards.kibana.specs import Bounds, Dashboard, DataView, EsqlSearch, Panel, RegionMap, Search, Spec, Where
from index.elastic_probe import Capability

NEVER_SHOWN = frozenset({"author_key"})
"""Findings are never about authors: no view shows, counts or filters by them."""
_AMOUNTS = frozenset({"float", "double", "integer", "long", "date"})
_WORDS = frozenset({"keyword", "boolean"})


class Need(NamedTuple):
    """What a view wants of a field, and whether a field can do it."""

    verb: str
    fits: Callable[[Capability], bool]


TIME = Need("draw time by", lambda can: can.type == "date" and can.aggregatable and can.searchable)
COUNT_BY = Need("count by", lambda can: can.type in _WORDS and can.aggregatable)
SORT_BY = Need("sort by", lambda can: can.aggregatable)
MEASURE = Need("measure", lambda can: can.type in _AMOUNTS and can.aggregatable)
COUNT_VALUES = Need("count the values of", lambda can: can.type in _AMOUNTS | _WORDS and can.aggregatable)
YES_OR_NO = Need("answer yes or no by", lambda can: can.type == "boolean" and can.searchable)
FILTER_WORDS = Need("filter words by", lambda can: can.type == "keyword" and can.searchable)
FILTER_AMOUNTS = Need("filter amounts by", lambda can: can.type in _AMOUNTS and can.searchable)
PRESENCE = Need("tell the presence of", lambda can: can.searchable or can.aggregatable)
SHOW = Need("show", lambda _: True)
NAME = Need("name", lambda _: True)


class FieldUse(NamedTuple):
    """One use of a field in a view."""

    field: str
    need: Need


class Misfit(NamedTuple):
    """A field that cannot do what a view asks of it."""

    object_id: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.object_id}: {self.field}: {self.reason}"


def list_uses(spec: Spec) -> Iterator[FieldUse]:
    """Yield every use of a field; those of an ES|QL query are read by its own check."""
    match spec:
        case DataView():
            yield from _uses(TIME, spec.time_field)
            yield from _uses(NAME, *spec.hidden, *spec.labels, *spec.values)
        case Search():
            yield from _uses(SORT_BY, spec.largest_by)
            yield from _uses(SHOW, *spec.columns)
            yield from _conditions(spec.where)
        case Panel():
            yield from _panel(spec)
        case RegionMap():
            yield from _uses(COUNT_BY, spec.by)
            yield from _conditions(spec.where)
        case Dashboard():
            yield from _uses(COUNT_BY, *spec.controls)
        case EsqlSearch():
            return


def find_misfits(spec: Spec, capabilities: Mapping[str, Capability], *, where: str) -> Iterator[Misfit]:
    """Yield each field of a view that is missing or cannot do what is asked; `where` names the index for people."""
    for field, need in dict.fromkeys(list_uses(spec)):
        capability = capabilities.get(field)
        if field in NEVER_SHOWN and need is not NAME:
            yield Misfit(spec.id, field, "views say nothing about authors")
        elif capability is None:
            yield Misfit(spec.id, field, f"{where} has no such field")
        elif not need.fits(capability):
            yield Misfit(spec.id, field, f"{where} cannot {need.verb} it: {_describe(capability)}")


def _panel(spec: Panel) -> Iterator[FieldUse]:
    yield from _uses(TIME, spec.over_time)
    yield from _uses(COUNT_BY, spec.by, spec.then_by)
    for measure in spec.measures:
        yield from _uses(COUNT_VALUES if measure.take == "unique" else MEASURE, measure.of)
    yield from _conditions(spec.where)


def _conditions(where: Where) -> Iterator[FieldUse]:
    for field, value in where.items():
        match value:
            case bool():
                yield FieldUse(field, YES_OR_NO)
            case Bounds(at_least=None, below=None):
                yield FieldUse(field, PRESENCE)
            case Bounds():
                yield FieldUse(field, FILTER_AMOUNTS)
            case _:
                yield FieldUse(field, FILTER_WORDS)


def _uses(need: Need, *fields: str | None) -> Iterator[FieldUse]:
    yield from (FieldUse(field, need) for field in fields if field is not None)


def _describe(capability: Capability) -> str:
    searchable = "searchable" if capability.searchable else "not searchable"
    return f"{capability.type}, {searchable}, {'aggregatable' if capability.aggregatable else 'not aggregatable'}"
