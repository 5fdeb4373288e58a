"""A panel as Kibana's Lens stores it, and as the search that Lens makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.kibana.specs import Condition, Panel, Where

LAYER = "laporan"
COUNT, TIME, SPLIT = "jumlah", "waktu", "nilai"
COUNT_LABEL = "Jumlah laporan"


def build_kql(where: Where) -> str:
    """Return conditions in Kibana's query language."""
    return " and ".join(f"{field}: {_kql_value(value)}" for field, value in where.items())


def build_request(panel: Panel, *, time_field: str, since: str) -> dict[str, Any]:
    """Return the search body over a dashboard's span of time: the conditions and the split that Lens asks for."""
    aggregations: dict[str, Any] = {}
    if panel.over_time is not None:
        by_day = {"field": panel.over_time, "calendar_interval": "1d", "time_zone": "Asia/Jakarta"}
        aggregations = {TIME: {"date_histogram": by_day}}
    if panel.by is not None:
        largest = {"field": panel.by, "size": panel.top, "order": {"_count": "desc"}}
        inner = {"aggs": aggregations} if aggregations else {}
        aggregations = {SPLIT: {"terms": largest, **inner}}
    span = {"range": {time_field: {"gte": since, "lte": "now"}}}
    query = {"bool": {"filter": [*build_clauses(panel.where), span]}}
    body = {"size": 0, "track_total_hits": True, "query": query}
    return {**body, "aggs": aggregations} if aggregations else body


def build_clauses(where: Where) -> list[dict[str, Any]]:
    """Return conditions as Elasticsearch queries, all of which must hold."""
    return [
        {"terms": {field: value}} if isinstance(value, list) else {"term": {field: value}}
        for field, value in where.items()
    ]


def build_lens_state(panel: Panel, *, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the attributes that differ between charts: type and state."""
    columns = build_columns(panel, labels=labels)
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}}
    return {
        "visualizationType": "lnsMetric" if panel.chart == "number" else "lnsXY",
        "state": {
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": _metric(panel) if panel.chart == "number" else _bars(panel),
            "query": {"query": build_kql(panel.where), "language": "kuery"},
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }


def build_columns(panel: Panel, *, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of the one layer, buckets before the count."""
    columns: dict[str, Any] = {}
    if panel.by is not None:
        columns[SPLIT] = _split_column(panel, label=labels.get(panel.by, panel.by))
    if panel.over_time is not None:
        columns[TIME] = _time_column(panel.over_time, label=labels.get(panel.over_time, panel.over_time))
    columns[COUNT] = {
        "label": panel.title if panel.chart == "number" else COUNT_LABEL, "customLabel": True, "dataType": "number",
        "operationType": "count", "sourceField": "___records___", "isBucketed": False, "scale": "ratio",
        "params": {"emptyAsNull": False},
    }  # fmt: skip
    return columns


def _split_column(panel: Panel, *, label: str) -> dict[str, Any]:
    return {
        "label": label, "customLabel": True, "dataType": "string", "operationType": "terms",
        "sourceField": panel.by, "isBucketed": True, "scale": "ordinal",
        "params": {
            "size": panel.top,
            "orderBy": {"type": "column", "columnId": COUNT},
            "orderDirection": "desc",
            "otherBucket": False,  # the title says that these are the largest
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
        },
    }  # fmt: skip


def _time_column(field: str, *, label: str) -> dict[str, Any]:
    return {
        "label": label, "customLabel": True, "dataType": "date", "operationType": "date_histogram",
        "sourceField": field, "isBucketed": True, "scale": "interval",
        "params": {"interval": "1d", "includeEmptyRows": True, "dropPartials": False},
    }  # fmt: skip


def _metric(panel: Panel) -> dict[str, Any]:
    return {"layerId": LAYER, "layerType": "data", "metricAccessor": COUNT, "subtitle": panel.description}


def _bars(panel: Panel) -> dict[str, Any]:
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": panel.chart,
        "accessors": [COUNT],
        "xAccessor": TIME if panel.over_time is not None else SPLIT,
    }
    if panel.over_time is not None and panel.by is not None:
        layer["splitAccessor"] = SPLIT
    return {
        "legend": {"isVisible": "splitAccessor" in layer, "position": "right"},
        "preferredSeriesType": panel.chart,
        "valueLabels": "show" if "splitAccessor" not in layer else "hide",
        "layers": [layer],
    }


def _kql_value(value: Condition) -> str:
    if isinstance(value, list):
        return f"({' or '.join(value)})"
    return str(value).lower() if isinstance(value, bool) else value
