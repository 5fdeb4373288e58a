"""Which fields a view uses, what for, and whether the index can do that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from dashboards.kibana.specs import Condition, Dashboard, DataView, Panel, Search, Spec
from index.elastic_probe import Capability

Need = Literal["time", "count by", "sort by", "filter by yes or no", "filter by word", "show", "name"]
NEVER_SHOWN = frozenset({"author_key"})
"""Findings are never about authors: no view shows, counts or filters by them."""


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
    """Yield every use of a field."""
    match spec:
        case DataView():
            yield FieldUse(spec.time_field, "time")
            yield from (FieldUse(field, "name") for field in (*spec.hidden, *spec.labels, *spec.values))
        case Search():
            yield FieldUse(spec.newest_by, "sort by")
            yield from (FieldUse(field, "show") for field in spec.columns)
            yield from _conditions(spec.where)
        case Panel():
            if spec.over_time is not None:
                yield FieldUse(spec.over_time, "time")
            if spec.by is not None:
                yield FieldUse(spec.by, "count by")
            yield from _conditions(spec.where)
        case Dashboard():
            return


def find_misfits(spec: Spec, capabilities: Mapping[str, Capability], *, where: str) -> Iterator[Misfit]:
    """Yield each field of a view that is missing or cannot do what is asked; `where` names the index for people."""
    for field, need in dict.fromkeys(list_uses(spec)):
        capability = capabilities.get(field)
        if field in NEVER_SHOWN and need != "name":
            yield Misfit(spec.id, field, "views say nothing about authors")
        elif capability is None:
            yield Misfit(spec.id, field, f"{where} has no such field")
        elif not _fits(need, capability):
            yield Misfit(spec.id, field, f"{where} cannot {_VERBS[need]} it: {_describe(capability)}")


def _fits(need: Need, capability: Capability) -> bool:
    match need:
        case "time":
            return capability.type == "date" and capability.aggregatable and capability.searchable
        case "count by":
            return capability.aggregatable and capability.type in {"keyword", "boolean"}
        case "sort by":
            return capability.aggregatable
        case "filter by yes or no":
            return capability.searchable and capability.type == "boolean"
        case "filter by word":
            return capability.searchable and capability.type == "keyword"
        case "show" | "name":
            return True


def _conditions(where: Mapping[str, Condition]) -> Iterator[FieldUse]:
    for field, value in where.items():
        yield FieldUse(field, "filter by yes or no" if isinstance(value, bool) else "filter by word")


def _describe(capability: Capability) -> str:
    searchable = "searchable" if capability.searchable else "not searchable"
    return f"{capability.type}, {searchable}, {'aggregatable' if capability.aggregatable else 'not aggregatable'}"


_VERBS: Mapping[Need, str] = {
    "time": "draw time by",
    "count by": "count by",
    "sort by": "sort by",
    "filter by yes or no": "answer yes or no by",
    "filter by word": "filter words by",
    "show": "show",
    "name": "name",
}
