"""The search behind a panel: what Lens and Maps ask of the index, so that it can be tried and compared."""

from __future__ import annotations

from typing import Any

from dashboards.kibana.conditions import build_clauses
from dashboards.kibana.specs import Measure, Panel, RegionMap, Search, Where
from index.derived import TIMEZONE

TIME, SPLIT, SECOND, AS_OF = "waktu", "nilai", "nilai2", "per"
MOST_REGIONS = 1_000
"""More than there are regencies and cities."""
AS_OF_FIELD = "analyzed_at"
"""How fresh a number is: when the newest of its reports was read."""
AGGREGATIONS = {"unique": "cardinality", "max": "max", "min": "min", "average": "avg"}


def build_request(panel: Panel, *, time_field: str, since: str) -> dict[str, Any]:
    """Return the search of a panel over a dashboard's span of time."""
    aggregations = {name: each for name, each in measure_aggregations(panel).items() if each}
    if panel.over_time is not None:
        # Kibana takes the browser's zone, unless its advanced setting `dateFormat:tz` says this one.
        histogram = {"field": panel.over_time, "calendar_interval": panel.every, "time_zone": TIMEZONE}
        aggregations = {TIME: _with_inner({"date_histogram": histogram}, aggregations)}
    # The check sees to it that groups within groups are ordered by their count.
    largest = "_count" if panel.measures[0].take == "count" else "ukur0"
    for name, field in ((SECOND, panel.then_by), (SPLIT, panel.by)):
        if field is not None:
            terms = {"field": field, "size": panel.top, "order": [{largest: "desc"}, {"_key": "asc"}]}
            aggregations = {name: _with_inner({"terms": terms}, aggregations)}
    return _body(panel.where, aggregations, time_field=time_field, since=since)


def build_map_request(view: RegionMap, *, time_field: str, since: str) -> dict[str, Any]:
    """Return the search of a map: the count of each region that has reports."""
    regions = {"terms": {"field": view.by, "size": MOST_REGIONS, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
    return _body(view.where, {SPLIT: regions}, time_field=time_field, since=since)


def build_search_request(view: Search, *, time_field: str, since: str, size: int = 10) -> dict[str, Any]:
    """Return the search of a table: its rows in order, and how many there are."""
    body = _body(view.where, {}, time_field=time_field, since=since)
    return body | {"size": size, "sort": [{view.largest_by: "desc"}], "_source": view.columns}


def measure_aggregations(panel: Panel) -> dict[str, dict[str, Any]]:
    """Return name and aggregation of each measure; that of a count is empty, since every group has its count."""
    found = {f"ukur{number}": _measure(measure) for number, measure in enumerate(panel.measures)}
    return found | ({AS_OF: {"max": {"field": AS_OF_FIELD}}} if panel.chart == "number" else {})


def _measure(measure: Measure) -> dict[str, Any]:
    return {} if measure.take == "count" else {AGGREGATIONS[measure.take]: {"field": measure.of}}


def _with_inner(outer: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    return {**outer, "aggs": inner} if inner else outer


def _body(where: Where, aggregations: dict[str, Any], *, time_field: str, since: str) -> dict[str, Any]:
    span = {"range": {time_field: {"gte": since, "lte": "now"}}}
    query = {"bool": {"filter": [*build_clauses(where), span]}}
    body = {"size": 0, "track_total_hits": True, "query": query}
    return {**body, "aggs": aggregations} if aggregations else body
