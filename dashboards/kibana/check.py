"""Checks the views before analysts see them: fields, references, the wall, addresses; on a server each search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dashboards.kibana.esql import find_faults
from dashboards.kibana.fields import Misfit, find_misfits
from dashboards.kibana.requests import build_map_request, build_request, build_search_request
from dashboards.kibana.saved_objects import SavedObject, encode_objects
from dashboards.kibana.specs import Dashboard, DataView, EsqlSearch, Panel, RegionMap, Search, Spec
from index.area_points import mapped_area_capabilities
from index.elastic_probe import Capability, Probe, mapped_capabilities

LONGEST_SPAN = "now-90d/d"
"""What a view that stands on no dashboard is tried with."""
ORIGIN_PANELS = ("sidak-asal-waktu", "sidak-asal-versi", "sidak-asal-cakupan")
"""As of when, from which version, over which coverage: without them a dashboard's figures are worth nothing."""
_ADDRESS = re.compile(rb"(?:[a-z]+:)?//[^\s\"\\]+", re.IGNORECASE)


def check_specs(specs: Sequence[Spec], objects: Sequence[SavedObject]) -> tuple[Misfit, ...]:
    """Return what is wrong with the views by the mapping in the repository; no server is asked."""
    found = list(_check_fields(specs, mapped_capabilities(), where="the mapping"))
    for spec in specs:
        found += _check_wall(spec)
        found += _check_order(spec)
        found += _check_origin(spec)
    for each in objects:
        found += _check_references(each, objects)
        found += _check_addresses(each)
    return tuple(found)


def check_on_server(specs: Sequence[Spec], probe: Probe) -> tuple[Misfit, ...]:
    """Return what is wrong with the views by the real index: its fields, and the search behind each view.

    Raises RetryError or StopError where the server cannot be asked.
    """
    found = list(_check_fields(specs, probe.capabilities(), where="the index on the server"))
    for spec, request in list_requests(specs):
        refusal = probe.refusal(request)
        if refusal is not None:
            field = getattr(spec, "by", None) or getattr(spec, "over_time", None) or "query"
            found.append(Misfit(spec.id, field, f"the server refuses: {refusal}"))
    return tuple(found)


def list_requests(specs: Sequence[Spec]) -> Iterator[tuple[Panel | RegionMap | Search, dict[str, object]]]:
    """Yield each view that asks the index, and what it asks over the span of its dashboard."""
    time_field = next(spec.time_field for spec in specs if isinstance(spec, DataView) and spec.time_field)
    spans = {place.show: spec.since for spec in specs if isinstance(spec, Dashboard) for place in spec.places}
    for spec in specs:
        since = spans.get(spec.id, LONGEST_SPAN)
        match spec:
            case Panel():
                yield spec, build_request(spec, time_field=time_field, since=since)
            case RegionMap():
                yield spec, build_map_request(spec, time_field=time_field, since=since)
            case Search():
                yield spec, build_search_request(spec, time_field=time_field, since=since)
            case _:
                pass


def _check_fields(specs: Sequence[Spec], capabilities: Mapping[str, Capability], *, where: str) -> Iterator[Misfit]:
    for spec in specs:
        if isinstance(spec, DataView) and spec.over == "areas":
            yield from find_misfits(spec, mapped_area_capabilities(), where="the index of regions")
        elif isinstance(spec, EsqlSearch):
            yield from (Misfit(spec.id, "query", fault) for fault in find_faults(spec.query, capabilities))
        else:
            yield from find_misfits(spec, capabilities, where=where)


def _check_wall(spec: Spec) -> Iterator[Misfit]:
    """Analysts may not read, search or count what is berkadar pengawasan."""
    if isinstance(spec, (Search, Panel, RegionMap)) and spec.where.get("restricted") is not False:
        yield Misfit(spec.id, "restricted", "the view must say `restricted = false` under [where]")


def _check_order(spec: Spec) -> Iterator[Misfit]:
    """Groups within groups can be ordered by their count only; a chart draws one measure."""
    if not isinstance(spec, Panel):
        return
    nested = spec.then_by is not None or (spec.by is not None and spec.over_time is not None)
    if nested and spec.measures[0].take != "count":
        yield Misfit(spec.id, "measures", "groups within groups are ordered by count: let it come first")
    if spec.chart != "table" and len(spec.measures) > 1:
        yield Misfit(spec.id, "measures", f"a {spec.chart} shows one measure")
    if spec.then_by is not None and spec.by is None:
        yield Misfit(spec.id, "then_by", "there is no `by` before it")
    for measure in spec.measures:
        if (measure.of is None) != (measure.take == "count"):
            yield Misfit(spec.id, "measures", f"{measure.take}: `of` names the field of all but a count")


def _check_origin(spec: Spec) -> Iterator[Misfit]:
    if isinstance(spec, Dashboard):
        shown = {place.show for place in spec.places}
        yield from (Misfit(spec.id, "places", f"does not show {id}") for id in ORIGIN_PANELS if id not in shown)


def _check_references(each: SavedObject, objects: Sequence[SavedObject]) -> Iterator[Misfit]:
    known = {(other.type, other.id) for other in objects}
    for reference in each.references:
        if (reference.type, reference.id) not in known:
            yield Misfit(each.id, reference.name, f"refers to {reference.id}, which no file defines")


def _check_addresses(each: SavedObject) -> Iterator[Misfit]:
    address = _ADDRESS.search(encode_objects([each]))
    if address is not None:
        shown = address.group().decode(errors="replace")[:80]
        yield Misfit(each.id, "attributes", f"holds an address ({shown}); views load nothing from elsewhere")
