"""What the real server says of fields and requests: asked before an analyst sees an empty chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, RequestError

from index.elastic import open_client
from index.elastic_errors import server_address, translated_errors
from index.elastic_templates import report_template
from sidak.settings import ElasticsearchSettings


class Capability(msgspec.Struct, frozen=True):
    """What an index can do with a field."""

    type: str
    searchable: bool
    aggregatable: bool


class _Fields(msgspec.Struct, frozen=True):
    fields: dict[str, dict[str, Capability]]


def read_alias(settings: ElasticsearchSettings) -> str:
    """Return the alias that readers of the reports use."""
    return f"{settings.prefix}-reports"


def mapped_capabilities() -> dict[str, Capability]:
    """Return what the mapping of a report index promises of each field, without asking a server."""
    return dict(_mapped(report_template()["mappings"]["properties"], prefix=""))


class Probe:
    """Asks one server about one index or alias. Errors are those of the engine: RetryError, StopError."""

    def __init__(self, client: Elasticsearch, *, address: str, index: str) -> None:
        self._client = client
        self._address = address
        self._index = index

    def capabilities(self) -> dict[str, Capability]:
        """Return what the server says of each field; where indices behind an alias differ, each must be able."""
        with translated_errors(self._address):
            answer = self._client.field_caps(index=self._index, fields="*", filters="-metadata")
            fields = msgspec.convert(answer.body, _Fields).fields
        return {name: _common(tuple(by_type.values())) for name, by_type in fields.items()}

    def refusal(self, request: Mapping[str, Any]) -> str | None:
        """Run a search; return the server's reason where it refuses the request itself, None where it answers."""
        with translated_errors(self._address):
            try:
                self._client.search(index=self._index, allow_partial_search_results=False, **request)
            except RequestError as exc:
                return f"{exc.error}: {_root_reason(exc.body)}"
        return None


@contextmanager
def open_probe(settings: ElasticsearchSettings, *, index: str) -> Iterator[Probe]:
    """Open a probe of the server that the settings name; raises UsageError where they make no sense."""
    with open_client(settings) as client:
        yield Probe(client, address=server_address(settings.url), index=index)


def _mapped(properties: Mapping[str, Any], *, prefix: str) -> Iterator[tuple[str, Capability]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from _mapped(field["properties"], prefix=f"{prefix}{name}.")
        elif field.get("enabled", True):
            indexed, columnar = field.get("index", True), field.get("doc_values", field["type"] != "text")
            yield prefix + name, Capability(type=field["type"], searchable=indexed, aggregatable=columnar)


def _common(capabilities: tuple[Capability, ...]) -> Capability:
    types = sorted({each.type for each in capabilities})
    return Capability(
        type=types[0] if len(types) == 1 else "conflict",
        searchable=all(each.searchable for each in capabilities),
        aggregatable=all(each.aggregatable for each in capabilities),
    )


def _root_reason(body: object) -> str:
    """Return the reason closest to the fault: the outer one often says only that all shards failed."""
    error = body.get("error") if isinstance(body, dict) else None
    causes = error.get("root_cause") if isinstance(error, dict) else None
    first = causes[0] if isinstance(causes, list) and causes else error
    reason = first.get("reason") if isinstance(first, dict) else None
    return str(reason)[:300] if reason else "no reason given"
