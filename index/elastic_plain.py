"""Plain BM25 on Elasticsearch over raw texts, the yardstick of our own search: an index of its own, removed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from index.elastic import open_client
from index.elastic_errors import server_address, translated_errors
from index.judged.corpus import Entry
from index.judged.plain import TOP, Search
from sidak.settings import ElasticsearchSettings


class _Hit(msgspec.Struct, frozen=True, rename={"id": "_id"}):
    id: str


class _Hits(msgspec.Struct, frozen=True):
    hits: list[_Hit]


class _Answer(msgspec.Struct, frozen=True):
    hits: _Hits


@contextmanager
def open_plain_elastic(settings: ElasticsearchSettings, entries: Sequence[Entry]) -> Iterator[Search]:
    """Yield a `match` query with the standard analyzer over the raw texts."""
    name = f"{settings.prefix}-plain-{uuid4().hex[:12]}"
    with open_client(settings) as client, translated_errors(server_address(settings.url)):
        properties = {"text": {"type": "text", "analyzer": "standard"}}
        client.indices.create(
            index=name, settings={"number_of_shards": 1, "number_of_replicas": 0}, mappings={"properties": properties}
        )
        try:
            _fill(client, name, entries)

            def search(query: str) -> list[str]:
                answer = client.search(index=name, query={"match": {"text": query}}, size=TOP, source=False)
                return [hit.id for hit in msgspec.convert(answer.body, _Answer).hits.hits]

            yield search
        finally:
            client.indices.delete(index=name, ignore_unavailable=True)


def _fill(client: Elasticsearch, name: str, entries: Sequence[Entry]) -> None:
    bulk(client, ({"_index": name, "_id": entry.key, "text": entry.text} for entry in entries), refresh="wait_for")


def remove_indices(settings: ElasticsearchSettings) -> None:
    """Remove every index of a prefix that was made for measuring."""
    with open_client(settings) as client, translated_errors(server_address(settings.url)):
        for name in client.indices.get(index=f"{settings.prefix}-*", expand_wildcards="all").body:
            client.indices.delete(index=name, ignore_unavailable=True)
