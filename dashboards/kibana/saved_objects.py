"""Views as Kibana's saved objects: the form that its import takes and its export gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dashboards.kibana.conditions import build_kql
from dashboards.kibana.dashboard import as_text, build_dashboard, dashboard_references
from dashboards.kibana.lens import LAYER, build_lens_state
from dashboards.kibana.lookups import lookup_labels
from dashboards.kibana.maps import POINTS_REFERENCE, REPORTS_REFERENCE, build_layers, map_state
from dashboards.kibana.reference import Reference
from dashboards.kibana.specs import Dashboard, DataView, EsqlSearch, Panel, RegionMap, Search, Spec
from sidak.errors import StopError

CORE_VERSION = "8.8.0"
"""The form of the objects themselves: Kibana 8.8 and newer, 9 included, migrate from it."""
OLDEST_KIBANA = "8.12"
"""The oldest that knows ES|QL in Discover; the other views need 8.9."""
ORIGIN = "Per kapan, versi sistem, dan cakupan: lihat panel “Asal data” pada dasbor yang sama."
"""What every figure says of itself; a dashboard without those panels does not pass the check."""
MAP_SINCE = "now-90d/d"
_SEARCH_SOURCE_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
_VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "lens": "8.9.0", "map": "8.4.0", "dashboard": "8.9.0"}


class IndexNames(msgspec.Struct, frozen=True, kw_only=True):
    """What the views are over."""

    reports: str
    areas: str


class SavedObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One object; `type_migration_version` is the version of Kibana that its attributes are written for."""

    type: str
    id: str
    attributes: dict[str, Any]
    references: tuple[Reference, ...]
    core_migration_version: str = CORE_VERSION
    type_migration_version: str


def build_objects(specs: Sequence[Spec], *, names: IndexNames) -> tuple[SavedObject, ...]:
    """Return the saved objects over these indices or aliases; the same specs give the same bytes.

    Raises StopError where there is not exactly one data view of each index, or two views share an id.
    """
    views: dict[str, DataView] = {spec.over: spec for spec in specs if isinstance(spec, DataView)}
    if len(views) != 2 or sum(isinstance(spec, DataView) for spec in specs) != 2:
        raise StopError("dashboards/kibana/objects: there must be one data_view over reports and one over areas")
    ids = [spec.id for spec in specs]
    doubled = sorted({id for id in ids if ids.count(id) > 1})
    if doubled:
        raise StopError(f"dashboards/kibana/objects: {doubled[0]}: two files have this id")
    types = {spec.id: TYPES[type(spec)] for spec in specs}
    return tuple(_build(spec, views=views, types=types, names=names) for spec in specs)


def encode_objects(objects: Sequence[SavedObject]) -> bytes:
    """Return one JSON object a line, the form of Kibana's exports."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in objects)


TYPES: Mapping[type, str] = {
    DataView: "index-pattern", Search: "search", EsqlSearch: "search", Panel: "lens", RegionMap: "map",
    Dashboard: "dashboard",
}  # fmt: skip


def _build(spec: Spec, *, views: Mapping[str, DataView], types: Mapping[str, str], names: IndexNames) -> SavedObject:
    reports, areas = views["reports"], views["areas"]
    attributes, references = _parts(spec, reports=reports, areas=areas, types=types, names=names)
    said = {} if isinstance(spec, DataView) else {"title": spec.title, "description": describe(spec)}
    type_ = TYPES[type(spec)]
    return SavedObject(
        type=type_,
        id=spec.id,
        attributes=said | attributes,
        references=tuple(references),
        type_migration_version=_VERSIONS[type_],
    )


def _parts(
    spec: Spec, *, reports: DataView, areas: DataView, types: Mapping[str, str], names: IndexNames
) -> tuple[dict[str, Any], list[Reference]]:
    def to(view: DataView, name: str) -> Reference:
        return Reference(name, TYPES[DataView], view.id)

    match spec:
        case DataView():
            return _data_view(spec, index=names.reports if spec is reports else names.areas), []
        case Search():
            return _search(spec), [to(reports, _SEARCH_SOURCE_INDEX)]
        case EsqlSearch():
            return _esql(spec, index=names.reports, time_field=reports.time_field), []
        case Panel():
            return build_lens_state(spec, labels=reports.labels), [
                to(reports, f"indexpattern-datasource-layer-{LAYER}")
            ]
        case RegionMap():
            return _map(spec), [to(areas, POINTS_REFERENCE), to(reports, REPORTS_REFERENCE)]
        case Dashboard():
            attributes = build_dashboard(spec, types=types, labels=reports.labels, version=CORE_VERSION)
            return attributes, list(dashboard_references(spec, types=types, view=reports.id))


def describe(spec: Spec) -> str:
    """Return what a view says of itself: a figure also says where its date, version and coverage stand."""
    if isinstance(spec, (Panel, RegionMap)):
        return f"{spec.description} {ORIGIN}".strip()
    return spec.description


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
        **({"timeFieldName": spec.time_field} if spec.time_field else {}),
        "fieldAttrs": as_text({field: {"customLabel": label} for field, label in spec.labels.items()}),
        "fieldFormatMap": as_text(formats),
        "sourceFilters": as_text([{"value": field} for field in spec.hidden]),
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
    return _table(columns=spec.columns, sort=[[spec.largest_by, "desc"]], source=source)


def _esql(spec: EsqlSearch, *, index: str, time_field: str | None) -> dict[str, Any]:
    ad_hoc: dict[str, Any] = {
        "id": f"{spec.id}-indeks", "title": index, "name": index, "timeFieldName": time_field, "type": "esql",
        "sourceFilters": [], "fieldFormats": {}, "runtimeFieldMap": {}, "allowNoIndex": False, "allowHidden": False,
    }  # fmt: skip
    source = {"query": {"esql": spec.query.replace("{index}", index).strip()}, "index": ad_hoc, "filter": []}
    return _table(columns=[], sort=[], source=source) | {"isTextBasedQuery": True, "usesAdHocDataView": True}


def _table(*, columns: list[str], sort: list[list[str]], source: dict[str, Any]) -> dict[str, Any]:
    return {
        "columns": columns,
        "sort": sort,
        "grid": {},
        "hideChart": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": as_text(source)},
    }


def _map(spec: RegionMap) -> dict[str, Any]:
    return {
        "layerListJSON": as_text(build_layers(spec)),
        "mapStateJSON": as_text(map_state(since=MAP_SINCE)),
        "uiStateJSON": as_text({"isLayerTOCOpen": False, "openTOCDetails": []}),
    }
