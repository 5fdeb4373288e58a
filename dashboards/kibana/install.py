"""Pushes and checks the views of this repository with the settings of a deployment."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dashboards.kibana.check import check_on_server, check_specs
from dashboards.kibana.client import base_url, build_auth, open_client
from dashboards.kibana.fields import Misfit
from dashboards.kibana.push import PushOutcome, push_objects
from dashboards.kibana.saved_objects import IndexNames, build_objects
from dashboards.kibana.specs import EsqlSearch, RegionMap, Spec, read_specs
from index.area_points import area_index, count_area_points, write_area_points
from index.elastic_probe import open_probe, read_alias
from index.esql_probe import open_esql_probe
from sidak.errors import StopError
from sidak.settings import Settings


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the views, and what could not be tried."""

    misfits: tuple[Misfit, ...]
    notes: tuple[str, ...] = ()


def push_views(settings: Settings) -> PushOutcome:
    """Install the views; raises StopError, before anything is sent, where they do not fit the mapping.

    The regions that the maps are joined with are written into Elasticsearch where that is the index in use.
    """
    specs = read_specs()
    objects = build_objects(specs, names=view_names(settings))
    found = check_specs(specs, objects)
    if found:
        raise StopError(f"nothing was sent, a view would not work: {found[0]}; see `sidak kibana check`")
    if settings.index == "elasticsearch":
        write_area_points(settings.elasticsearch)
    with open_client(settings.kibana) as client:
        auth = build_auth(settings.kibana)
        return push_objects(base_url(settings.kibana), auth=auth, objects=objects, client=client)


def check_views(settings: Settings) -> Checked:
    """Return what is wrong with the views; a configured Elasticsearch is asked once the mapping has no objection."""
    specs = read_specs()
    names = view_names(settings)
    found = check_specs(specs, build_objects(specs, names=names))
    if found or settings.index != "elasticsearch":
        return Checked(misfits=found)
    with open_probe(settings.elasticsearch, index=names.reports) as probe:
        found = check_on_server(specs, probe)
    refused, notes = _check_esql(specs, settings)
    return Checked(misfits=(*found, *refused), notes=(*notes, *_check_points(specs, settings)))


def view_names(settings: Settings) -> IndexNames:
    """Return what the views are over: the alias of the open reports, unless analysts read another one."""
    reports = settings.kibana.index or read_alias(settings.elasticsearch)
    return IndexNames(reports=reports, areas=area_index(settings.elasticsearch))


def _check_esql(specs: Sequence[Spec], settings: Settings) -> tuple[list[Misfit], list[str]]:
    examples = [spec for spec in specs if isinstance(spec, EsqlSearch)]
    index = view_names(settings).reports
    with open_esql_probe(settings.elasticsearch) as probe:
        if not probe.is_there():
            return [], [f"this server has no ES|QL: {len(examples)} examples were checked against the mapping only"]
        refusals = [(spec, probe.refusal(spec.query.replace("{index}", index))) for spec in examples]
    return [Misfit(spec.id, "query", f"the server refuses: {why}") for spec, why in refusals if why is not None], []


def _check_points(specs: Sequence[Spec], settings: Settings) -> list[str]:
    if any(isinstance(spec, RegionMap) for spec in specs) and not count_area_points(settings.elasticsearch):
        index = area_index(settings.elasticsearch)
        return [f"{index} is not there yet, and maps are empty without it: `sidak kibana push` writes it"]
    return []
