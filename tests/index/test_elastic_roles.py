"""templates/roles.yml on the real server with real passwords: what each role may do, and what it may not even guess."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from elasticsearch import ApiError, AuthenticationException, AuthorizationException, Elasticsearch
from pydantic import SecretStr

from index.area_points import count_area_points, write_area_points
from index.elastic import ElasticEngine, open_elastic
from index.elastic_indices import Growth
from index.engine import FACETS, SearchQuery, Split, TrendsQuery
from sidak.errors import StopError
from sidak.settings import ElasticsearchSettings
from tests.support.documents import NOW, make_document
from tests.support.elasticsearch import Node, UnavailableError, fetch_distribution, find_java, run_nodes, unavailable

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(600)]

PASSWORD = "kata-sandi-uji-peran"  # invented
USERS = {
    "layanan": "sidak_writer",
    "inspektur": "sidak_inspector",
    "analis": "sidak_analyst",
    "gubernur": "sidak_governor",
}
OPEN = [make_document(f"x:{number}", area_code="33.25") for number in range(3)]
SECRET = make_document(
    "x:rahasia", "pungli di jembatan timbang", restricted=True, kind="misconduct", category="pungli", area_code="33.74"
)
MOVED = make_document("x:pindah", "dugaan pungli", version=1)


def equip(config: Path) -> None:
    """Put the roles of the repository and one user of each into a node's configuration."""
    shutil.copy(str(files("index").joinpath("templates/roles.yml")), config / "roles.yml")
    environment = {"PATH": os.environ["PATH"], "ES_JAVA_HOME": str(find_java()), "ES_PATH_CONF": str(config)}
    first, *others = USERS
    subprocess.run(
        [fetch_distribution() / "bin" / "elasticsearch-users", "useradd", first, "-p", PASSWORD],
        env=environment, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    # Each call is a Java of its own: the others have the same password, so they get the same line.
    line = (config / "users").read_text(encoding="utf-8").strip()
    lines = [line, *(line.replace(first, other, 1) for other in others)]
    (config / "users").write_text("\n".join([*lines, ""]), encoding="utf-8")
    roles = [f"{role}:{user}" for user, role in USERS.items()]
    (config / "users_roles").write_text("\n".join([*roles, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        with run_nodes(1, settings={"xpack.security.enabled": "true"}, prepare=equip) as [node]:
            yield node
    except UnavailableError as exc:
        unavailable(exc)


def server(node: Node, user: str, password: str = PASSWORD) -> ElasticsearchSettings:
    return ElasticsearchSettings(url=node.url, username=user, password=SecretStr(password))


@pytest.fixture(scope="module")
def writer(node: Node) -> Iterator[ElasticEngine]:
    """Yield the service, which has done everything that it ever does with its role alone."""
    engine = open_elastic(server(node, "layanan"), clock=lambda: NOW, growth=Growth(documents=2))
    engine.setup()
    engine.write([*OPEN, SECRET, MOVED, make_document("x:forgotten")])
    engine.write([msgspec.structs.replace(MOVED, restricted=True, version=2)])
    engine.mark_published("reports/x/1")
    engine.refresh()
    engine.setup()  # begins a second part
    assert engine.delete(["x:forgotten"]) == 1
    assert engine.search(SearchQuery(include_restricted=True, facets=FACETS, sort="relevance")).total == 5
    assert engine.trends(TrendsQuery(include_restricted=True, splits=(Split(by="area"),))).total == 5
    assert engine.get("x:rahasia", include_restricted=True) == SECRET
    with engine.rebuilding() as fresh:
        fresh.write([*OPEN, SECRET, MOVED])
        fresh.write([msgspec.structs.replace(MOVED, restricted=True, version=2)])
    engine.sweep()
    engine.refresh()
    assert engine.count() == 5
    assert engine.published_segments() == frozenset()
    yield engine
    engine.close()


@pytest.fixture
def client(node: Node, writer: ElasticEngine) -> Iterator[Callable[[str], Elasticsearch]]:
    opened: list[Elasticsearch] = []

    def connect(user: str) -> Elasticsearch:
        opened.append(Elasticsearch(node.url, basic_auth=(user, PASSWORD), request_timeout=30))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


PROBES: dict[str, Callable[[Elasticsearch], object]] = {
    "search": lambda client: client.search(index="sidak-restricted"),
    "count": lambda client: client.count(index="sidak-restricted"),
    "both": lambda client: client.search(index="sidak-reports,sidak-restricted"),
    "get": lambda client: client.get(index="sidak-restricted", id="x:rahasia"),
    "get of none": lambda client: client.get(index="sidak-restricted", id="x:none"),
    "part": lambda client: client.search(index="sidak-restricted-v3-000002-000001"),
    "directory": lambda client: client.get(index="sidak-homes", id="x:rahasia"),
    "being built": lambda client: client.search(index="sidak-reports-next"),
    "statistics": lambda client: client.indices.stats(index="sidak-restricted"),
    "terms": lambda client: client.termvectors(index="sidak-restricted", id="x:rahasia"),
    "fields": lambda client: client.field_caps(index="sidak-restricted", fields="*"),
    "write": lambda client: client.index(index="sidak-reports-write", document={"id": "x:1"}),
    "remove": lambda client: client.delete(index="sidak-reports-v3-000002-000001", id="x:0"),
}


@pytest.mark.parametrize("user", ["analis", "gubernur"])
@pytest.mark.parametrize("probe", PROBES)
def test_who_may_read_the_open_lane_is_refused_everything_else(
    client: Callable[[str], Elasticsearch], user: str, probe: str
) -> None:
    with pytest.raises(AuthorizationException):
        PROBES[probe](client(user))


@pytest.mark.parametrize("user", ["analis", "gubernur"])
def test_what_they_may_read_says_nothing_of_restricted_ones(client: Callable[[str], Elasticsearch], user: str) -> None:
    analyst = client(user)
    aggregations = {
        name: {"terms": {"field": name, "min_doc_count": 0}} for name in ("id", "kind", "category", "area_kabkota")
    } | {"ids": {"cardinality": {"field": "id"}}}
    for pattern in ("sidak-reports", "sidak-*", "*"):
        answer = analyst.search(index=pattern, size=100, aggregations=aggregations).body
        assert {hit["_id"] for hit in answer["hits"]["hits"]} == {document.id for document in OPEN}
        told = {
            bucket["key"]
            for name in ("kind", "category", "area_kabkota")
            for bucket in answer["aggregations"][name]["buckets"]
        }
        assert told == {"damage", "jalan_rusak", "33.25"}
        assert answer["aggregations"]["ids"]["value"] == 3
        assert analyst.count(index=pattern, query={"ids": {"values": ["x:rahasia", "x:pindah"]}}).body["count"] == 0
        assert analyst.count(index=pattern, query={"term": {"restricted": True}}).body["count"] == 0


def test_an_inspector_reads_both_lanes_and_writes_neither(client: Callable[[str], Elasticsearch]) -> None:
    inspector = client("inspektur")
    assert inspector.count(index="sidak-reports,sidak-restricted").body["count"] == 5
    for ask in (PROBES["write"], PROBES["directory"]):
        with pytest.raises(AuthorizationException):
            ask(inspector)


def test_the_service_may_do_nothing_beside_its_own_names(client: Callable[[str], Elasticsearch]) -> None:
    service = client("layanan")
    for ask in (
        lambda: service.indices.create(index="other"),
        lambda: service.search(index="other"),
        lambda: service.cluster.put_settings(persistent={"indices.recovery.max_bytes_per_sec": "1mb"}),
        service.security.get_user,
    ):
        with pytest.raises(ApiError) as caught:
            ask()
        assert caught.value.meta.status in {403, 405}


def test_a_wrong_password_stops_with_what_to_do_and_changes_nothing(node: Node, writer: ElasticEngine) -> None:
    engine = open_elastic(server(node, "layanan", "salah-sekali"), clock=lambda: NOW)
    for ask in (
        engine.setup,
        engine.count,
        lambda: engine.write([make_document("x:new")]),
        lambda: engine.delete(["x:0"]),
    ):
        with pytest.raises(StopError, match="SIDAK_ELASTICSEARCH__USERNAME") as caught:
            ask()
        assert "salah-sekali" not in str(caught.value)
        assert isinstance(caught.value.__cause__, AuthenticationException)
    engine.close()
    assert set(writer.ids()) == {"x:0", "x:1", "x:2", "x:rahasia", "x:pindah"}


def test_a_role_that_lacks_rights_is_named_with_what_it_needs(node: Node, writer: ElasticEngine) -> None:
    engine = open_elastic(server(node, "analis"), clock=lambda: NOW)
    with pytest.raises(StopError, match="sidak_writer"):
        engine.write([make_document("x:new")])
    engine.close()


def test_the_service_writes_the_regions_of_the_maps_and_analysts_read_them(
    node: Node, client: Callable[[str], Elasticsearch]
) -> None:
    written = write_area_points(server(node, "layanan"))
    assert written > 500
    for user in ("inspektur", "analis", "gubernur"):
        assert count_area_points(server(node, user)) == written
        with pytest.raises(StopError, match="sidak_writer"):
            write_area_points(server(node, user))
    client("layanan").indices.delete(index="sidak-areas")
