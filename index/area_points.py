"""The points of provinces, regencies and cities as a small index of their own: what Kibana's maps join reports to.

It holds no reports, only the official codes with names and a point in each (nlp/coordinates.py): everybody may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from index.elastic import open_client
from index.elastic_errors import server_address, translated_errors
from index.elastic_probe import Capability
from nlp.areas import all_areas, area_name, level_of
from nlp.coordinates import locate_area
from sidak.errors import StopError
from sidak.settings import ElasticsearchSettings

MAPPING: Mapping[str, Any] = {
    "dynamic": "strict",
    "properties": {
        "code": {"type": "keyword"},
        "level": {"type": "keyword"},
        "name": {"type": "keyword"},
        "location": {"type": "geo_point"},
    },
}
LEVELS = frozenset({"provinsi", "kabkota"})


class _Bulk(msgspec.Struct, frozen=True):
    errors: bool


class _Count(msgspec.Struct, frozen=True):
    count: int


def area_index(settings: ElasticsearchSettings) -> str:
    """Return the name of the index of regions."""
    return f"{settings.prefix}-areas"


def mapped_area_capabilities() -> dict[str, Capability]:
    """Return what the mapping of the regions promises of each field."""
    return {
        name: Capability(type=field["type"], searchable=True, aggregatable=True)
        for name, field in MAPPING["properties"].items()
    }


def list_points() -> Iterator[dict[str, Any]]:
    """Yield code, level, name and point of each region; one without a point of its own level is left out."""
    for code, _ in all_areas():
        level = level_of(code)
        point = locate_area(code) if level in LEVELS else None
        if point is not None and point.precision == level:
            location = {"lat": point.lat, "lon": point.lon}
            yield {"code": code, "level": level, "name": area_name(code), "location": location}


def write_area_points(settings: ElasticsearchSettings) -> int:
    """Write every region under its code, and return how many there are; repeating changes nothing.

    Raises RetryError or StopError like the engine.
    """
    index = area_index(settings)
    points = list(list_points())
    operations = [part for point in points for part in ({"index": {"_id": point["code"]}}, point)]
    with _translated_client(settings) as client:
        if not client.indices.exists(index=index):
            client.indices.create(index=index, mappings=MAPPING, settings={"number_of_shards": 1})
        answer = client.bulk(index=index, operations=operations, refresh=True)
        if msgspec.convert(answer.body, _Bulk).errors:
            raise StopError(f"{index}: the server refused regions; delete this index and push again")
    return len(points)


def count_area_points(settings: ElasticsearchSettings) -> int | None:
    """Return how many regions the server holds, None where the index was never written."""
    with _translated_client(settings) as client:
        try:
            return msgspec.convert(client.count(index=area_index(settings)).body, _Count).count
        except NotFoundError:
            return None


@contextmanager
def _translated_client(settings: ElasticsearchSettings) -> Iterator[Elasticsearch]:
    with open_client(settings) as client, translated_errors(server_address(settings.url)):
        yield client
