"""Pushes and checks the views of this repository with the settings of a deployment."""

from __future__ import annotations

from dashboards.kibana.check import check_on_server, check_specs
from dashboards.kibana.client import base_url, build_auth, open_client
from dashboards.kibana.fields import Misfit
from dashboards.kibana.push import PushOutcome, push_objects
from dashboards.kibana.saved_objects import build_objects
from dashboards.kibana.specs import read_specs
from index.elastic_probe import open_probe, read_alias
from sidak.errors import StopError
from sidak.settings import Settings


def push_views(settings: Settings) -> PushOutcome:
    """Install the views; raises StopError, before anything is sent, where they do not fit the mapping."""
    specs = read_specs()
    objects = build_objects(specs, index=view_index(settings))
    found = check_specs(specs, objects)
    if found:
        raise StopError(f"nothing was sent, a view would not work: {found[0]}; see `sidak kibana check`")
    with open_client(settings.kibana) as client:
        auth = build_auth(settings.kibana)
        return push_objects(base_url(settings.kibana), auth=auth, objects=objects, client=client)


def check_views(settings: Settings) -> tuple[Misfit, ...]:
    """Return what is wrong with the views; a configured Elasticsearch is asked once the mapping has no objection."""
    specs = read_specs()
    found = check_specs(specs, build_objects(specs, index=view_index(settings)))
    if found or settings.index != "elasticsearch":
        return found
    with open_probe(settings.elasticsearch, index=view_index(settings)) as probe:
        return check_on_server(specs, probe)


def view_index(settings: Settings) -> str:
    """Return the index or alias that the views are over."""
    return settings.kibana.index or read_alias(settings.elasticsearch)
