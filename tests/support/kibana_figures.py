"""A panel's figures computed a second way: from the reports in the archive and the ledger, in plain Python.

Nothing of the index or of the panels' requests is used here, only what a panel's file says.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dashboards.kibana.specs import Bounds, Condition, Measure, Panel, RegionMap, Search, Where
from sidak.app.house import House
from sidak.models import Outcome, Report, Tombstone

JAKARTA = ZoneInfo("Asia/Jakarta")
Record = Mapping[str, Any]
Figures = dict[tuple[Any, ...], tuple[float | None, ...]]
"""Group (by, then by, time) to its measures."""


def read_records(house: House) -> list[Record]:
    """Return the newest reading of every post that is a report or doubtful, by the names that panels use."""
    newest: dict[str, Report] = {}
    for name in house.archive.names("reports"):
        stream = house.archive.stream(name)
        for entry in stream.segments():
            for line in stream.read(entry):
                outcome = msgspec.json.decode(line, type=Outcome | Tombstone)
                if isinstance(outcome, Report):
                    newest[outcome.id] = outcome
    states = house.ledger.triage_of(newest)
    return [_record(report, state=states[id].state) for id, report in newest.items()]


def _record(report: Report, *, state: str) -> Record:
    area = report.location.area
    parts = area.code.split(".") if area else []
    levels = ("provinsi", "kabkota", "kecamatan", "kelurahan")
    codes = {f"area_{level}": ".".join(parts[: at + 1]) if len(parts) > at else None for at, level in enumerate(levels)}
    return codes | {
        "restricted": report.restricted,
        "is_report": report.relevance.is_report,
        "review": report.relevance.is_report is None,
        "report_probability": report.relevance.probability,
        "state": state,
        "kind": report.classification.kind,
        "category": report.classification.category,
        "category_probability": report.classification.probability,
        "source": report.post.source,
        "lane": report.post.lane,
        "language": report.language.code,
        "model": report.model,
        "area_code": area.code if area else None,
        "area_level": area.level if area else None,
        "offices": {office.name for office in report.entities.offices},
        "personal_data": {item.type for item in report.redaction.personal_data},
        "warnings": set(report.post.warnings),
        "urgency": report.urgency.score,
        "created_at": report.post.created_at,
        "collected_at": report.post.collected_at,
        "analyzed_at": report.analyzed_at,
        "id": report.id,
    }


def compute(view: Panel | RegionMap | Search, records: Iterable[Record], *, now: datetime, days: int) -> Figures:
    """Return what a view must show of the posts of so many whole days (UTC) before now."""
    begin = datetime.combine((now - timedelta(days=days)).date(), datetime.min.time(), UTC)
    chosen = [each for each in records if begin <= each["created_at"] <= now and _fits(each, view.where)]
    match view:
        case Search():
            return {("total",): (float(len(chosen)),)}
        case RegionMap():
            return {(code,): (float(count),) for code, count in Counter(_values(chosen, view.by)).items()}
        case Panel():
            return dict(_panel(view, chosen))


def _panel(panel: Panel, chosen: list[Record]) -> Iterator[tuple[tuple[Any, ...], tuple[float | None, ...]]]:
    groups: dict[tuple[Any, ...], list[Record]] = {(): chosen}
    for field in (panel.by, panel.then_by):
        if field is not None:
            groups = _split(groups, field, top=panel.top, first=panel.measures[0])
    if panel.over_time is not None:
        apart: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
        for key, members in groups.items():
            for each in members:
                apart[(*key, _begin(each[panel.over_time], panel.every))].append(each)
        groups = apart
    extra = (Measure(take="max", of="analyzed_at", label="per"),) if panel.chart == "number" else ()
    for key, members in groups.items():
        yield key, tuple(_measure(measure, members) for measure in (*panel.measures, *extra))


def _split(
    groups: Mapping[tuple[Any, ...], list[Record]], field: str, *, top: int, first: Measure
) -> dict[tuple[Any, ...], list[Record]]:
    result: dict[tuple[Any, ...], list[Record]] = {}
    for key, members in groups.items():
        by_value: dict[Any, list[Record]] = defaultdict(list)
        for each in members:
            for value in _values([each], field):
                by_value[value].append(each)
        largest = sorted(by_value.items(), key=lambda item: (-(_measure(first, item[1]) or 0), item[0]))
        result |= {(*key, value): found for value, found in largest[:top]}
    return result


def _measure(measure: Measure, members: list[Record]) -> float | None:
    if measure.take == "count":
        return float(len(members))
    values = [_number(value) for value in _values(members, measure.of or "")]
    if measure.take == "unique":
        return float(len(set(values)))
    if not values:
        return None
    reduce: Callable[[list[Any]], float] = {"max": max, "min": min, "average": _average}[measure.take]
    return reduce(values)


def _average(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _number(value: Any) -> Any:
    return value.timestamp() * 1_000 if isinstance(value, datetime) else value


def _values(records: Iterable[Record], field: str) -> list[Any]:
    found: list[Any] = []
    for each in records:
        value = each[field]
        found += sorted(value) if isinstance(value, set) else [] if value is None else [value]
    return [str(value).lower() if isinstance(value, bool) else value for value in found]


def _begin(moment: datetime, every: str) -> str:
    day = moment.astimezone(JAKARTA).date()
    first = {"1d": day, "1w": day - timedelta(days=day.weekday()), "1M": day.replace(day=1)}[every]
    return first.isoformat()


def _fits(record: Record, where: Where) -> bool:
    return all(_holds(record[field], condition) for field, condition in where.items())


def _holds(value: Any, condition: Condition) -> bool:
    match condition:
        case Bounds():
            present = bool(value) or value == 0
            return (
                (condition.known is None or present == condition.known)
                and (condition.at_least is None or value >= condition.at_least)
                and (condition.below is None or value < condition.below)
            )
        case list():
            return value in condition
        case _:
            return bool(value == condition)


def read_answer(view: Panel | RegionMap | Search, body: Mapping[str, Any]) -> Figures:
    """Return what the server's answer to a view says, in the same form."""
    total = float(body["hits"]["total"]["value"])
    if isinstance(view, Search):
        return {("total",): (total,)}
    if isinstance(view, RegionMap):
        buckets = body["aggregations"]["nilai"]["buckets"]
        return {(bucket["key"],): (float(bucket["doc_count"]),) for bucket in buckets}
    root = {"doc_count": total, **body.get("aggregations", {})}
    return dict(_walk(view, root, key=()))


def _walk(view: Panel, bucket: Mapping[str, Any], *, key: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for level in ("nilai", "nilai2", "waktu"):
        if level in bucket:
            for each in bucket[level]["buckets"]:
                name = each.get("key_as_string", each["key"])
                if level == "waktu":
                    name = datetime.fromtimestamp(each["key"] / 1_000, JAKARTA).date().isoformat()
                yield from _walk(view, each, key=(*key, name))
            return
    if not bucket["doc_count"] and view.over_time is not None:
        return
    names = [f"ukur{number}" for number in range(len(view.measures))] + (["per"] if view.chart == "number" else [])
    yield key, tuple(bucket[name]["value"] if name in bucket else float(bucket["doc_count"]) for name in names)
