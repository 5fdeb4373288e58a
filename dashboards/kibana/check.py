"""Checks the views before analysts see them: fields, references, the wall, addresses; on a server each search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dashboards.kibana.fields import Misfit, find_misfits
from dashboards.kibana.lens import build_request
from dashboards.kibana.saved_objects import SavedObject, encode_objects
from dashboards.kibana.specs import Dashboard, DataView, Panel, Search, Spec
from index.elastic_probe import Probe, mapped_capabilities

LONGEST_SPAN = "now-90d/d"
"""What a panel that stands on no dashboard is tried with."""
_ADDRESS = re.compile(rb"(?:[a-z]+:)?//[^\s\"\\]+", re.IGNORECASE)


def check_specs(specs: Sequence[Spec], objects: Sequence[SavedObject]) -> tuple[Misfit, ...]:
    """Return what is wrong with the views by the mapping in the repository; no server is asked."""
    capabilities = mapped_capabilities()
    found: list[Misfit] = []
    for spec in specs:
        found += find_misfits(spec, capabilities, where="the mapping")
        found += _check_wall(spec)
    for each in objects:
        found += _check_references(each, objects)
        found += _check_addresses(each)
    return tuple(found)


def check_on_server(specs: Sequence[Spec], probe: Probe) -> tuple[Misfit, ...]:
    """Return what is wrong with the views by the real index: its fields, and the search behind each panel.

    Raises RetryError or StopError where the server cannot be asked.
    """
    capabilities = probe.capabilities()
    found = [misfit for spec in specs for misfit in find_misfits(spec, capabilities, where="the index on the server")]
    time_field = next(spec.time_field for spec in specs if isinstance(spec, DataView))
    spans = {place.show: spec.since for spec in specs if isinstance(spec, Dashboard) for place in spec.places}
    for spec in specs:
        if isinstance(spec, Panel):
            since = spans.get(spec.id, LONGEST_SPAN)
            refusal = probe.refusal(build_request(spec, time_field=time_field, since=since))
            if refusal is not None:
                found.append(Misfit(spec.id, spec.by or spec.over_time or "query", f"the server refuses: {refusal}"))
    return tuple(found)


def _check_wall(spec: Spec) -> Iterator[Misfit]:
    """Analysts may not read, search or count what is berkadar pengawasan."""
    if isinstance(spec, (Search, Panel)) and spec.where.get("restricted") is not False:
        yield Misfit(spec.id, "restricted", "the view must say `restricted = false` under [where]")


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
