"""A map as Kibana's Maps stores it: a point for each region, joined with the count of its reports by the region's code.

The points come from an index of our own (index/area_points.py), so nothing is loaded from Elastic's map service; a
deployment that may use a base map adds it in Kibana.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.kibana.conditions import build_kql
from dashboards.kibana.requests import MOST_REGIONS
from dashboards.kibana.specs import COUNT, RegionMap

JOIN = "laporan-per-wilayah"
POINTS_REFERENCE, REPORTS_REFERENCE = "layer_0_source_index_pattern", "layer_0_join_0_index_pattern"
_COUNTED: Mapping[str, Any] = {"name": f"__kbnjoin__count__{JOIN}", "origin": "join"}
_SPREAD: Mapping[str, Any] = {"isEnabled": True, "sigma": 3}
_CENTRE: Mapping[str, float] = {"lat": -2.5, "lon": 118.0}
"""The middle of Indonesia."""


def build_layers(view: RegionMap) -> list[dict[str, Any]]:
    """Return the one layer of a map."""
    level = view.by.removeprefix("area_")
    join = {
        "type": "ES_TERM_SOURCE", "id": JOIN, "indexPatternRefName": REPORTS_REFERENCE,
        "term": view.by, "size": MOST_REGIONS,
        "metrics": [{"type": "count", "label": COUNT.label}],
        "whereQuery": {"language": "kuery", "query": build_kql(view.where)},
        "applyGlobalQuery": True, "applyGlobalTime": True, "applyForceRefresh": True,
    }  # fmt: skip
    source = {
        "type": "ES_SEARCH", "id": f"titik-{level}", "indexPatternRefName": POINTS_REFERENCE,
        "geoField": "location", "scalingType": "LIMIT", "filterByMapBounds": False,
        "tooltipProperties": ["name", "code"],
        "applyGlobalQuery": False, "applyGlobalTime": False, "applyForceRefresh": False,
    }  # fmt: skip
    layer = {
        "id": f"wilayah-{level}", "type": "GEOJSON_VECTOR", "label": view.title, "visible": True,
        "alpha": 0.75, "minZoom": 0, "maxZoom": 24, "includeInFitToBounds": True,
        "query": {"language": "kuery", "query": f"level: {level}"},
        "sourceDescriptor": source,
        "joins": [{"leftField": "code", "right": join}],
        "style": {"type": "VECTOR", "isTimeAware": True, "properties": _style()},
    }  # fmt: skip
    return [layer]


def map_state(*, since: str) -> dict[str, Any]:
    """Return where a map looks when it is opened by itself."""
    return {
        "zoom": 4, "center": _CENTRE, "timeFilters": {"from": since, "to": "now"},
        "refreshConfig": {"isPaused": True, "interval": 60_000},
        "query": {"query": "", "language": "kuery"}, "filters": [],
        "settings": {"autoFitToDataBounds": True},
    }  # fmt: skip


def _style() -> dict[str, Any]:
    return {
        "icon": {"type": "STATIC", "options": {"value": "circle"}},
        "fillColor": {"type": "DYNAMIC", "options": {
            "field": _COUNTED, "color": "Yellow to Red", "type": "ORDINAL", "fieldMetaOptions": _SPREAD,
        }},
        "iconSize": {"type": "DYNAMIC", "options": {
            "field": _COUNTED, "minSize": 6, "maxSize": 32, "fieldMetaOptions": _SPREAD,
        }},
        "lineColor": {"type": "STATIC", "options": {"color": "#41474d"}},
        "lineWidth": {"type": "STATIC", "options": {"size": 1}},
        "labelText": {"type": "DYNAMIC", "options": {"field": {"name": "name", "origin": "source"}}},
        "labelSize": {"type": "STATIC", "options": {"size": 12}},
        "symbolizeAs": {"options": {"value": "circle"}},
    }  # fmt: skip
