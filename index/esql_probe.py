"""Whether a server knows ES|QL, and what it says of a query: the core modules alone do not know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from index.elastic import open_client
from index.elastic_errors import server_address, translated_errors
from sidak.settings import ElasticsearchSettings

_UNKNOWN = ("no handler found", "Incorrect HTTP method")
"""What a server says of an address that it has nothing for; the second where it takes `_query` for an index's name."""
_REFUSED = frozenset({400, 404, 405})


class EsqlProbe:
    """Asks one server. Errors are those of the engine: RetryError, StopError."""

    def __init__(self, client: Elasticsearch, *, address: str) -> None:
        self._client = client
        self._address = address

    def is_there(self) -> bool:
        """Whether the server answers ES|QL at all."""
        reason = self.refusal("ROW ada = 1")
        return reason is None or not any(words in reason for words in _UNKNOWN)

    def refusal(self, query: str) -> str | None:
        """Run a query; return the server's reason where it refuses the query itself, None where it answers."""
        with translated_errors(self._address):
            try:
                self._client.esql.query(query=query)
            except ApiError as exc:
                if exc.status_code not in _REFUSED:
                    raise
                return _reason(exc)
        return None


@contextmanager
def open_esql_probe(settings: ElasticsearchSettings) -> Iterator[EsqlProbe]:
    """Open a probe of the server that the settings name; raises UsageError where they make no sense."""
    with open_client(settings) as client:
        yield EsqlProbe(client, address=server_address(settings.url))


def _reason(error: ApiError) -> str:
    body: Any = error.body
    said = body.get("error") if isinstance(body, dict) else body
    reason = said.get("reason") if isinstance(said, dict) else said
    return str(reason)[:300]
