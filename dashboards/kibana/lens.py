"""A panel as Kibana's Lens stores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.kibana.conditions import build_kql
from dashboards.kibana.requests import AS_OF, AS_OF_FIELD, SECOND, SPLIT, TIME
from dashboards.kibana.specs import Measure, Panel

LAYER = "laporan"
AS_OF_LABEL = "Dibaca terakhir"
_TYPES = {"number": "lnsMetric", "donut": "lnsPie", "table": "lnsDatatable"}
_OPERATIONS = {"unique": "unique_count", "max": "max", "min": "min", "average": "average"}
_DATES = ("created_at", "collected_at", "analyzed_at", "edited_at", "state_at")


def build_lens_state(panel: Panel, *, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes that differ between charts: type and state."""
    columns = build_columns(panel, labels=labels)
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}}
    return {
        "visualizationType": _TYPES.get(panel.chart, "lnsXY"),
        "state": {
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": _visualization(panel, columns),
            "query": {"query": build_kql(panel.where), "language": "kuery"},
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }


def build_columns(panel: Panel, *, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of the one layer, groups before measures."""
    columns: dict[str, Any] = {}
    for name, field in ((SPLIT, panel.by), (SECOND, panel.then_by)):
        if field is not None:
            columns[name] = _split_column(panel, field, label=labels.get(field, field))
    if panel.over_time is not None:
        columns[TIME] = _time_column(panel, label=labels.get(panel.over_time, panel.over_time))
    for number, measure in enumerate(panel.measures):
        label = panel.title if panel.chart == "number" else measure.label
        columns[f"ukur{number}"] = _measure_column(measure, label=label)
    if panel.chart == "number":
        columns[AS_OF] = _measure_column(Measure(take="max", of=AS_OF_FIELD, label=AS_OF_LABEL), label=AS_OF_LABEL)
    return columns


def _split_column(panel: Panel, field: str, *, label: str) -> dict[str, Any]:
    return {
        "label": label, "customLabel": True, "dataType": "string", "operationType": "terms",
        "sourceField": field, "isBucketed": True, "scale": "ordinal",
        "params": {
            "size": panel.top,
            "orderBy": {"type": "column", "columnId": "ukur0"},
            "orderDirection": "desc",
            "otherBucket": False,  # the title says that these are the largest
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
        },
    }  # fmt: skip


def _time_column(panel: Panel, *, label: str) -> dict[str, Any]:
    return {
        "label": label, "customLabel": True, "dataType": "date", "operationType": "date_histogram",
        "sourceField": panel.over_time, "isBucketed": True, "scale": "interval",
        "params": {"interval": panel.every, "includeEmptyRows": True, "dropPartials": False},
    }  # fmt: skip


def _measure_column(measure: Measure, *, label: str) -> dict[str, Any]:
    common = {"label": label, "customLabel": True, "isBucketed": False, "scale": "ratio"}
    if measure.take == "count":
        return common | {
            "dataType": "number", "operationType": "count", "sourceField": "___records___",
            "params": {"emptyAsNull": False},
        }  # fmt: skip
    return common | {
        "dataType": "date" if measure.of in _DATES and measure.take in {"max", "min"} else "number",
        "operationType": _OPERATIONS[measure.take], "sourceField": measure.of,
        "params": {"emptyAsNull": True},
    }  # fmt: skip


def _visualization(panel: Panel, columns: Mapping[str, Any]) -> dict[str, Any]:
    match panel.chart:
        case "number":
            return {
                "layerId": LAYER, "layerType": "data", "metricAccessor": "ukur0", "secondaryMetricAccessor": AS_OF,
                "secondaryPrefix": AS_OF_LABEL, "subtitle": panel.description,
            }  # fmt: skip
        case "table":
            return {"layerId": LAYER, "layerType": "data", "columns": [{"columnId": name} for name in columns]}
        case "donut":
            slices = {
                "layerId": LAYER, "layerType": "data", "primaryGroups": [SPLIT], "metrics": ["ukur0"],
                "numberDisplay": "value", "categoryDisplay": "default", "legendDisplay": "show",
            }  # fmt: skip
            return {"shape": "donut", "layers": [slices]}
        case _:
            return _bars(panel)


def _bars(panel: Panel) -> dict[str, Any]:
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": panel.chart,
        "accessors": ["ukur0"],
        "xAccessor": TIME if panel.over_time is not None else SPLIT,
    }
    split = SPLIT if panel.over_time is not None and panel.by is not None else SECOND if panel.then_by else None
    if split is not None:
        layer["splitAccessor"] = split
    return {
        "legend": {"isVisible": split is not None, "position": "right"},
        "preferredSeriesType": panel.chart,
        "valueLabels": "show" if split is None else "hide",
        "layers": [layer],
    }
