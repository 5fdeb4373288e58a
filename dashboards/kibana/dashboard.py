"""A dashboard as Kibana stores it: the text on top, the row of choices, and the views by reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dashboards.kibana.reference import Reference
from dashboards.kibana.specs import Dashboard

TEXT_HEIGHT = 5
"""Rows of Kibana's grid that the text on top takes."""
_TEXT = "teks"


def build_dashboard(
    spec: Dashboard, *, types: Mapping[str, str], labels: Mapping[str, str], version: str
) -> dict[str, Any]:
    """Return the attributes; `types` are those of all views by id, `labels` the names of fields."""
    options = {"useMargins": True, "syncColors": True, "syncCursor": True, "syncTooltips": False}
    return {
        "panelsJSON": as_text([_text_panel(spec.text, version=version), *_panels(spec, types, version=version)]),
        "optionsJSON": as_text(options | {"hidePanelTitles": False}),
        "controlGroupInput": {
            "controlStyle": "oneLine",
            "chainingSystem": "HIERARCHICAL",
            "panelsJSON": as_text(
                {field: _control(field, number, labels) for number, field in enumerate(spec.controls)}
            ),
            "ignoreParentSettingsJSON": as_text(
                {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
            ),
        },
        "timeRestore": True,
        "timeFrom": spec.since,
        "timeTo": spec.until,
        "refreshInterval": {"pause": True, "value": 60_000},
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": as_text({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }


def dashboard_references(spec: Dashboard, *, types: Mapping[str, str], view: str) -> Iterator[Reference]:
    """Yield what a dashboard refers to: each view it shows, and the data view behind each choice."""
    for number, place in enumerate(spec.places, start=1):
        yield Reference(f"{number}:panel_{number}", types.get(place.show, ""), place.show)
    for field in spec.controls:
        yield Reference(f"controlGroup_{field}:optionsListDataView", "index-pattern", view)


def as_text(value: object) -> str:
    """Return a value as Kibana keeps it inside another one: JSON within JSON."""
    return msgspec.json.encode(value).decode()


def _panels(spec: Dashboard, types: Mapping[str, str], *, version: str) -> Iterator[dict[str, Any]]:
    for number, place in enumerate(spec.places, start=1):
        yield {
            "version": version,
            "type": types.get(place.show, ""),
            "panelIndex": str(number),
            "panelRefName": f"panel_{number}",
            "gridData": {"x": place.x, "y": place.y + TEXT_HEIGHT, "w": place.w, "h": place.h, "i": str(number)},
            "embeddableConfig": {"enhancements": {}},
        }


def _text_panel(text: str, *, version: str) -> dict[str, Any]:
    saved = {
        "title": "", "description": "", "type": "markdown", "uiState": {},
        "params": {"fontSize": 12, "openLinksInNewTab": False, "markdown": text},
        "data": {"aggs": [], "searchSource": {"query": {"query": "", "language": "kuery"}, "filter": []}},
    }  # fmt: skip
    return {
        "version": version,
        "type": "visualization",
        "panelIndex": _TEXT,
        "gridData": {"x": 0, "y": 0, "w": 48, "h": TEXT_HEIGHT, "i": _TEXT},
        "embeddableConfig": {"savedVis": saved, "hidePanelTitles": True, "enhancements": {}},
    }


def _control(field: str, number: int, labels: Mapping[str, str]) -> dict[str, Any]:
    chosen = {"id": field, "fieldName": field, "title": labels.get(field, field), "enhancements": {}}
    return {"order": number, "width": "medium", "grow": True, "type": "optionsListControl", "explicitInput": chosen}
