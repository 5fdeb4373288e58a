"""Views as Kibana's saved objects: the form that its import takes and its export gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dashboards.kibana.lens import LAYER, build_kql, build_lens_state
from dashboards.kibana.lookups import lookup_labels
from dashboards.kibana.specs import Dashboard, DataView, Panel, Search, Spec
from sidak.errors import StopError

CORE_VERSION = "8.8.0"
"""The form of the objects themselves: Kibana 8.8 and newer, 9 included, migrate from it."""
_SEARCH_SOURCE_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"


class Reference(msgspec.Struct, frozen=True):
    """A pointer from one object to another, by the name that the object's own text uses."""

    name: str
    type: str
    id: str


class SavedObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One object; `type_migration_version` is the version of Kibana that its attributes are written for."""

    type: str
    id: str
    attributes: dict[str, Any]
    references: tuple[Reference, ...]
    core_migration_version: str = CORE_VERSION
    type_migration_version: str


def build_objects(specs: Sequence[Spec], *, index: str) -> tuple[SavedObject, ...]:
    """Return the saved objects over an index or alias; the same specs give the same bytes.

    Raises StopError where there is not exactly one data view, or two views share an id.
    """
    views = [spec for spec in specs if isinstance(spec, DataView)]
    if len(views) != 1:
        raise StopError(f"dashboards/kibana/objects: {len(views)} files of type data_view, there must be one")
    ids = [spec.id for spec in specs]
    doubled = sorted({id for id in ids if ids.count(id) > 1})
    if doubled:
        raise StopError(f"dashboards/kibana/objects: {doubled[0]}: two files have this id")
    types = {spec.id: TYPES[type(spec)] for spec in specs}
    return tuple(_build(spec, view=views[0], types=types, index=index) for spec in specs)


def encode_objects(objects: Sequence[SavedObject]) -> bytes:
    """Return one JSON object a line, the form of Kibana's exports."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in objects)


TYPES: Mapping[type, str] = {DataView: "index-pattern", Search: "search", Panel: "lens", Dashboard: "dashboard"}


def _build(spec: Spec, *, view: DataView, types: Mapping[str, str], index: str) -> SavedObject:
    to_view = Reference("", TYPES[DataView], view.id)
    match spec:
        case DataView():
            attributes, version, references = _data_view(spec, index=index), "8.0.0", ()
            return _object(spec, attributes, version, references)
        case Search():
            source = msgspec.structs.replace(to_view, name=_SEARCH_SOURCE_INDEX)
            return _object(spec, _search(spec), "8.0.0", (source,))
        case Panel():
            layer = msgspec.structs.replace(to_view, name=f"indexpattern-datasource-layer-{LAYER}")
            return _object(spec, build_lens_state(spec, labels=view.labels), "8.9.0", (layer,))
        case Dashboard():
            return _object(spec, _dashboard(spec, types), "8.9.0", tuple(_shown(spec, types)))


def _object(spec: Spec, attributes: dict[str, Any], version: str, references: tuple[Reference, ...]) -> SavedObject:
    said = {"title": spec.title, "description": spec.description} if not isinstance(spec, DataView) else {}
    return SavedObject(
        type=TYPES[type(spec)],
        id=spec.id,
        attributes=said | attributes,
        references=references,
        type_migration_version=version,
    )


def _data_view(spec: DataView, *, index: str) -> dict[str, Any]:
    formats = {
        field: {
            "id": "static_lookup",
            "params": {"lookupEntries": [{"key": key, "value": label} for key, label in lookup_labels(name).items()]},
        }
        for field, name in spec.values.items()
    }
    return {
        "title": index,  # Kibana's word for the index pattern
        "name": spec.title,
        "timeFieldName": spec.time_field,
        "fieldAttrs": _text({field: {"customLabel": label} for field, label in spec.labels.items()}),
        "fieldFormatMap": _text(formats),
        "sourceFilters": _text([{"value": field} for field in spec.hidden]),
        "fields": "[]",
        "runtimeFieldMap": "{}",
        "typeMeta": "{}",
    }


def _search(spec: Search) -> dict[str, Any]:
    source = {
        "query": {"query": build_kql(spec.where), "language": "kuery"},
        "filter": [],
        "highlightAll": True,
        "version": True,
        "indexRefName": _SEARCH_SOURCE_INDEX,
    }
    return {
        "columns": spec.columns,
        "sort": [[spec.newest_by, "desc"]],
        "grid": {},
        "hideChart": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
    }


def _dashboard(spec: Dashboard, types: Mapping[str, str]) -> dict[str, Any]:
    panels = [
        {
            "version": CORE_VERSION,
            "type": types.get(place.show, ""),
            "panelIndex": str(number),
            "panelRefName": f"panel_{number}",
            "gridData": {"x": place.x, "y": place.y, "w": place.w, "h": place.h, "i": str(number)},
            "embeddableConfig": {"enhancements": {}},
        }
        for number, place in enumerate(spec.places, start=1)
    ]
    options = {"useMargins": True, "syncColors": True, "syncCursor": True, "syncTooltips": False}
    return {
        "panelsJSON": _text(panels),
        "optionsJSON": _text(options | {"hidePanelTitles": False}),
        "timeRestore": True,
        "timeFrom": spec.since,
        "timeTo": spec.until,
        "refreshInterval": {"pause": True, "value": 60_000},
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": _text({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }


def _shown(spec: Dashboard, types: Mapping[str, str]) -> Iterator[Reference]:
    for number, place in enumerate(spec.places, start=1):
        yield Reference(f"{number}:panel_{number}", types.get(place.show, ""), place.show)


def _text(value: object) -> str:
    """Kibana keeps these parts as JSON within JSON."""
    return msgspec.json.encode(value).decode()
